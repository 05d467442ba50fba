package io.mosaik.streams.flow;

/** What may leave now under a limit of datums and one of bytes. For one strand. */
public final class Egress {

  private final boolean limited;
  private final TokenBucket datums;
  private final TokenBucket bytes;

  /**
   * @param datumsPerSecond at least 1; {@link Long#MAX_VALUE} for no limit
   * @param bytesPerSecond at least 1; {@link Long#MAX_VALUE} for no limit
   */
  public Egress(long datumsPerSecond, long bytesPerSecond, long nowNs) {
    limited = Math.min(datumsPerSecond, bytesPerSecond) < Long.MAX_VALUE;
    datums = new TokenBucket(datumsPerSecond, nowNs);
    bytes = new TokenBucket(bytesPerSecond, nowNs);
  }

  /** Whether there is a limit at all; where there is none, nothing else needs to be asked. */
  public boolean isLimited() {
    return limited;
  }

  /** How many datums may leave now, 0 if no bytes may. */
  public long datums(long nowNs) {
    return bytes.available(nowNs) == 0 ? 0 : datums.available(nowNs);
  }

  /** While fewer bytes than this have left, another datum may. */
  public long bytes(long nowNs) {
    return bytes.available(nowNs);
  }

  /** So much has left, whether it was allowed or not. */
  public void left(long moreDatums, long moreBytes, long nowNs) {
    datums.take(moreDatums, nowNs);
    bytes.take(moreBytes, nowNs);
  }

  /** In how many nanoseconds a datum may leave; 0 if one may now. */
  public long delayNs(long nowNs) {
    return Math.max(datums.delayNs(nowNs), bytes.delayNs(nowNs));
  }
}
