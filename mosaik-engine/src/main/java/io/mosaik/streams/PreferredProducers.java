package io.mosaik.streams;

import io.mosaik.discovery.PeerEntry;
import io.mosaik.id.PeerId;
import io.mosaik.runtime.Clock;
import io.mosaik.streams.flow.Choice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which of the producers that a consumer would take from it prefers. Not thread-safe. */
final class PreferredProducers {

  private static final Logger LOG = LoggerFactory.getLogger(PreferredProducers.class);

  /** By so much of its own time another must be nearer than one that is taken from. */
  private static final double MARGIN = 0.2;

  /** A producer that is to be taken from now, or not any more. */
  record Change(PeerEntry entry, boolean wanted) {}

  private record Offer(PeerEntry entry, double cost) {}

  private final StreamName stream;
  private final Clock clock;
  private final Repeats repeats = new Repeats();
  private final Preference preference;
  private final Function<PeerId, @Nullable Duration> rtt;
  private final Choice choice;
  private final TreeMap<PeerId, Offer> offers = new TreeMap<>();
  private SortedSet<PeerId> chosen = new TreeSet<>();

  /**
   * None yet.
   *
   * @param rtt the round-trip time to a peer; null while it is not known
   */
  PreferredProducers(
      StreamName stream,
      Clock clock,
      Preference preference,
      Function<PeerId, @Nullable Duration> rtt) {
    this.stream = stream;
    this.clock = clock;
    this.preference = preference;
    this.rtt = rtt;
    double margin = preference.isByRtt() ? MARGIN : 0;
    choice = new Choice(preference.count(), margin, preference.steadyTime());
  }

  /** What the preference says of an entry; the worst if it throws. On the strand of users' code. */
  double cost(PeerEntry entry) {
    try {
      return preference.cost(entry);
    } catch (Throwable e) {
      long times = repeats.happened(entry.peerId(), clock.nanoTime());
      if (times > 0) {
        LOG.warn(
            "Stream {}: the preference failed on the entry of {}, which counts as the worst{}",
            stream,
            entry.peerId().toShortString(),
            Repeats.since(times),
            e);
      }
      return Double.POSITIVE_INFINITY;
    }
  }

  void offer(PeerEntry entry, double cost) {
    offers.put(entry.peerId(), new Offer(entry, cost));
  }

  void withdraw(PeerId producer) {
    offers.remove(producer);
    chosen.remove(producer);
  }

  boolean isChosen(PeerId producer) {
    return chosen.contains(producer);
  }

  /**
   * Chooses anew.
   *
   * @param health how the subscription to a producer is
   * @return what is different from the last time
   */
  List<Change> choose(Function<PeerId, Choice.Health> health, long nowNs) {
    var standings = new TreeMap<PeerId, Choice.Standing>();
    offers.forEach((peer, offer) ->
        standings.put(peer, new Choice.Standing(costOf(peer, offer), health.apply(peer))));
    SortedSet<PeerId> next = choice.choose(standings, nowNs);
    var changes = new ArrayList<Change>();
    offers.forEach((peer, offer) -> {
      if (next.contains(peer) != chosen.contains(peer)) {
        changes.add(new Change(offer.entry, next.contains(peer)));
      }
    });
    chosen = next;
    return changes;
  }

  private double costOf(PeerId peer, Offer offer) {
    if (!preference.isByRtt()) {
      return offer.cost;
    }
    Duration time = rtt.apply(peer);
    return time == null ? Double.POSITIVE_INFINITY : time.toNanos();
  }
}
