package io.mosaik.streams.flow;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before another try: doubles with each failure, is never more than the most, and
 * is spread over its upper half at random, so that those who failed together don't come back
 * together.
 *
 * @param first the wait after the first failure
 * @param most the longest wait
 */
public record Backoff(Duration first, Duration most) {

  /** Checks that it waits at all, and no shorter later than first. */
  public Backoff {
    if (first.isNegative() || first.isZero() || first.compareTo(most) > 0) {
      throw new IllegalArgumentException(
          "a backoff from "
              + first
              + " to "
              + most
              + "; give more than zero, and no less after it");
    }
    var unused = most.toNanos(); // fits
  }

  /** 250 ms to 5 minutes. */
  public static final Backoff DEFAULT = new Backoff(Duration.ofMillis(250), Duration.ofMinutes(5));

  /**
   * The wait after so many failures in a row.
   *
   * @param failures at least 1
   */
  public long delayNs(int failures, RandomGenerator random) {
    int doublings = Math.min(failures - 1, 40);
    long full =
        first.toNanos() > most.toNanos() >> doublings
            ? most.toNanos()
            : first.toNanos() << doublings;
    return full - (long) (random.nextDouble() * 0.5 * full);
  }
}
