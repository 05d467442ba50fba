package io.mosaik.streams.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class EgressTest {

  private static final long SECOND_NS = 1_000_000_000L;
  private static final long NONE = Long.MAX_VALUE;

  @Test
  void without_a_limit_everything_may_leave() {
    var egress = new Egress(NONE, NONE, 5);
    egress.left(1L << 40, 1L << 50, 5);
    assertThat(egress.isLimited()).isFalse();
    assertThat(egress.datums(5)).isEqualTo(NONE);
    assertThat(egress.delayNs(5)).isZero();
  }

  @Test
  void a_tenth_of_a_seconds_worth_may_leave_at_once() {
    var egress = new Egress(1_000, NONE, 0);
    assertThat(egress.datums(0)).isEqualTo(100);
    egress.left(100, 0, 0);
    assertThat(egress.datums(0)).isZero();
    assertThat(egress.delayNs(0)).isEqualTo(1_000_000);
    assertThat(egress.datums(1_000_000)).isOne();
    assertThat(egress.datums(50_000_000)).isEqualTo(50);
    assertThat(egress.datums(10 * SECOND_NS)).isEqualTo(100);
  }

  @Test
  void a_rate_below_ten_a_second_lets_one_leave_at_a_time() {
    var egress = new Egress(2, NONE, 0);
    assertThat(egress.datums(0)).isOne();
    egress.left(1, 0, 0);
    assertThat(egress.delayNs(0)).isEqualTo(SECOND_NS / 2);
    assertThat(egress.datums(SECOND_NS / 2)).isOne();
  }

  @Test
  void what_left_too_much_is_made_up_for() {
    var egress = new Egress(NONE, 1_000, 0);
    assertThat(egress.bytes(0)).isEqualTo(100);
    egress.left(1, 5_100, 0);
    assertThat(egress.datums(0)).isZero();
    assertThat(egress.delayNs(0)).isEqualTo(5 * SECOND_NS + 1_000_000);
    assertThat(egress.datums(5 * SECOND_NS)).isZero();
    assertThat(egress.bytes(5 * SECOND_NS + 1_000_000)).isOne();
  }

  @Test
  void who_takes_all_he_may_whenever_he_may_gets_the_rate() {
    var random = new SplittableRandom(1);
    for (int round = 0; round < 50; round++) {
      long rate = 1 + random.nextLong(3_000_000);
      long nowNs = random.nextLong(1L << 60);
      long endNs = nowNs + 20 * SECOND_NS;
      var egress = new Egress(rate, NONE, nowNs);
      long left = 0;
      while (nowNs < endNs) {
        long may = egress.datums(nowNs);
        assertThat(may > 0).isEqualTo(egress.delayNs(nowNs) == 0);
        egress.left(may, 0, nowNs);
        left += may;
        nowNs += egress.delayNs(nowNs) + random.nextLong(80_000_000);
      }
      assertThat((double) left).isBetween(rate * 19.8, rate * 20.2 + 2);
    }
  }
}
