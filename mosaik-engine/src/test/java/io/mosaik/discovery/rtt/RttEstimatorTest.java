package io.mosaik.discovery.rtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class RttEstimatorTest {

  @Test
  void samples_are_smoothed_as_rfc_6298_says() {
    RttEstimator first = RttEstimator.first(800);
    assertThat(first).isEqualTo(new RttEstimator(800, 400));

    // RTTVAR = 3/4 * 400 + 1/4 * |800 - 1600|; SRTT = 7/8 * 800 + 1/8 * 1600
    assertThat(first.next(1600)).isEqualTo(new RttEstimator(900, 500));
  }

  @Test
  void a_steady_round_trip_is_approached() {
    RttEstimator it = RttEstimator.first(1_000_000);
    for (int i = 0; i < 100; i++) {
      it = it.next(10_000);
    }
    assertThat(it.smoothedNs()).isBetween(10_000L, 11_000L);
  }

  @Test
  void a_negative_sample_is_refused() {
    assertThatThrownBy(() -> RttEstimator.first(-1)).isInstanceOf(IllegalArgumentException.class);
  }
}
