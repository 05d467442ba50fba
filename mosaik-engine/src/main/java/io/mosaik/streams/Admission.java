package io.mosaik.streams;

import io.mosaik.discovery.Discovery;
import io.mosaik.discovery.PeerEntry;
import io.mosaik.id.PeerId;
import io.mosaik.id.StoreId;
import io.mosaik.runtime.Cancellation;
import io.mosaik.runtime.Platform;
import io.mosaik.runtime.Strand;
import io.mosaik.runtime.Timer;
import io.mosaik.streams.flow.Selections.Selection;
import io.mosaik.streams.protocol.StreamCloseReasons;
import io.mosaik.streams.protocol.StreamMessage;
import io.mosaik.transport.CloseReason;
import io.mosaik.transport.Link;
import io.mosaik.wire.MalformedException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Who may be subscribed to a producer: lets consumers in, in the order capacity, distance,
 * predicates, tickets, criteria, and judges again by the present entry whenever it changes.
 * Predicates run on the strand of users' code; everything else on the producer's strand.
 */
final class Admission {

  private static final Logger LOG = LoggerFactory.getLogger(Admission.class);

  /** How many consumers one peer may have on one producer. */
  private static final int MAX_PER_PEER = 64;

  /** How many states may be on their way at a time. */
  private static final int MAX_STATES = 4;

  /** Of how many refusals it is remembered that the log told them. */
  private static final int MAX_TOLD = 256;

  private final Discovery discovery;
  private final ProducerSettings settings;
  private final Strand strand;
  private final Strand userStrand;
  private final Conditions conditions;
  private final ConsumerJudge judge;
  private final Distances distances;
  private final SelectionDesk desk;
  private final ProducerFolds folds;
  private final Subscribers subscribers;
  private final Set<String> told = new LinkedHashSet<>();
  private @Nullable Cancellation events;
  private @Nullable Timer measureAgain;

  Admission(
      Platform platform,
      Discovery discovery,
      ProducerSettings settings,
      Strand strand,
      Strand userStrand,
      Conditions conditions,
      SelectionDesk desk,
      ProducerFolds folds,
      Subscribers subscribers) {
    this.discovery = discovery;
    this.settings = settings;
    this.strand = strand;
    this.userStrand = userStrand;
    this.conditions = conditions;
    this.desk = desk;
    this.folds = folds;
    this.subscribers = subscribers;
    judge = new ConsumerJudge(settings, platform);
    distances = new Distances(discovery, settings.rttBelow());
  }

  void start() {
    strand.execute(() -> {
      if (distances.areBounded()) {
        measureAgain = strand.schedule(Distances.INTERVAL, this::measure);
      }
      events = discovery.onEvent(userStrand, event -> entryChanged(event.entry().peerId()));
    });
  }

  void stop() {
    if (events != null) {
      events.cancel();
    }
    if (measureAgain != null) {
      measureAgain.cancel();
    }
  }

  /** Takes over a link that asks for the stream; on the link's present strand. */
  void ask(Link<StreamMessage> link, StreamMessage.Subscribe request) {
    var asking = new SubscriberLink(subscribers, link, request);
    strand.execute(() -> judge(asking));
    link.handOver(strand, asking);
  }

  private void judge(SubscriberLink asking) {
    PeerEntry entry = discovery.catalog().get().get(asking.peer());
    if (subscribers.isRefusing()) {
      asking.close(CloseReason.GRACEFUL_SHUTDOWN);
      return;
    }
    if (entry == null) {
      asking.close(CloseReason.UNKNOWN_PEER);
      return;
    }
    subscribers.replaceOlder(asking);
    int ofPeer = subscribers.of(asking.peer()).size();
    if (ofPeer >= MAX_PER_PEER) {
      refuse(
          asking,
          Refusal.NO_CAPACITY,
          StreamCloseReasons.NO_CAPACITY.because(
              "this peer has " + ofPeer + " consumers here; so many may a peer have"));
      return;
    }
    if (subscribers.size() >= settings.maxConsumers()) {
      refuse(
          asking,
          Refusal.NO_CAPACITY,
          StreamCloseReasons.NO_CAPACITY.because("there are " + subscribers.size() + " consumers"));
      return;
    }
    if (subscribers.leavingBytes() >= settings.bufferBytes()) {
      refuse(
          asking,
          Refusal.NO_CAPACITY,
          StreamCloseReasons.NO_CAPACITY.because("too much is on its way to consumers that left"));
      return;
    }
    if (distances.areBounded() && refuseIfFar(asking)) {
      return;
    }
    asking.entry(entry);
    subscribers.add(asking);
    if (judge.asksNothing()) {
      admit(asking);
    } else {
      userStrand.execute(() -> {
        ConsumerJudge.Verdict verdict = judge.judge(entry);
        strand.execute(() -> settle(asking, entry, verdict));
      });
    }
  }

  private void settle(SubscriberLink asking, PeerEntry judged, ConsumerJudge.Verdict verdict) {
    if (!subscribers.contains(asking)) {
      return;
    }
    Refusal refusal = verdict.refusal();
    if (refusal == null) {
      admit(asking);
      judgeAgain(asking, verdict.standsFor());
    } else if (judged.version().compareTo(asking.request().entry()) < 0) {
      subscribers.remove(
          asking, CloseReason.UNKNOWN_PEER.because("its entry is newer than the one known here"));
    } else {
      refuse(asking, refusal, verdict.reason());
    }
  }

