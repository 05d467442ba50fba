package io.mosaik.wire;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.provider.MethodSource;

/** Datums of the default codec. */
@Decodes(CborCodec.class)
final class CborFuzzTest {

  enum Side {
    BUY,
    SELL
  }

  record Leg(String venue, @Nullable Side side, int lots) {}

  record Order(
      @Nullable String id,
      long price,
      double ratio,
      boolean limit,
      byte @Nullable [] raw,
      @Nullable BigDecimal amount,
      @Nullable BigInteger nonce,
      @Nullable Instant at,
      @Nullable List<Leg> legs,
      @Nullable Map<String, Integer> counts) {}

  private static final Codec<Order> CODEC = Codecs.cbor(Order.class);

  static Stream<byte[]> orders() {
    return Stream.of(
            new Order("", 0, 0, false, null, null, null, null, null, null),
            new Order(
                "o1",
                Long.MIN_VALUE,
                0.1,
                true,
                new byte[] {1, 2},
                new BigDecimal("12345678901234567890.0001"),
                BigInteger.TWO.pow(100),
                Instant.parse("2026-11-21T00:00:00.123456789Z"),
                List.of(new Leg("X", Side.SELL, 7), new Leg("Y", null, -1)),
                Map.of("a", 1)))
        .map(CODEC::toBytes);
  }

  @MethodSource("orders")
  @FuzzTest
  void a_datum_is_malformed_or_stays_the_same(byte[] input) {
    var unused = DecoderContract.readsTheSameAgain(CODEC, input);
  }
}
