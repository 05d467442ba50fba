package io.mosaik.streams;

import io.mosaik.streams.flow.Egress;

/**
 * How much may leave in a second, on average: a token bucket that holds a tenth of a second's
 * worth. A datum may leave while anything is left of both, so that one larger than the bucket
 * leaves too, and what it took too much is made up for by those behind it.
 *
 * @param datumsPerSecond at least 1; {@link Long#MAX_VALUE} for no limit
 * @param bytesPerSecond of encoded datums, without headers; at least 1; {@link Long#MAX_VALUE} for
 *     no limit
 */
public record EgressLimit(long datumsPerSecond, long bytesPerSecond) {

  /** No limit. */
  public static final EgressLimit NONE = new EgressLimit(Long.MAX_VALUE, Long.MAX_VALUE);

  /** Checks the numbers. */
  public EgressLimit {
    if (datumsPerSecond < 1 || bytesPerSecond < 1) {
      throw new IllegalArgumentException(
          "an egress limit of "
              + datumsPerSecond
              + " datums and "
              + bytesPerSecond
              + " bytes a second; give 1 or more");
    }
  }

  Egress newEgress(long nowNs) {
    return new Egress(datumsPerSecond, bytesPerSecond, nowNs);
  }

  /** So many datums a second, whatever their size. */
  public static EgressLimit datums(long perSecond) {
    return new EgressLimit(perSecond, Long.MAX_VALUE);
  }

  /** So many bytes a second, whatever their number. */
  public static EgressLimit bytes(long perSecond) {
    return new EgressLimit(Long.MAX_VALUE, perSecond);
  }
}
