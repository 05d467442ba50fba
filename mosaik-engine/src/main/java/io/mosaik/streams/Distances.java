package io.mosaik.streams;

import io.mosaik.discovery.Discovery;
import io.mosaik.discovery.rtt.RttBound;
import io.mosaik.id.PeerId;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Says which peers are within a bound on the round-trip time, by what discovery knows of them and
 * the links at hand measure. For one strand.
 */
final class Distances {

  /** How often the bound is looked at. */
  static final Duration INTERVAL = Duration.ofSeconds(1);

  private final Discovery discovery;
  private final @Nullable Duration limit;
  private final @Nullable RttBound bound;

  /**
   * @param limit what a round trip must take less than, or null if it doesn't matter
   */
  Distances(Discovery discovery, @Nullable Duration limit) {
    this.discovery = discovery;
    this.limit = limit;
    bound = limit == null ? null : new RttBound(limit);
  }

  /** Whether there is a bound at all. */
  boolean areBounded() {
    return bound != null;
  }

  /** Whether nothing is known of the peer yet. */
  boolean isUnknown(PeerId peer) {
    return discovery.rtt(peer) == null;
  }

  /** Counts what a link measures; nothing if that is null. */
  void sample(PeerId peer, @Nullable Duration rtt) {
    if (rtt != null) {
      discovery.recordRtt(peer, rtt);
    }
  }

  /** Whether the peer is near enough, also while it is unknown how near. */
  boolean isNear(PeerId peer, long nowNs) {
    return bound == null || bound.isNear(peer, discovery.rtt(peer), nowNs);
  }

  /** Looks at all that were asked for, and forgets those that the catalog has forgotten. */
  void lookAtAll(long nowNs) {
    if (bound != null) {
      bound.retain(peer -> discovery.catalog().get().get(peer) != null);
      bound.lookAtAll(discovery::rtt, nowNs);
    }
  }

  /** How far the peer is and how far it may be, for people. */
  String describe(PeerId peer) {
    Duration rtt = discovery.rtt(peer);
    String now = rtt == null ? "an unknown time" : rtt.toNanos() / 1_000 + " µs";
    return "a round trip takes " + now + ", less than " + limit + " is asked for";
  }
}
