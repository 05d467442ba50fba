package io.mosaik.discovery.rtt;

import io.mosaik.id.PeerId;
import java.time.Duration;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which peers are near enough: those whose round-trip time is less than a bound. The first time
 * that is known of a peer decides at once; from then on the verdict changes when the opposite was
 * true for {@link #STEADY} without a break, because each change costs links. While nothing is known
 * of a peer, it is near enough.
 */
public final class RttBound {

  /** How long a peer must have been on the other side of the bound. */
  public static final Duration STEADY = Duration.ofSeconds(10);

  private final long boundNs;
  private final SortedMap<PeerId, Standing> standings = new TreeMap<>();

  /**
   * @param bound more than zero; one that is as far is too far
   */
  public RttBound(Duration bound) {
    boundNs = bound.toNanos();
  }

  /**
   * Whether a peer is near enough.
   *
   * @param rtt its round-trip time now, or null while it is unknown
   */
  public boolean isNear(PeerId peer, @Nullable Duration rtt, long nowNs) {
    Standing standing = standings.get(peer);
    if (rtt == null) {
      return standing == null || standing.near;
    }
    boolean near = rtt.toNanos() < boundNs;
    if (standing == null) {
      standings.put(peer, new Standing(near));
      return near;
    }
    return standing.look(near, nowNs);
  }

  /** Looks at every peer that was judged, so that none changes sides unseen. */
  public void lookAtAll(Function<PeerId, @Nullable Duration> rtt, long nowNs) {
    standings.forEach((peer, standing) -> {
      Duration now = rtt.apply(peer);
      if (now != null) {
        boolean unused = standing.look(now.toNanos() < boundNs, nowNs);
      }
    });
  }

  /** Forgets a peer: what is known of it next decides at once. */
  public void forget(PeerId peer) {
    standings.remove(peer);
  }

  /** Forgets the peers that are not to be kept: what is known of them next decides at once. */
  public void retain(Predicate<PeerId> kept) {
    standings.keySet().removeIf(kept.negate());
  }

  private static final class Standing {

    private boolean near;
    private boolean otherwise;
    private long otherwiseSinceNs;

    Standing(boolean near) {
      this.near = near;
    }

    boolean look(boolean nearNow, long nowNs) {
      if (nearNow == near) {
        otherwise = false;
      } else if (!otherwise) {
        otherwise = true;
        otherwiseSinceNs = nowNs;
      } else if (nowNs - otherwiseSinceNs >= STEADY.toNanos()) {
        otherwise = false;
        near = nearNow;
      }
      return near;
    }
  }
}
