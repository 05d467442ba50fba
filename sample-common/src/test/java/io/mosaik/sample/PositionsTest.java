package io.mosaik.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PositionsTest {

  @Test
  void volume_vwap_and_positions_follow_from_the_fills() {
    var positions = new Positions();
    positions.add(fill(1, "BTC-USD", 100, 3, Side.BUY, "alice", "bob"));
    positions.add(fill(2, "BTC-USD", 103, 1, Side.SELL, "alice", "bob"));

    assertThat(positions.volumes())
        .containsExactly(
            Map.entry(
                "BTC-USD",
                new Positions.PairVolume(
                    2, 4, BigInteger.valueOf(403), new BigDecimal("100.750000"))));
    assertThat(positions.positions())
        .isEqualTo(Map.of("alice", Map.of("BTC-USD", -2L), "bob", Map.of("BTC-USD", 2L)));
  }

  @Test
  void the_order_of_the_fills_does_not_matter() {
    for (long seed = 1; seed <= 50; seed++) {
      List<Fill> fills = new ArrayList<>();
      var random = new Random(seed);
      for (int i = 1; i <= 100; i++) {
        fills.add(
            fill(
                i,
                random.nextBoolean() ? "BTC-USD" : "ETH-USD",
                1 + random.nextInt(1_000),
                1 + random.nextInt(50),
                random.nextBoolean() ? Side.BUY : Side.SELL,
                "t" + random.nextInt(3),
                "t" + random.nextInt(3)));
      }
      var straight = new Positions();
      fills.forEach(straight::add);
      Collections.shuffle(fills, random);
      var shuffled = new Positions();
      fills.forEach(shuffled::add);

      assertThat(shuffled.volumes()).as("seed %s", seed).isEqualTo(straight.volumes());
      assertThat(shuffled.positions()).isEqualTo(straight.positions());
      assertThat(shuffled.fillsDigest()).isEqualTo(straight.fillsDigest());
      long net =
          shuffled.positions().values().stream()
              .flatMap(byPair -> byPair.values().stream())
              .mapToLong(Long::longValue)
              .sum();
      assertThat(net).isZero();
    }
  }

  @Test
  void the_digest_tells_one_fill_from_another() {
    var one = new Positions();
    one.add(fill(1, "BTC-USD", 100, 3, Side.BUY, "alice", "bob"));
    var other = new Positions();
    other.add(fill(1, "BTC-USD", 100, 3, Side.BUY, "alic", "ebob"));
    assertThat(one.fillsDigest()).hasSize(16).isNotEqualTo(other.fillsDigest());
  }

  @Test
  void the_largest_fills_do_not_overflow() {
    var positions = new Positions();
    for (int i = 1; i <= 20_000; i++) {
      positions.add(
          fill(
              i,
              "BTC-USD",
              Limits.MAX_PRICE_TICKS,
              Limits.MAX_QUANTITY_LOTS,
              Side.BUY,
              "alice",
              "bob"));
    }
    assertThat(positions.volumes().values())
        .singleElement()
        .satisfies(volume -> {
          assertThat(volume.notional()).isEqualTo(new BigInteger("20000000000000000000"));
          assertThat(volume.vwapTicks()).isEqualByComparingTo("1000000000");
        });
  }

  private static Fill fill(
      long sequence, String pair, long price, long lots, Side side, String maker, String taker) {
    return new Fill(
        sequence, pair, price, lots, side, maker, sequence, taker, sequence + 1_000, sequence);
  }
}
