package io.mosaik.discovery;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The times and limits of a node's discovery. Start from {@link #DEFAULTS} and change what you
 * need: {@code DiscoveryConfig.DEFAULTS.withAnnounceInterval(Duration.ofSeconds(5))}.
 *
 * @param announceInterval how often a node repeats its own entry; stretched in a large network, up
 *     to a quarter of {@code purgeAfter}
 * @param announceJitter the part of the interval, 0 to 1, by which it varies at random, both ways
 * @param purgeAfter the age at which an entry is stale: it is hidden and removed; also how long a
 *     departure is remembered
 * @param maxTimeDrift how far ahead of this node's clock an entry may be; what is further ahead is
 *     refused
 * @param suspectTimeout how long a peer whose link died may take to be heard of again before it is
 *     taken for dead
 * @param syncInterval how often the catalog is compared with that of a neighbour chosen at random
 * @param eagerPoll how often the bootstrap addresses are tried while no peer is linked
 * @param rarePoll how often they are tried afterwards
 * @param departureLinger how long a leaving node waits after it told so
 * @param maxPeers how many peers the catalog takes; entries of further ones are refused and counted
 * @param maxRtt how long a round trip to a peer may take: one that is further away is left out of
 *     the public catalog, and so of streams and groups, but for passing on what it announces; null
 *     if it doesn't matter. A peer whose round-trip time is unknown is in the catalog
 */
