package io.mosaik.streams;

import io.mosaik.discovery.Discovery;
import io.mosaik.discovery.PeerEntry;
import io.mosaik.id.PeerId;
import io.mosaik.id.StoreId;
import io.mosaik.runtime.Cancellation;
import io.mosaik.runtime.Platform;
import io.mosaik.runtime.Strand;
import io.mosaik.runtime.Timer;
import io.mosaik.runtime.WatchSource;
import io.mosaik.streams.flow.Egress;
import io.mosaik.streams.flow.Selections.Selection;
import io.mosaik.streams.protocol.StreamCloseReasons;
import io.mosaik.streams.protocol.StreamMessage;
import io.mosaik.transport.CloseReason;
import io.mosaik.transport.Link;
import io.mosaik.wire.MalformedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Who is subscribed to a producer, and who may be: admits in the order capacity, predicates,
 * tickets, criteria, and judges again by the present entry whenever it changes. Predicates run on
 * the strand of users' code; everything else on the producer's strand.
 */
final class Subscribers {

  private static final Logger LOG = LoggerFactory.getLogger(Subscribers.class);

  /** How many consumers one peer may have on one producer. */
  private static final int MAX_PER_PEER = 64;

  /** How much may wait in the transport for a consumer before the rest waits in the log. */
  private static final long MAX_UNSENT_BYTES = 1024 * 1024;

  /** How many states may be on their way at a time. */
  private static final int MAX_STATES = 4;

  /** Of how many refusals it is remembered that the log told them. */
  private static final int MAX_TOLD = 256;

  private final Platform platform;
  private final Discovery discovery;
  private final ProducerSettings settings;
  private final Strand strand;
  private final Strand userStrand;
  private final Conditions conditions;
  private final ConsumerJudge judge;
  private final Distances distances;
  private final SelectionDesk desk;
  private final ProducerFolds folds;
  private final StreamCounters counters;
  private final Egress egress;
  private final Refusals refusals = new Refusals();
  private final Repeats repeats = new Repeats();
  private final Set<String> told = new LinkedHashSet<>();
  private final Loneliness loneliness;
  private final List<SubscriberLink> links = new ArrayList<>();
  private final List<SubscriberLink> leaving = new ArrayList<>();
  private final WatchSource<List<SubscriptionRecord>> shown = new WatchSource<>(List.of());
  private Runnable roomListener = () -> {};
  private @Nullable Runnable emptyListener;
  private @Nullable Cancellation events;
  private @Nullable Timer measureAgain;
  private boolean refusing;

  Subscribers(
      Platform platform,
      Discovery discovery,
      ProducerSettings settings,
      Strand strand,
      Strand userStrand,
      Conditions conditions,
      SelectionDesk desk,
      ProducerFolds folds,
      StreamCounters counters,
      Egress egress) {
    this.platform = platform;
    this.discovery = discovery;
    this.settings = settings;
    this.strand = strand;
    this.userStrand = userStrand;
    this.conditions = conditions;
    this.counters = counters;
    this.desk = desk;
    this.folds = folds;
    judge = new ConsumerJudge(settings, platform);
    distances = new Distances(discovery, settings.rttBelow());
    this.egress = egress;
    loneliness = new Loneliness(strand, this::tellThatNobodyListens);
  }

  /** What to do when a subscriber made room or left. */
  void onRoom(Runnable listener) {
    roomListener = listener;
  }

  void start() {
    strand.execute(() -> {
      loneliness.subscriptions(0);
      if (distances.areBounded()) {
        measureAgain = strand.schedule(Distances.INTERVAL, this::measure);
      }
      events = discovery.onEvent(userStrand, event -> entryChanged(event.entry().peerId()));
    });
  }

  void stop() {
    loneliness.stop();
    if (events != null) {
      events.cancel();
    }
    if (measureAgain != null) {
      measureAgain.cancel();
    }
  }

  List<SubscriptionInfo> infos() {
    long nowNs = platform.clock().nanoTime();
    return shown.get().stream().map(record -> record.toInfo(nowNs, discovery)).toList();
  }

  /** How many are connected now; from any thread. */
  long connected() {
    return shown.get().stream().filter(SubscriptionRecord::isConnected).count();
  }

  /** To how many each datum is sent, at most: a share group is one. */
  int audience() {
    int groups = desk.shareGroupsWithMembers();
    if (groups == 0) {
      return links.size();
    }
    long readers = links.stream().filter(link -> !(link.place() instanceof Place.Sharing)).count();
    return (int) readers + groups;
  }

  /** How many datums wait for subscribers, together; one that several wait for counts for each. */
  long waitingDatums() {
    return links.stream().mapToLong(SubscriberLink::waitingDatums).sum();
  }

  /** How many bytes wait for the network, those for consumers that were given up included. */
  long unsentBytes() {
    return unsentBytes(links) + unsentBytes(leaving);
  }

