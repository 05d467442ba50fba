package io.mosaik.streams;

import io.mosaik.discovery.Discovery;
import io.mosaik.discovery.PeerEntry;
import io.mosaik.id.PeerId;
import io.mosaik.runtime.Platform;
import io.mosaik.runtime.Strand;
import io.mosaik.runtime.Timer;
import io.mosaik.runtime.WatchSource;
import io.mosaik.streams.flow.Egress;
import io.mosaik.streams.protocol.StreamCloseReasons;
import io.mosaik.transport.CloseReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who is subscribed to a producer, or asks to be, and who is on its way out: what waits for them
 * all, what they are shown as, and what becomes of those who leave. On the producer's strand.
 */
final class Subscribers {

  private static final Logger LOG = LoggerFactory.getLogger(Subscribers.class);

  /** How much may wait in the transport for a consumer before the rest waits in the log. */
  private static final long MAX_UNSENT_BYTES = 1024 * 1024;

  private final Platform platform;
  private final Discovery discovery;
  private final ProducerSettings settings;
  private final Strand strand;
  private final Conditions conditions;
  private final SelectionDesk desk;
  private final StreamCounters counters;
  private final Egress egress;
  private final Refusals refusals = new Refusals();
  private final Repeats repeats = new Repeats();
  private final Loneliness loneliness;
  private final List<SubscriberLink> links = new ArrayList<>();
  private final List<SubscriberLink> leaving = new ArrayList<>();
  private final WatchSource<List<SubscriptionRecord>> shown = new WatchSource<>(List.of());
  private Runnable roomListener = () -> {};
  private @Nullable Runnable emptyListener;
  private boolean refusing;

  Subscribers(
      Platform platform,
      Discovery discovery,
      ProducerSettings settings,
      Strand strand,
      Conditions conditions,
      SelectionDesk desk,
      StreamCounters counters,
      Egress egress) {
    this.platform = platform;
    this.discovery = discovery;
    this.settings = settings;
    this.strand = strand;
    this.conditions = conditions;
    this.counters = counters;
    this.desk = desk;
    this.egress = egress;
    loneliness = new Loneliness(strand, this::tellThatNobodyListens);
  }

  /** What to do when a subscriber made room or left. */
  void onRoom(Runnable listener) {
    roomListener = listener;
  }

  void start() {
    strand.execute(() -> loneliness.subscriptions(0));
  }

  void stop() {
    loneliness.stop();
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

  // ---- for admission ----

  boolean isRefusing() {
    return refusing;
  }

  int size() {
    return links.size();
  }

  /** Whether it is subscribed, or asks to be, and was not given up since. */
  boolean contains(SubscriberLink link) {
    return links.contains(link);
  }

  /** All as they are now. */
  List<SubscriberLink> all() {
    return List.copyOf(links);
  }

  /** Those of one peer as they are now. */
  List<SubscriberLink> of(PeerId peer) {
    return links.stream().filter(link -> link.peer().equals(peer)).toList();
  }

  /** Whether the peer has any; from any thread. */
  boolean isShown(PeerId peer) {
    return shown.get().stream().anyMatch(record -> record.peer().equals(peer));
  }

  /** How many wait for the rest of a state. */
  long sendingStates() {
    return links.stream().filter(SubscriberLink::isSendingState).count();
  }

  /** How many bytes wait for the network that are for consumers that were given up. */
  long leavingBytes() {
    return unsentBytes(leaving);
  }

  /** One more asks, and is not admitted yet. */
  void add(SubscriberLink asking) {
    links.add(asking);
    publish();
  }

  /** A consumer that comes back while its old link is not known to be dead takes its own place. */
  void replaceOlder(SubscriberLink asking) {
    for (SubscriberLink link : List.copyOf(links)) {
      if (link.peer().equals(asking.peer())
          && link.request().consumer() == asking.request().consumer()) {
        remove(link, CloseReason.CANCELLED.because("the consumer has subscribed again"));
      }
    }
  }

  /** Gives it up: what waits for it goes nowhere, and its link is closed. */
  void remove(SubscriberLink link, CloseReason reason) {
    link.giveUp();
    leaving.add(link);
    link.close(reason);
    forget(link);
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

  private void tellThatNobodyListens() {
    String refused = refusals.toString();
    LOG.info(
        "Stream {}: nobody is subscribed to this node's producer: {}",
        settings.stream(),
        refused.isEmpty()
            ? "no consumer of a stream of this name has come"
            : "consumers were refused, " + refused);
  }

  /** Shows who is subscribed now. */
  void publish() {
    shown.set(links.stream().map(SubscriberLink::record).toList());
    List<PeerEntry> connected =
        links.stream().filter(SubscriberLink::isConnected).map(SubscriberLink::entry).toList();
    if (!refusing) {
      loneliness.subscriptions(connected.size());
    }
    conditions.connected(connected);
  }
}
