package io.mosaik.streams.criteria;

import static io.mosaik.streams.criteria.Criteria.where;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mosaik.wire.MalformedException;
import java.math.BigDecimal;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CriteriaCodecTest {

  private static final CriteriaCodec CODEC = new CriteriaCodec();
  private static final HexFormat HEX = HexFormat.of();

  /** Frozen: nodes that run today read these. */
  @Test
  void criteria_have_the_documented_bytes() {
    assertBytes(where("a").in("x", "yz"), "04" + "0161" + "02" + "010178" + "0102797a");
    assertBytes(where("a.b").atLeast(-300), "05" + "03612e62" + "03" + "02" + "03" + "01" + "fd");
    assertBytes(
        where("a").lessThan(new BigDecimal("0.25")), "05" + "0161" + "01" + "02" + "04" + "0119");
    assertBytes(where("a").is(true), "04" + "0161" + "01" + "0301");
    assertBytes(
        where("a").startsWith("x").negate().and(where("b").is(0)),
        "01"
            + "02"
            + ("03" + "06" + "0161" + "0178")
            + ("04" + "0162" + "01" + "02" + "00" + "0100"));
    assertBytes(
        where("a").atMost("x").or(where("a").greaterThan("y")),
        "02" + "02" + ("05" + "0161" + "02" + "010178") + ("05" + "0161" + "04" + "010179"));
  }

  private static void assertBytes(Criteria criteria, String hex) {
    assertThat(HEX.formatHex(CODEC.toBytes(criteria))).isEqualTo(hex);
    assertThat(CODEC.fromBytes(HEX.parseHex(hex))).isEqualTo(criteria);
  }

  @Test
  void what_is_no_criteria_is_malformed() {
    for (String hex :
        List.of(
            "",
            "00",
            "07",
            "0100", // all of none
            "0101" + "060161" + "0178", // all of one
            "01ffffffff07", // all of very many
            "04016100", // no value
            "040161ffff7f", // more values than bytes
            "04" + "0161" + "02" + "010178" + "0301", // a text and a boolean
            "04" + "0161" + "01" + "0401", // a value of no kind
            "04" + "0161" + "01" + "0302", // neither true nor false
            "04" + "0161" + "01" + "0200" + "00", // a number without digits
            "04" + "0161" + "01" + "02" + "8210" + "0101", // too large an exponent
            "05" + "0161" + "05" + "010178", // an unknown order
            "05" + "0161" + "01" + "0301", // booleans have no order
            "06" + "00" + "0178", // no name
            "06" + "0120" + "0178", // a blank name
            "06" + "0161" + "ff7f", // a text longer than the bytes
            "06" + "0161" + "0178" + "00")) { // a rest
      assertThatThrownBy(() -> CODEC.fromBytes(HEX.parseHex(hex)))
          .as(hex)
          .isInstanceOf(MalformedException.class);
    }
  }

  @Test
  void depth_and_size_are_bounded_before_anything_is_built() {
    String leaf = "06" + "0161" + "0178";
    assertThat(CODEC.fromBytes(HEX.parseHex("0102".repeat(1) + leaf + leaf))).isNotNull();
    assertThatThrownBy(() -> CODEC.fromBytes(HEX.parseHex("03".repeat(60_000) + leaf)))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("levels");
    String values = "0161" + "ff07" + "0300".repeat(1023);
    assertThat(CODEC.fromBytes(HEX.parseHex("04" + values))).isEqualTo(where("a").is(false));
    assertThatThrownBy(() -> CODEC.fromBytes(HEX.parseHex("0102" + ("04" + values) + leaf)))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("at most 1022");
    String half = "04" + "0161" + "8004" + "0300".repeat(512);
    assertThatThrownBy(() -> CODEC.fromBytes(HEX.parseHex("0102" + half + half)))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("at most 509");
    assertThatThrownBy(() -> CODEC.fromBytes(HEX.parseHex("01" + "8004" + leaf.repeat(512))))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("operators and values");
  }

  @Test
  void random_bytes_never_do_more_than_to_be_malformed() {
    var random = new SplittableRandom(1);
    for (int i = 0; i < 50_000; i++) {
      var bytes = new byte[1 + random.nextInt(48)];
      for (int at = 0; at < bytes.length; at++) {
        bytes[at] = (byte) (random.nextInt(3) == 0 ? random.nextInt(256) : random.nextInt(8));
      }
      try {
        Criteria decoded = CODEC.fromBytes(bytes);
        assertThat(CODEC.fromBytes(CODEC.toBytes(decoded))).isEqualTo(decoded);
      } catch (MalformedException e) {
        assertThat(e).hasMessageNotContaining("null");
      }
    }
  }
}