  private static long unsentBytes(List<SubscriberLink> of) {
    return of.stream().mapToLong(link -> link.unsentBytes() + link.stateBytes()).sum();
  }

  long maxUnsentBytes() {
    return Math.min(MAX_UNSENT_BYTES, settings.bufferBytes());
  }

  long nowNs() {
    return platform.clock().nanoTime();
  }

  Timer schedule(long delayNs, Runnable task) {
    return strand.schedule(Duration.ofNanos(delayNs), task);
  }

  Egress newEgress() {
    return settings.egressPerConsumer().newEgress(nowNs());
  }

  void carried(int datums, long bytes) {
    counters.carried(datums, bytes);
    if (egress.isLimited()) {
      egress.left(datums, bytes, nowNs());
    }
  }

  void sentState(int bytes) {
    if (egress.isLimited()) {
      egress.left(0, bytes, nowNs());
    }
  }

  void replayed(int datums) {
    counters.replayed(datums);
  }

  /** What leaves is shared by all. */
  Egress egress() {
    return egress;
  }

  void dropped(long datums) {
    counters.dropped(datums);
  }

  Refusals refusals() {
    return refusals;
  }

  /** Datums were handed out. */
  void noteLags() {
    for (SubscriberLink link : links) {
      link.noteLag();
    }
  }

  /** The share groups there are; from any thread. */
  List<ShareGroupInfo> shareGroups() {
    return desk.shareGroups();
  }

  // ---- admission ----

  /** Takes over a link that asks for the stream; on the link's present strand. */
  void ask(Link<StreamMessage> link, StreamMessage.Subscribe request) {
    var asking = new SubscriberLink(this, link, request);
    strand.execute(() -> judge(asking));
    link.handOver(strand, asking);
  }

  private void judge(SubscriberLink asking) {
    PeerEntry entry = discovery.catalog().get().get(asking.peer());
    if (refusing) {
      asking.close(CloseReason.GRACEFUL_SHUTDOWN);
      return;
    }
    if (entry == null) {
      asking.close(CloseReason.UNKNOWN_PEER);
      return;
    }
    replaceOlder(asking);
    long ofPeer = links.stream().filter(link -> link.peer().equals(asking.peer())).count();
    if (ofPeer >= MAX_PER_PEER) {
      refuse(
          asking,
          Refusal.NO_CAPACITY,
          StreamCloseReasons.NO_CAPACITY.because(
              "this peer has " + ofPeer + " consumers here; so many may a peer have"));
      return;
    }
    if (links.size() >= settings.maxConsumers()) {
      refuse(
          asking,
          Refusal.NO_CAPACITY,
          StreamCloseReasons.NO_CAPACITY.because("there are " + links.size() + " consumers"));
      return;
    }
    if (unsentBytes(leaving) >= settings.bufferBytes()) {
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
    links.add(asking);
    publish();
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
    if (!links.contains(asking)) {
      return;
    }
    Refusal refusal = verdict.refusal();
    if (refusal == null) {
      admit(asking);
      judgeAgain(asking, verdict.standsFor());
    } else if (judged.version().compareTo(asking.request().entry()) < 0) {
      remove(
          asking, CloseReason.UNKNOWN_PEER.because("its entry is newer than the one known here"));
    } else {
      refuse(asking, refusal, verdict.reason());
    }
  }

  /** Returns whether it is too far, and was refused. */
  private boolean refuseIfFar(SubscriberLink link) {
    distances.sample(link.peer(), link.rtt());
    if (distances.isNear(link.peer(), nowNs())) {
      return false;
    }
    String why = distances.describe(link.peer());
    refuse(link, Refusal.TOO_FAR, StreamCloseReasons.NOT_ALLOWED.because(why));
    return true;
  }

  private void measure() {
    distances.lookAtAll(nowNs());
    for (SubscriberLink link : List.copyOf(links)) {
      boolean unused = refuseIfFar(link);
    }
    measureAgain = strand.schedule(Distances.INTERVAL, this::measure);
  }

  /** What tickets say holds for a time; then it is the present ones that count. */
  private void judgeAgain(SubscriberLink link, @Nullable Duration in) {
    link.expiry(
        in == null || !links.contains(link)
            ? null
            : strand.schedule(in, () -> rejudge(link.peer(), link.entry())));
  }

  /** A consumer that comes back while its old link is not known to be dead takes its own place. */
  private void replaceOlder(SubscriberLink asking) {
    for (SubscriberLink link : List.copyOf(links)) {
      if (link.peer().equals(asking.peer())
          && link.request().consumer() == asking.request().consumer()) {
        remove(link, CloseReason.CANCELLED.because("the consumer has subscribed again"));
      }
    }
  }

  private void admit(SubscriberLink asking) {
    if (links.contains(asking) && !asking.isConnected()) {
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
      publish();
    }
  }

  private void accept(SubscriberLink asking, Selection selection) {
    if (!links.contains(asking) || asking.isConnected()) {
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
        asking.accept(selection, first, platform.clock().nanoTime());
      } else if (!acceptWithState(asking, selection, fold)) {
        desk.left(selection);
        return;
      }
    } catch (MalformedException e) {
      desk.left(selection);
      remove(asking, CloseReason.PROTOCOL_VIOLATION.because(String.valueOf(e.getMessage())));
      return;
    }
    LOG.debug("{}: {} subscribed", settings.stream(), asking.peer());
    publish();
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
    if (links.stream().filter(SubscriberLink::isSendingState).count() >= MAX_STATES) {
      refuse(
          asking,
          Refusal.NO_CAPACITY,
          StreamCloseReasons.NO_CAPACITY.because("too many states are on their way"));
      return false;
    }
    asking.acceptWithState(selection, platform.clock().nanoTime());
    fold.snapshot(state -> strand.execute(() -> sendState(asking, state)));
    return true;
  }

