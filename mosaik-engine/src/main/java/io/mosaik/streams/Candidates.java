package io.mosaik.streams;

import io.mosaik.discovery.Discovery;
import io.mosaik.discovery.PeerEntry;
import io.mosaik.id.PeerId;
import io.mosaik.runtime.Platform;
import io.mosaik.runtime.Strand;
import io.mosaik.runtime.Timer;
import io.mosaik.streams.flow.Choice;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Which of the producers in the catalog a consumer takes from: those that satisfy its predicates,
 * carry the tickets it asks for and are near enough, and of these the preferred ones. All but
 * {@link #judge} is on the consumer's strand.
 */
final class Candidates {

  private static final Logger LOG = LoggerFactory.getLogger(Candidates.class);

  /** How many producers are measured at a time. */
  private static final int MAX_PINGS = 16;

  /** How often one is measured again that is too far. */
  private static final Duration PING_INTERVAL = Duration.ofSeconds(15);

  private final Platform platform;
  private final Strand strand;
  private final Strand userStrand;
  private final Discovery discovery;
  private final ConsumerSettings settings;
  private final TicketJudge tickets;
  private final Distances distances;
  private final @Nullable PreferredProducers preferred;
  private final Function<PeerId, Choice.Health> health;
  private final BiConsumer<PeerEntry, Boolean> decided;
  private final Consumer<PeerId> renounced;
  private final Repeats repeats = new Repeats();
  private final SortedMap<PeerId, Candidate> all = new TreeMap<>();
  private int pings;
  private boolean closed;

  /**
   * @param health how the subscription to a producer is
   * @param decided hears of a producer's entry whether to take from it
   * @param renounced hears, perhaps repeatedly, that nothing of a producer is wanted: told for
   *     sure, and not while it is being found out
   */
  Candidates(
      Platform platform,
      Strand strand,
      Strand userStrand,
      Discovery discovery,
      ConsumerSettings settings,
      Function<PeerId, Choice.Health> health,
      BiConsumer<PeerEntry, Boolean> decided,
      Consumer<PeerId> renounced) {
    this.platform = platform;
    this.strand = strand;
    this.userStrand = userStrand;
    this.discovery = discovery;
    this.settings = settings;
    this.health = health;
    this.decided = decided;
    this.renounced = renounced;
    tickets = new TicketJudge(settings.tickets(), platform);
    distances = new Distances(discovery, settings.rttBelow());
    Preference preference = settings.preference();
    preferred =
        preference == null
            ? null
            : new PreferredProducers(
                settings.stream(), platform.clock(), preference, discovery::rtt);
  }

  /** Whether {@link #tick} has something to do. */
  boolean isTimed() {
    return preferred != null || distances.areBounded();
  }

  void close() {
    closed = true;
    all.values().forEach(candidate -> candidate.judgeAgain(null));
    all.clear();
  }

  /** How many producers are left alone, for each reason; zeros included. */
  Map<Unwanted, Integer> unwanted() {
    var counts = new EnumMap<Unwanted, Integer>(Unwanted.class);
    for (Unwanted reason : Unwanted.values()) {
      counts.put(reason, 0);
    }
    for (Candidate candidate : all.values()) {
      if (candidate.unwanted != null && !candidate.gone) {
        counts.merge(candidate.unwanted, 1, Integer::sum);
      }
    }
    return counts;
  }

  /** What users' code says of a producer; on the strand of users' code. */
  Verdict judge(PeerEntry entry) {
    if (!Predicates.all(settings.wanted(), entry)) {
      return new Verdict(Unwanted.PREDICATE, "", null, 0);
    }
    TicketJudge.Verdict carried = tickets.judge(entry);
    if (carried.refusal() != null) {
      return new Verdict(Unwanted.NO_TICKET, carried.refusal(), null, 0);
    }
    double cost = preferred == null ? 0 : preferred.cost(entry);
    return new Verdict(null, "", carried.standsFor(), cost);
  }

  /** The catalog has this entry of a producer, and that is what users' code says of it. */
  void judged(PeerEntry entry, Verdict verdict) {
    if (closed) {
      return;
    }
    PeerId peer = entry.peerId();
    Candidate candidate = all.computeIfAbsent(peer, id -> new Candidate(entry, verdict));
    candidate.entry = entry;
    candidate.verdict = verdict;
    candidate.gone = false;
    candidate.judgeAgain(
        verdict.standsFor == null
            ? null
            : strand.schedule(verdict.standsFor, () -> judgeAgain(candidate)));
    decide(candidate);
    choose(candidate);
  }

  /** The catalog no longer names the peer as a producer of the stream; its link may live on. */
  void gone(PeerId peer) {
    Candidate candidate = all.get(peer);
    if (candidate != null) {
      candidate.gone = true;
      if (candidate.expiry == null) {
        all.remove(peer);
      }
    }
    if (preferred != null) {
      preferred.withdraw(peer);
    }
  }

  /** Chooses anew, if there is a choice and what it depends on may have changed. */
  void choose() {
    if (preferred != null && !closed) {
      for (var change : preferred.choose(health, nowNs())) {
        if (!change.wanted()) {
          renounced.accept(change.entry().peerId());
        }
        decided.accept(change.entry(), change.wanted());
      }
    }
  }

  /** As {@link #choose()} when this one has just come: others may be taken instead. */
  private void choose(Candidate come) {
    choose();
    PeerId peer = come.entry.peerId();
    if (preferred != null && !come.measuring && !preferred.isChosen(peer)) {
      renounced.accept(peer);
    }
  }

  /** Time goes by, and round-trip times change; the links of these peers measure them. */
  void tick(Iterable<PeerId> connected, Function<PeerId, @Nullable Duration> rtt) {
    for (PeerId peer : connected) {
      distances.sample(peer, rtt.apply(peer));
    }
    if (distances.areBounded()) {
      distances.lookAtAll(nowNs());
      for (Candidate candidate : List.copyOf(all.values())) {
        if (!candidate.gone && candidate.verdict.unwanted == null) {
          lookAgain(candidate);
        }
      }
    }
    choose();
  }

  private void lookAgain(Candidate candidate) {
    if (candidate.unwanted == Unwanted.TOO_FAR
        && nowNs() - candidate.measuredNs >= PING_INTERVAL.toNanos()) {
      measure(candidate);
    }
    boolean near = distances.isNear(candidate.entry.peerId(), nowNs());
    boolean asBefore = candidate.isMeasured && near == (candidate.unwanted == null);
    if (!asBefore) {
      decide(candidate);
    }
  }

  private void decide(Candidate candidate) {
    PeerEntry entry = candidate.entry;
    boolean wanted = isWanted(candidate);
    if (preferred != null) {
      if (wanted) {
        preferred.offer(entry, candidate.verdict.cost);
      } else {
        preferred.withdraw(entry.peerId());
      }
      wanted = preferred.isChosen(entry.peerId());
    }
    if (candidate.unwanted != null) {
      renounced.accept(entry.peerId());
    }
    decided.accept(entry, wanted);
  }

  private boolean isWanted(Candidate candidate) {
    PeerId peer = candidate.entry.peerId();
    Unwanted why = candidate.verdict.unwanted;
    if (why == null && distances.areBounded()) {
      if (!candidate.isMeasured && distances.isUnknown(peer)) {
        measure(candidate);
        return false;
      }
      candidate.isMeasured = true;
      why = distances.isNear(peer, nowNs()) ? null : Unwanted.TOO_FAR;
    }
    if (why != null && why != candidate.unwanted) {
      tell(peer, why, candidate.verdict);
    }
    candidate.unwanted = why;
    return why == null;
  }

  /** Asks how far it is; where that can't be found out, it is taken for near enough. */
  private void measure(Candidate candidate) {
    if (pings >= MAX_PINGS || candidate.measuring) {
      return; // the next tick comes back to it
    }
    pings++;
    candidate.measuring = true;
    var unused =
        discovery
            .ping(candidate.entry.address())
            .whenComplete((rtt, error) ->
                strand.execute(() -> {
                  pings--;
                  candidate.measuring = false;
                  candidate.isMeasured = true;
                  candidate.measuredNs = nowNs();
                  if (all.get(candidate.entry.peerId()) == candidate && !candidate.gone) {
                    decide(candidate);
                    choose(candidate);
                  }
                }));
  }

  /** Its tickets may have expired: judges by its present entry, or the last that was known. */
  private void judgeAgain(Candidate candidate) {
    PeerId peer = candidate.entry.peerId();
    PeerEntry known = candidate.entry;
    userStrand.execute(() -> {
      PeerEntry now = discovery.catalog().get().get(peer);
      PeerEntry entry = now == null ? known : now;
      Verdict verdict = judge(entry);
      strand.execute(() -> {
        if (all.get(peer) != candidate) {
          return;
        }
        boolean gone = candidate.gone;
        judged(entry, verdict);
        if (gone) {
          gone(peer);
        }
      });
    });
  }

  private void tell(PeerId peer, Unwanted why, Verdict verdict) {
    if (repeats.happened(peer + " " + why, nowNs()) > 0) {
      LOG.atLevel(why == Unwanted.PREDICATE ? Level.DEBUG : Level.INFO)
          .log(
              "Stream {}: this node's consumer takes nothing from {} ({}): {}",
              settings.stream(),
              peer.toShortString(),
              why.setting(),
              why == Unwanted.TOO_FAR ? distances.describe(peer) : verdict.reason);
    }
  }

  private long nowNs() {
    return platform.clock().nanoTime();
  }

  /**
   * What users' code says of a producer.
   *
   * @param unwanted why it is left alone, or null
   * @param reason for people
   * @param standsFor when to judge again, at the latest; null for never
   * @param cost as the preference has it
   */
  record Verdict(
      @Nullable Unwanted unwanted, String reason, @Nullable Duration standsFor, double cost) {}

  /** One producer of the catalog, or one that was in it and whose tickets are still looked at. */
  private static final class Candidate {

    private PeerEntry entry;
    private Verdict verdict;
    private boolean gone;
    private boolean measuring;
    private boolean isMeasured;
    private long measuredNs;
    private @Nullable Unwanted unwanted;
    private @Nullable Timer expiry;

    Candidate(PeerEntry entry, Verdict verdict) {
      this.entry = entry;
      this.verdict = verdict;
    }

    void judgeAgain(@Nullable Timer at) {
      if (expiry != null) {
        expiry.cancel();
      }
      expiry = at;
    }
  }
}
