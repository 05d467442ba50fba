package io.mosaik.sample;

/**
 * Counts durations in buckets whose width grows with the value, so that any percentile is exact to
 * about 3 % in a fixed 15 KiB, however many are recorded.
 *
 * <p>Not thread-safe.
 */
public final class LatencyHistogram {

  /** 32 buckets per power of two. */
  private static final int SUB_BITS = 5;

  private static final int SUB_BUCKETS = 1 << SUB_BITS;
  private static final int BUCKETS = (64 - SUB_BITS) * SUB_BUCKETS;

  private final long[] counts = new long[BUCKETS];
  private long count;
  private long maxMicros;

  /** An empty histogram. */
  public LatencyHistogram() {}

  /**
   * Records a duration.
   *
   * @param micros microseconds; a negative one (two machines' clocks differ) counts as 0
   */
  public void record(long micros) {
    long value = Math.max(0, micros);
    counts[bucket(value)]++;
    count++;
    maxMicros = Math.max(maxMicros, value);
  }

  /**
   * How many durations were recorded.
   *
   * @return the count
   */
  public long count() {
    return count;
  }

  /**
   * The longest duration.
   *
   * @return microseconds, 0 if nothing was recorded
   */
  public long maxMicros() {
    return maxMicros;
  }

  /**
   * A percentile.
   *
   * @param percent above 0, at most 100
   * @return microseconds that this share of the durations did not exceed, rounded up to the end of
   *     a bucket; 0 if nothing was recorded
   */
  public long percentileMicros(double percent) {
    if (!(percent > 0 && percent <= 100)) {
      throw new IllegalArgumentException("percent is " + percent + "; allowed: above 0 to 100");
    }
    long wanted = (long) Math.ceil(count * percent / 100);
    long seen = 0;
    for (int i = 0; i < BUCKETS && wanted > 0; i++) {
      seen += counts[i];
      if (seen >= wanted) {
        return Math.min(maxMicros, highestOf(i));
      }
    }
    return 0;
  }

  /** Values below 32 have a bucket each; above, the five bits after the leading one choose. */
  private static int bucket(long value) {
    if (value < SUB_BUCKETS) {
      return (int) value;
    }
    int shift = 63 - Long.numberOfLeadingZeros(value) - SUB_BITS;
    return (shift + 1) * SUB_BUCKETS + (int) ((value >>> shift) - SUB_BUCKETS);
  }

  private static long highestOf(int bucket) {
    if (bucket < SUB_BUCKETS) {
      return bucket;
    }
    int shift = bucket / SUB_BUCKETS - 1;
    long lowest = (long) (bucket % SUB_BUCKETS + SUB_BUCKETS) << shift;
    return lowest + (1L << shift) - 1;
  }
}
