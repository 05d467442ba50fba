package io.mosaik.streams.flow;

/**
 * So much a second, with a tenth of a second's worth at once: the generic cell rate algorithm
 * (ITU-T I.371, annex A), which keeps one time instead of a level and needs no timer. One may take
 * more than there is, and waits for it afterwards. For one strand.
 */
final class TokenBucket {

  private static final double NS_PER_SECOND = 1e9;
  private static final double BURST_NS = 1e8;

  private final double nsPerToken;
  private final double burstNs;

  private final long startNs;

  /** When the bucket will be full, if nothing is taken any more; since the start. */
  private double fullAtNs;

  /**
   * A full bucket.
   *
   * @param perSecond tokens, at least 1; {@link Long#MAX_VALUE} for one that is never empty
   */
  TokenBucket(long perSecond, long nowNs) {
    nsPerToken = perSecond == Long.MAX_VALUE ? 0 : NS_PER_SECOND / perSecond;
    burstNs = Math.max(BURST_NS, nsPerToken);
    startNs = nowNs;
  }

  /** How much there is, 0 or more. */
  long available(long nowNs) {
    if (nsPerToken == 0) {
      return Long.MAX_VALUE;
    }
    double filledNs = burstNs - Math.max(0, fullAtNs - (nowNs - startNs));
    // Half a nanosecond for rounding, so that who waits as long as told finds his token.
    return Math.max(0, (long) ((filledNs + 0.5) / nsPerToken));
  }

  /** Takes so much, whether it is there or not. */
  void take(long tokens, long nowNs) {
    fullAtNs = Math.max(fullAtNs, (double) (nowNs - startNs)) + tokens * nsPerToken;
  }

  /** In how many nanoseconds there is something; 0 if there is now. */
  long delayNs(long nowNs) {
    double missingNs = nsPerToken - (burstNs - Math.max(0, fullAtNs - (nowNs - startNs)));
    return Math.max(0, (long) Math.ceil(missingNs));
  }
}
