package io.mosaik.discovery.rtt;

import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.id.PeerId;
import io.mosaik.id.SecretKey;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Who is near enough, with a bound of 20 ms. */
class RttBoundTest {

  private static final PeerId PEER = SecretKey.of("peer").peerId();

  private final RttBound bound = new RttBound(Duration.ofMillis(20));

  private boolean near(@Nullable Integer rttMs, int atSecond) {
    Duration rtt = rttMs == null ? null : Duration.ofMillis(rttMs);
    return bound.isNear(PEER, rtt, Duration.ofSeconds(atSecond).toNanos());
  }

  @Test
  void who_is_not_known_is_near_until_the_first_time_decides_at_once() {
    assertThat(near(null, 0)).isTrue();
    assertThat(near(20, 1)).as("as far as the bound").isFalse();
    assertThat(near(null, 2)).isFalse();
    bound.retain(peer -> false);
    assertThat(near(19, 3)).isTrue();
    assertThat(near(null, 4)).isTrue();
  }

  @Test
  void sides_change_after_ten_seconds_without_a_break() {
    assertThat(near(10, 0)).isTrue();
    assertThat(near(30, 5)).isTrue();
    assertThat(near(30, 14)).isTrue();
    assertThat(near(30, 15)).isFalse();
    assertThat(near(10, 16)).isFalse();
    assertThat(near(10, 25)).isFalse();
    assertThat(near(10, 26)).isTrue();
  }

  @Test
  void a_time_that_swings_around_the_bound_changes_nothing() {
    boolean first = near(10, 0);
    for (int second = 1; second < 100; second++) {
      assertThat(near(second % 9 == 0 ? 10 : 30, second)).isEqualTo(first);
    }
  }

  @Test
  void who_is_looked_at_only_now_and_then_changes_sides_all_the_same() {
    assertThat(near(30, 0)).isFalse();
    for (int second = 1; second <= 11; second++) {
      bound.lookAtAll(peer -> Duration.ofMillis(10), Duration.ofSeconds(second).toNanos());
    }
    assertThat(near(10, 11)).isTrue();
  }
}