  /** Returns whether it is too far, and was refused. */
  private boolean refuseIfFar(SubscriberLink link) {
    distances.sample(link.peer(), link.rtt());
    if (distances.isNear(link.peer(), subscribers.nowNs())) {
      return false;
    }
    String why = distances.describe(link.peer());
    refuse(link, Refusal.TOO_FAR, StreamCloseReasons.NOT_ALLOWED.because(why));
    return true;
  }

  private void measure() {
    distances.lookAtAll(subscribers.nowNs());
    for (SubscriberLink link : subscribers.all()) {
      boolean unused = refuseIfFar(link);
    }
    measureAgain = strand.schedule(Distances.INTERVAL, this::measure);
  }

  /** What tickets say holds for a time; then it is the present ones that count. */
  private void judgeAgain(SubscriberLink link, @Nullable Duration in) {
    link.expiry(
        in == null || !subscribers.contains(link)
            ? null
            : strand.schedule(in, () -> rejudge(link.peer(), link.entry())));
  }

  private void admit(SubscriberLink asking) {
    if (subscribers.contains(asking) && !asking.isConnected()) {
      String shareGroup = asking.request().shareGroup();
      if (shareGroup != null) {
        share(asking, shareGroup);
        return;
      }
      desk.find(
          asking.request().criteria(),
          (refusal, reason) -> refuse(asking, refusal, reason),
          selection -> accept(asking, selection));
    }
  }

  private void share(SubscriberLink asking, String shareGroup) {
    if (desk.share(asking, shareGroup, (refusal, reason) -> refuse(asking, refusal, reason))) {
      LOG.debug("{}: {} shares as {}", settings.stream(), asking.peer(), shareGroup);
      subscribers.publish();
    }
  }

  private void accept(SubscriberLink asking, Selection selection) {
    if (!subscribers.contains(asking) || asking.isConnected()) {
      desk.left(selection); // it was left while its past was looked through
      return;
    }
    try {
      long first = desk.begin(selection, asking.request().from());
      StoreId fold = asking.request().fold();
      boolean goesOn =
          asking.request().from() instanceof StreamMessage.From.Position position
              && position.isAt(selection.incarnation(), first);
      if (fold == null || goesOn) {
        asking.accept(selection, first, subscribers.nowNs());
      } else if (!acceptWithState(asking, selection, fold)) {
        desk.left(selection);
        return;
      }
    } catch (MalformedException e) {
      desk.left(selection);
      subscribers.remove(
          asking, CloseReason.PROTOCOL_VIOLATION.because(String.valueOf(e.getMessage())));
      return;
    }
    LOG.debug("{}: {} subscribed", settings.stream(), asking.peer());
    subscribers.publish();
  }

  /** Begins with a state; returns false if that can't be done, which the consumer was told. */
  private boolean acceptWithState(SubscriberLink asking, Selection selection, StoreId id) {
    ProducerFold<?, ?> fold = folds.find(id);
    if (fold == null) {
      refuse(
          asking,
          Refusal.NOT_FOUND,
          StreamCloseReasons.NOT_FOUND.because("no such fold, " + id.toShortString()));
      return false;
    }
    if (subscribers.sendingStates() >= MAX_STATES) {
      refuse(
          asking,
          Refusal.NO_CAPACITY,
          StreamCloseReasons.NO_CAPACITY.because("too many states are on their way"));
      return false;
    }
    asking.acceptWithState(selection, subscribers.nowNs());
    fold.snapshot(state -> strand.execute(() -> sendState(asking, state)));
    return true;
  }

  private void sendState(SubscriberLink to, byte @Nullable [] state) {
    if (!subscribers.contains(to)) {
      return;
    }
    if (state == null) {
      refuse(
          to,
          Refusal.NO_CAPACITY,
          StreamCloseReasons.NO_CAPACITY.because("the state can't be sent"));
    } else {
      to.sendState(state);
    }
  }

  /** Counts it, tells the first of its kind, and closes the link. */
  private void refuse(SubscriberLink asking, Refusal refusal, CloseReason reason) {
    subscribers.refusals().count(refusal);
    boolean isFirst = told.add(refusal + " " + asking.peer());
    if (told.size() > MAX_TOLD) {
      told.remove(told.iterator().next());
    }
    LOG.atLevel(isFirst ? Level.INFO : Level.DEBUG)
        .log(
            "Stream {}: refused the consumer of {}, {}",
            settings.stream(),
            asking.peer().toShortString(),
            reason);
    subscribers.remove(asking, reason);
  }

  /** On the strand of users' code. */
  private void entryChanged(PeerId peer) {
    if (!subscribers.isShown(peer)) {
      return;
    }
    PeerEntry entry = discovery.catalog().get().get(peer);
    if (entry == null) {
      return;
    }
    ConsumerJudge.Verdict verdict = judge.judge(entry);
    strand.execute(() -> settle(peer, entry, verdict));
    conditions.entryChanged(peer);
  }

  /** Its tickets may have expired: judges by its present entry, or the last that was known. */
  private void rejudge(PeerId peer, PeerEntry known) {
    userStrand.execute(() -> {
      PeerEntry now = discovery.catalog().get().get(peer);
      PeerEntry entry = now == null ? known : now;
      ConsumerJudge.Verdict verdict = judge.judge(entry);
      strand.execute(() -> settle(peer, entry, verdict));
    });
  }

  /** A peer whose consumers were let in, or wait to be, was judged again. */
  private void settle(PeerId peer, PeerEntry entry, ConsumerJudge.Verdict verdict) {
    Refusal refusal = verdict.refusal();
    for (SubscriberLink link : subscribers.of(peer)) {
      link.entry(entry);
      if (refusal != null) {
        refuse(link, refusal, verdict.reason());
      } else {
        judgeAgain(link, verdict.standsFor());
      }
    }
  }
}
