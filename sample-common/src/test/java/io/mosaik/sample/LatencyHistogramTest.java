package io.mosaik.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class LatencyHistogramTest {

  @Test
  void percentiles_are_within_a_few_percent_of_the_exact_ones() {
    for (long seed = 1; seed <= 20; seed++) {
      var random = new Random(seed);
      var histogram = new LatencyHistogram();
      long[] values = new long[10_000];
      for (int i = 0; i < values.length; i++) {
        values[i] = (long) Math.exp(random.nextDouble() * 16);
        histogram.record(values[i]);
      }
      Arrays.sort(values);
      for (double percent : new double[] {1, 50, 90, 99, 99.9, 100}) {
        long exact = values[(int) Math.ceil(values.length * percent / 100) - 1];
        assertThat(histogram.percentileMicros(percent))
            .as("seed %s, p%s", seed, percent)
            .isGreaterThanOrEqualTo(exact)
            .isCloseTo(exact, Percentage.withPercentage(3.2));
      }
    }
  }

  @Test
  void an_empty_one_says_zero() {
    assertThat(new LatencyHistogram().percentileMicros(99)).isZero();
  }

  @Test
  void extreme_durations_have_a_place() {
    var histogram = new LatencyHistogram();
    histogram.record(-5);
    histogram.record(Long.MAX_VALUE);
    assertThat(histogram.percentileMicros(50)).isZero();
    assertThat(histogram.percentileMicros(100)).isEqualTo(Long.MAX_VALUE);
  }
}
