package io.mosaik.streams.flow;

import io.mosaik.id.PeerId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Chooses the best few of the producers, and stays with them until others have been better for some
 * time: a choice that follows each fluctuation would cost more than it gains.
 *
 * <p>Who fails doesn't count: so many more are chosen at once. It stays chosen while it is among
 * the best, so that it is tried again; when it is back, the spare one is let go in due time. Nobody
 * is let go for another before that one is live.
 */
public final class Choice {

  /**
   * How a producer stands.
   *
   * @param cost the less, the better; may be infinite
   * @param health how the subscription to it is
   */
  public record Standing(double cost, Health health) {}

  /** How the subscription to a producer is. */
  public enum Health {
    /** It is not subscribed to yet, as far as is known for no reason of its own. */
    PENDING,
    /** It is subscribed to. */
    LIVE,
    /** It was asked, and can't be taken from now. */
    FAILING
  }

  private final int count;
  private final double margin;
  private final long steadyNs;

  private SortedSet<PeerId> chosen = new TreeSet<>();

  /** Since when others would be better, if {@link #unsettled}. */
  private long unsettledNs;

  private boolean unsettled;

  /**
   * Nobody chosen yet.
   *
   * @param count how many to choose, at least 1
   * @param margin by how much of its own cost another must be better than one that is chosen; from
   *     0 to less than 1
   * @param steady for how long others must be better
   */
  public Choice(int count, double margin, Duration steady) {
    if (count < 1 || !(margin >= 0 && margin < 1)) {
      throw new IllegalArgumentException("chooses " + count + " with a margin of " + margin);
    }
    this.count = count;
    this.margin = margin;
    this.steadyNs = steady.toNanos();
  }

  /**
   * Chooses.
   *
   * @param standings of all producers there are
   * @return who is chosen now
   */
  public SortedSet<PeerId> choose(SortedMap<PeerId, Standing> standings, long nowNs) {
    chosen.retainAll(standings.keySet());
    for (PeerId peer : ranked(standings)) {
      if (chosen.size() - count(chosen, standings, Health.FAILING) >= count) {
        break;
      }
      chosen.add(peer); // at once
    }
    SortedSet<PeerId> best = best(standings);
    if (best.equals(chosen)) {
      unsettled = false;
    } else if (!unsettled) {
      unsettled = true;
      unsettledNs = nowNs;
    }
    if (unsettled && nowNs - unsettledNs >= steadyNs) {
      chosen.addAll(best);
      if (count(best, standings, Health.LIVE) >= Math.min(count, best.size())) {
        chosen = best;
        unsettled = false;
      }
    }
    return new TreeSet<>(chosen);
  }

  /** The best, until enough of them live. */
  private SortedSet<PeerId> best(SortedMap<PeerId, Standing> standings) {
    var best = new TreeSet<PeerId>();
    for (PeerId peer : ranked(standings)) {
      if (best.size() - count(best, standings, Health.FAILING) == count) {
        break;
      }
      best.add(peer);
    }
    return best;
  }

  private List<PeerId> ranked(SortedMap<PeerId, Standing> standings) {
    var ranked = new ArrayList<>(standings.entrySet());
    ranked.sort(
        Comparator.<Map.Entry<PeerId, Standing>>comparingDouble(each -> cost(each))
            .thenComparing(each -> !chosen.contains(each.getKey()))
            .thenComparing(Map.Entry::getKey));
    return ranked.stream().map(Map.Entry::getKey).toList();
  }

  private double cost(Map.Entry<PeerId, Standing> each) {
    double cost = each.getValue().cost;
    boolean stays = chosen.contains(each.getKey()) && !Double.isInfinite(cost);
    return stays ? cost - Math.abs(cost) * margin : cost;
  }

  private static int count(
      SortedSet<PeerId> peers, SortedMap<PeerId, Standing> standings, Health health) {
    int count = 0;
    for (PeerId peer : peers) {
      Standing standing = standings.get(peer);
      count += standing != null && standing.health == health ? 1 : 0;
    }
    return count;
  }
}
