package io.mosaik.sim;

import java.time.Duration;

/**
 * How a path between two nodes behaves, one way.
 *
 * @param latency that every frame takes at least
 * @param jitter that comes on top: between none and this, evenly distributed; frames of one
 *     connection keep their order
 * @param bytesPerSecond that the path carries for all connections together; 0 for no limit
 */
public record LinkProfile(Duration latency, Duration jitter, long bytesPerSecond) {

  /** Machines in one room: 200 µs and up to 100 µs more, no limit of bandwidth. */
  public static final LinkProfile LAN =
      new LinkProfile(Duration.ofNanos(200_000), Duration.ofNanos(100_000), 0);

  /** Machines of two continents: 75 ms and up to 10 ms more, 100 Mbit/s. */
  public static final LinkProfile WAN =
      new LinkProfile(Duration.ofMillis(75), Duration.ofMillis(10), 12_500_000);

  /** Checks that nothing is negative. */
  public LinkProfile {
    if (latency.isNegative() || jitter.isNegative() || bytesPerSecond < 0) {
      throw new IllegalArgumentException(
          "latency, jitter and bandwidth are zero or more, these are "
              + latency
              + ", "
              + jitter
              + ", "
              + bytesPerSecond);
    }
  }

  /** Of this latency, without jitter or limit. */
  public static LinkProfile ofLatency(Duration latency) {
    return new LinkProfile(latency, Duration.ZERO, 0);
  }

  /** The same with other jitter. */
  public LinkProfile withJitter(Duration other) {
    return new LinkProfile(latency, other, bytesPerSecond);
  }

  /** The same with another bandwidth. */
  public LinkProfile withBytesPerSecond(long other) {
    return new LinkProfile(latency, jitter, other);
  }
}