  private void sendState(SubscriberLink to, byte @Nullable [] state) {
    if (!links.contains(to)) {
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
    refusals.count(refusal);
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
    remove(asking, reason);
  }

  private void tellThatNobodyListens() {
    String refused = refusals.toString();
    LOG.info(
        "Stream {}: nobody is subscribed to this node's producer: {}",
        settings.stream(),
        refused.isEmpty()
            ? "no consumer of a stream of this name has come"
            : "consumers were refused, " + refused);
  }

  /** On the strand of users' code. */
  private void entryChanged(PeerId peer) {
    if (shown.get().stream().noneMatch(record -> record.peer().equals(peer))) {
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
    for (SubscriberLink link : List.copyOf(links)) {
      if (link.peer().equals(peer)) {
        link.entry(entry);
        if (refusal != null) {
          refuse(link, refusal, verdict.reason());
        } else {
          judgeAgain(link, verdict.standsFor());
        }
      }
    }
  }

  // ---- from the links ----

  /** A subscriber was sent what had waited for it. */
  void madeRoom() {
    roomListener.run();
  }

  /** A link is over that we had not given up. */
  void left(SubscriberLink link, CloseReason reason) {
    LOG.debug("{}: {} left, {}", settings.stream(), link.peer(), reason);
    forget(link);
  }

  /** The link of one that was given up is over, and what waited for it is gone. */
  void gone(SubscriberLink link) {
    leaving.remove(link);
  }

  /** The fan-out gave a subscriber up, within an append. */
  void overflowed(SubscriberLink link, long unsentDatums) {
    tellOverflow(link, unsentDatums);
    if (!(link.place() instanceof Place.Sharing)) {
      counters.dropped(unsentDatums); // those of a group are counted as they are lost
    }
    link.expiry(null);
    links.remove(link);
    leaving.add(link);
    desk.left(link.place());
    publish();
    link.close(StreamCloseReasons.TOO_SLOW.because(unsentDatums + " datums were waiting"));
  }

  private void tellOverflow(SubscriberLink link, long unsentDatums) {
    long times = repeats.happened(link.peer(), nowNs());
    if (times > 0) {
      LOG.info(
          "Stream {}: consumer {} is too slow, {} datums were waiting for it{}; disconnected{}",
          settings.stream(),
          link.peer().toShortString(),
          unsentDatums,
          link.place() instanceof Place.Sharing sharing
              ? " and all others that share as '" + sharing.record().name() + "'"
              : "",
          times == 1 ? "" : ", " + times + " times since this was told");
    }
  }

  // ---- endings ----

  void refuseMore() {
    refusing = true;
  }

  void closeAll(CloseReason reason) {
    for (SubscriberLink link : List.copyOf(links)) {
      link.close(reason);
    }
  }

  /** Runs the action once no subscriber is left. */
  void whenEmpty(Runnable action) {
    if (links.isEmpty()) {
      action.run();
    } else {
      emptyListener = action;
    }
  }

  private void remove(SubscriberLink link, CloseReason reason) {
    link.giveUp();
    leaving.add(link);
    link.close(reason);
    forget(link);
  }

  private void forget(SubscriberLink link) {
    counters.dropped(link.unsubscribe());
    link.expiry(null);
    desk.left(link.place());
    if (links.remove(link)) {
      publish();
    }
    roomListener.run();
    if (links.isEmpty() && emptyListener != null) {
      Runnable action = emptyListener;
      emptyListener = null;
      action.run();
    }
  }

  private void publish() {
    shown.set(links.stream().map(SubscriberLink::record).toList());
    List<PeerEntry> connected =
        links.stream().filter(SubscriberLink::isConnected).map(SubscriberLink::entry).toList();
    if (!refusing) {
      loneliness.subscriptions(connected.size());
    }
    conditions.connected(connected);
  }
}
