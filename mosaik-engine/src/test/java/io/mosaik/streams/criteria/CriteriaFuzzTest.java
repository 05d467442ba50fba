package io.mosaik.streams.criteria;

import static io.mosaik.streams.criteria.Criteria.where;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.mosaik.wire.DecoderContract;
import io.mosaik.wire.Decodes;
import java.math.BigDecimal;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** What consumers ask producers to evaluate. */
@Decodes(CriteriaCodec.class)
final class CriteriaFuzzTest {

  private static final CriteriaCodec CODEC = new CriteriaCodec();
  private static final CriteriaCompiler COMPILER = new CriteriaCompiler(CriteriaTest.Order.class);

  static Stream<byte[]> criteria() {
    return Stream.of(
            where("pair").in("x", "yz"),
            where("account.place.zip").atLeast(-300),
            where("fee").lessThan(new BigDecimal("0.25")),
            where("price").between(1, 99.5).and(where("rank").is(1).negate()),
            where("limit").is(true).or(where("venue").greaterThan("A")),
            where("nonce").is(BigDecimal.TEN.pow(50)).and(where("ratio").is(0.1)),
            where("side").in(CriteriaTest.Side.BUY).and(where("pair").startsWith("BTC")))
        .map(CODEC::toBytes);
  }

  @MethodSource("criteria")
  @FuzzTest
  void criteria_are_malformed_or_refused_or_evaluated(byte[] input) {
    Criteria criteria = DecoderContract.readsTheSameAgain(CODEC, input);
    if (criteria == null) {
      return;
    }
    assertThat(CODEC.fromBytes(CODEC.toBytes(criteria))).isEqualTo(criteria);
    Predicate<Object> predicate;
    try {
      predicate = COMPILER.compile(criteria);
    } catch (CriteriaMismatchException refused) {
      assertThat(refused.getMessage()).isNotBlank();
      return;
    }
    boolean holds = predicate.test(CriteriaTest.ORDER);
    assertThat(COMPILER.compile(criteria.negate()).test(CriteriaTest.ORDER)).isEqualTo(!holds);
  }
}
