package io.mosaik.groups.bond;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mosaik.groups.bond.Heartbeat.Action;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HeartbeatTest {

  private static final long MS = 1_000_000;
  private static final long ORIGIN_NS = Long.MAX_VALUE - 100 * MS;

  /** A moment after the bond was made; the clock wraps around meanwhile. */
  private static long at(long ms) {
    return Long.sum(ORIGIN_NS, ms * MS);
  }

  private final Heartbeat heartbeat =
      new Heartbeat(
          new Heartbeat.Config(Duration.ofMillis(500), Duration.ofMillis(150), 10),
          new Random(7),
          ORIGIN_NS);

  @Test
  void a_silent_side_speaks_within_the_interval_and_not_before_its_jitter() {
    assertThat(heartbeat.check(at(349))).isEqualTo(Action.NONE);
    assertThat(heartbeat.check(at(500))).isEqualTo(Action.SPEAK);
    long dueMs = (heartbeat.nextCheckNs() - ORIGIN_NS) / MS;
    assertThat(dueMs).isBetween(350L, 500L);
  }

  @Test
  void nothing_is_said_while_other_traffic_flows() {
    for (int ms = 0; ms < 10_000; ms += 300) {
      heartbeat.sent(at(ms));
      heartbeat.received(at(ms));
      assertThat(heartbeat.check(at(ms + 299))).isEqualTo(Action.NONE);
    }
  }

  @Test
  void the_other_side_is_dead_after_ten_silent_intervals() {
    heartbeat.sent(at(4_900));
    assertThat(heartbeat.check(at(4_999))).isEqualTo(Action.NONE);
    assertThat(heartbeat.nextCheckNs()).isEqualTo(at(5_000));
    assertThat(heartbeat.check(at(5_000))).isEqualTo(Action.DEAD);
  }

  @Test
  void anything_received_keeps_the_other_side_alive() {
    heartbeat.received(at(4_999));
    assertThat(heartbeat.check(at(9_998))).isNotEqualTo(Action.DEAD);
    assertThat(heartbeat.check(at(9_999))).isEqualTo(Action.DEAD);
  }

  @Test
  void settings_that_make_no_sense_are_refused() {
    Duration second = Duration.ofSeconds(1);
    assertThatThrownBy(() -> new Heartbeat.Config(Duration.ZERO, Duration.ZERO, 10))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Heartbeat.Config(second, second, 10))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Heartbeat.Config(second, Duration.ZERO, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