public record DiscoveryConfig(
    Duration announceInterval,
    double announceJitter,
    Duration purgeAfter,
    Duration maxTimeDrift,
    Duration suspectTimeout,
    Duration syncInterval,
    Duration eagerPoll,
    Duration rarePoll,
    Duration departureLinger,
    int maxPeers,
    @Nullable Duration maxRtt) {

  /**
   * Announces every 15 s ± 50 %, purges after 300 s, allows clocks to be 10 s ahead, suspects for 3
   * s, syncs every 60 s, polls the bootstrap every 5 s while alone and every 60 s afterwards,
   * lingers 500 ms, takes 100,000 peers, however far away.
   */
  public static final DiscoveryConfig DEFAULTS =
      new DiscoveryConfig(
          Duration.ofSeconds(15),
          0.5,
          Duration.ofSeconds(300),
          Duration.ofSeconds(10),
          Duration.ofSeconds(3),
          Duration.ofSeconds(60),
          Duration.ofSeconds(5),
          Duration.ofSeconds(60),
          Duration.ofMillis(500),
          100_000,
          null);

  /** Checks each value. */
  public DiscoveryConfig {
    positive("announce interval", announceInterval);
    positive("purge-after", purgeAfter);
    positive("suspect timeout", suspectTimeout);
    positive("sync interval", syncInterval);
    positive("eager poll", eagerPoll);
    positive("rare poll", rarePoll);
    if (maxTimeDrift.isNegative() || departureLinger.isNegative()) {
      throw new IllegalArgumentException(
          "max-time-drift and departure linger can't be negative, they are "
              + maxTimeDrift
              + " and "
              + departureLinger);
    }
    if (!(announceJitter >= 0 && announceJitter < 1)) {
      throw new IllegalArgumentException(
          "the announce jitter is a part from 0 to below 1, as 0.5, not " + announceJitter);
    }
    if (announceInterval.compareTo(purgeAfter.dividedBy(2)) > 0) {
      throw new IllegalArgumentException(
          "the announce interval "
              + announceInterval
              + " must be at most half of purge-after, "
              + purgeAfter
              + ", or entries go stale between two announcements");
    }
    if (maxRtt != null) {
      positive("max-rtt", maxRtt);
    }
    if (maxPeers < 1) {
      throw new IllegalArgumentException("a catalog takes 1 peer or more, not " + maxPeers);
    }
  }

  private static void positive(String name, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException("the " + name + " must be above zero, it is " + value);
    }
  }

  /** With another announce interval. */
  public DiscoveryConfig withAnnounceInterval(Duration interval) {
    return new DiscoveryConfig(
        interval,
        announceJitter,
        purgeAfter,
        maxTimeDrift,
        suspectTimeout,
        syncInterval,
        eagerPoll,
        rarePoll,
        departureLinger,
        maxPeers,
        maxRtt);
  }

  /** With another jitter of the announce interval. */
  public DiscoveryConfig withAnnounceJitter(double jitter) {
    return new DiscoveryConfig(
        announceInterval,
        jitter,
        purgeAfter,
        maxTimeDrift,
        suspectTimeout,
        syncInterval,
        eagerPoll,
        rarePoll,
        departureLinger,
        maxPeers,
        maxRtt);
  }

  /** With another age at which entries are stale. */
  public DiscoveryConfig withPurgeAfter(Duration age) {
    return new DiscoveryConfig(
        announceInterval,
        announceJitter,
        age,
        maxTimeDrift,
        suspectTimeout,
        syncInterval,
        eagerPoll,
        rarePoll,
        departureLinger,
        maxPeers,
        maxRtt);
  }

  /** With another allowance for clocks that are ahead. */
  public DiscoveryConfig withMaxTimeDrift(Duration drift) {
    return new DiscoveryConfig(
        announceInterval,
        announceJitter,
        purgeAfter,
        drift,
        suspectTimeout,
        syncInterval,
        eagerPoll,
        rarePoll,
        departureLinger,
        maxPeers,
        maxRtt);
  }

  /** With another time for a suspect to be heard of again. */
  public DiscoveryConfig withSuspectTimeout(Duration timeout) {
    return new DiscoveryConfig(
        announceInterval,
        announceJitter,
        purgeAfter,
        maxTimeDrift,
        timeout,
        syncInterval,
        eagerPoll,
        rarePoll,
        departureLinger,
        maxPeers,
        maxRtt);
  }

  /** With another interval of catalog comparison. */
  public DiscoveryConfig withSyncInterval(Duration interval) {
    return new DiscoveryConfig(
        announceInterval,
        announceJitter,
        purgeAfter,
        maxTimeDrift,
        suspectTimeout,
        interval,
        eagerPoll,
        rarePoll,
        departureLinger,
        maxPeers,
        maxRtt);
  }

  /** With other intervals of bootstrap polls: while alone, and afterwards. */
  public DiscoveryConfig withPolls(Duration eager, Duration rare) {
    return new DiscoveryConfig(
        announceInterval,
        announceJitter,
        purgeAfter,
        maxTimeDrift,
        suspectTimeout,
        syncInterval,
        eager,
        rare,
        departureLinger,
        maxPeers,
        maxRtt);
  }

  /** With another linger of a leaving node. */
  public DiscoveryConfig withDepartureLinger(Duration linger) {
    return new DiscoveryConfig(
        announceInterval,
        announceJitter,
        purgeAfter,
        maxTimeDrift,
        suspectTimeout,
        syncInterval,
        eagerPoll,
        rarePoll,
        linger,
        maxPeers,
        maxRtt);
  }

  /** With another size of the catalog. */
  public DiscoveryConfig withMaxPeers(int most) {
    return new DiscoveryConfig(
        announceInterval,
        announceJitter,
        purgeAfter,
        maxTimeDrift,
        suspectTimeout,
        syncInterval,
        eagerPoll,
        rarePoll,
        departureLinger,
        most,
        maxRtt);
  }

  /** With another bound on the distance of peers, or none. */
  public DiscoveryConfig withMaxRtt(@Nullable Duration most) {
    return new DiscoveryConfig(
        announceInterval,
        announceJitter,
        purgeAfter,
        maxTimeDrift,
        suspectTimeout,
        syncInterval,
        eagerPoll,
        rarePoll,
        departureLinger,
        maxPeers,
        most);
  }
}
