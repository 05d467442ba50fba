package io.mosaik.streams;

import io.mosaik.discovery.Discovery;
import io.mosaik.discovery.PeerEntry;
import io.mosaik.id.PeerId;
import io.mosaik.runtime.Cancellation;
import io.mosaik.runtime.Platform;
import io.mosaik.runtime.Strand;
import io.mosaik.runtime.Timer;
import io.mosaik.runtime.WatchSource;
import io.mosaik.streams.criteria.Criteria;
import io.mosaik.streams.criteria.CriteriaCompiler;
import io.mosaik.streams.criteria.CriteriaMismatchException;
import io.mosaik.streams.flow.Egress;
import io.mosaik.streams.flow.Selections;
import io.mosaik.streams.flow.Selections.Selection;
import io.mosaik.streams.protocol.StreamCloseReasons;
import io.mosaik.streams.protocol.StreamMessage;
import io.mosaik.transport.CloseReason;
import io.mosaik.transport.Link;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who is subscribed to a producer, and who may be: admits in the order capacity, predicates,
 * criteria, and judges again by the present entry whenever it changes. Predicates run on the strand
 * of users' code; everything else on the producer's strand.
 */
final class Subscribers {

  private static final Logger LOG = LoggerFactory.getLogger(Subscribers.class);

  /** How many consumers one peer may have on one producer. */
  private static final int MAX_PER_PEER = 64;

  private final Platform platform;
  private final Discovery discovery;
  private final ProducerSettings settings;
  private final CriteriaCompiler compiler;
  private final Strand strand;
  private final Strand userStrand;
  private final Conditions conditions;
  private final Selections selections;
  private final StreamCounters counters;
  private final Egress egress;
  private final List<SubscriberLink> links = new ArrayList<>();
  private final WatchSource<List<SubscriptionRecord>> shown = new WatchSource<>(List.of());
  private Runnable roomListener = () -> {};
  private @Nullable Runnable emptyListener;
  private @Nullable Cancellation events;
  private boolean refusing;
  private boolean expiryDue;

  Subscribers(
      Platform platform,
      Discovery discovery,
      ProducerSettings settings,
      CriteriaCompiler compiler,
      Strand strand,
      Strand userStrand,
      Conditions conditions,
      Selections selections,
      StreamCounters counters,
      Egress egress) {
    this.platform = platform;
    this.discovery = discovery;
    this.settings = settings;
    this.compiler = compiler;
    this.strand = strand;
    this.userStrand = userStrand;
    this.conditions = conditions;
    this.selections = selections;
    this.counters = counters;
    this.egress = egress;
  }

  /** What to do when a subscriber made room or left. */
  void onRoom(Runnable listener) {
    roomListener = listener;
  }

  void start() {
    strand.execute(() ->
        events = discovery.onEvent(userStrand, event -> entryChanged(event.entry().peerId())));
  }

  void stop() {
    if (events != null) {
      events.cancel();
    }
  }

  List<SubscriptionInfo> infos() {
    long nowNs = platform.clock().nanoTime();
    return shown.get().stream().map(record -> record.toInfo(nowNs)).toList();
  }

  /** How many are subscribed or being admitted. */
  int size() {
    return links.size();
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

  void dropped(long datums) {
    counters.dropped(datums);
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
    if (links.size() >= settings.maxConsumers() || ofPeer >= MAX_PER_PEER) {
      asking.close(
          StreamCloseReasons.NO_CAPACITY.because("there are " + links.size() + " consumers"));
      return;
    }
    asking.entry(entry);
    links.add(asking);
    publish();
    if (settings.required().isEmpty()) {
      admit(asking);
    } else {
      userStrand.execute(() -> {
        boolean allowed = Predicates.all(settings.required(), entry);
        strand.execute(() -> {
          if (allowed) {
            admit(asking);
          } else {
            refuse(asking, entry);
          }
        });
      });
    }
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
      Selection selection = selection(asking);
      if (selection != null) {
        asking.accept(selection, platform.clock().nanoTime());
        LOG.debug("{}: {} subscribed", settings.stream(), asking.peer());
        publish();
      }
    }
  }

  /** What the consumer is to get; null if it can't be had, which it was told. */
  private @Nullable Selection selection(SubscriberLink asking) {
    Criteria criteria = asking.request().criteria();
    Selection known = selections.find(criteria);
    if (known != null || criteria == null) {
      return known;
    }
    try {
      Selection added = selections.add(criteria, matcher(criteria));
      if (added == null) {
        remove(asking, StreamCloseReasons.NO_CAPACITY.because("too many different criteria"));
      }
      return added;
    } catch (CriteriaMismatchException e) {
      remove(asking, StreamCloseReasons.BAD_CRITERIA.because(String.valueOf(e.getMessage())));
      return null;
    }
  }

  /** The criteria as a predicate that tells the first time it fails. */
  private Predicate<Object> matcher(Criteria criteria) {
    Predicate<Object> compiled = compiler.compile(criteria);
    var complained = new AtomicBoolean();
    return datum -> {
      try {
        return compiled.test(datum);
      } catch (RuntimeException e) {
        if (complained.compareAndSet(false, true)) {
          LOG.warn(
              "Stream {}: a datum can't be asked '{}', it counts as not matching (later ones are not"
                  + " told)",
              settings.stream(),
              criteria,
              e);
        }
        return false;
      }
    };
  }

  private void refuse(SubscriberLink asking, PeerEntry judged) {
    if (links.contains(asking)) {
      boolean outOfDate = judged.version().compareTo(asking.request().entry()) < 0;
      remove(
          asking,
          outOfDate
              ? CloseReason.UNKNOWN_PEER.because("its entry is newer than the one known here")
              : StreamCloseReasons.NOT_ALLOWED);
    }
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
    boolean allowed = Predicates.all(settings.required(), entry);
    strand.execute(() -> {
      for (SubscriberLink link : List.copyOf(links)) {
        if (link.peer().equals(peer)) {
          link.entry(entry);
          if (!allowed) {
            remove(link, StreamCloseReasons.NOT_ALLOWED);
          }
        }
      }
    });
    conditions.entryChanged(peer);
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

  /** The fan-out gave a subscriber up, within an append. */
  void overflowed(SubscriberLink link, long unsentDatums) {
    LOG.info(
        "Stream {}: consumer {} is too slow, {} datums were waiting for it; disconnected",
        settings.stream(),
        link.peer().toShortString(),
        unsentDatums);
    counters.dropped(unsentDatums);
    links.remove(link);
    lingerIfUnused(link.selection());
    publish();
    link.close(StreamCloseReasons.TOO_SLOW.because(unsentDatums + " datums were waiting"));
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
    link.close(reason);
    forget(link);
  }

  private void forget(SubscriberLink link) {
    counters.dropped(link.unsubscribe());
    lingerIfUnused(link.selection());
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

  /** A selection that somebody left is kept for a while, for that somebody to come back. */
  private void lingerIfUnused(@Nullable Selection selection) {
    if (selection != null) {
      long nowNs = platform.clock().nanoTime();
      selections.unsubscribed(selection, nowNs);
      if (!expiryDue && selections.size() > 0) {
        expiryDue = true;
        strand.schedule(Duration.ofNanos(Selections.LINGER_NS), this::expireSelections);
      }
    }
  }

  private void expireSelections() {
    expiryDue = selections.expire(platform.clock().nanoTime());
    if (expiryDue) {
      strand.schedule(Duration.ofNanos(Selections.LINGER_NS), this::expireSelections);
    }
  }

  private void publish() {
    shown.set(links.stream().map(SubscriberLink::record).toList());
    conditions.connected(
        links.stream().filter(SubscriberLink::isConnected).map(SubscriberLink::entry).toList());
  }
}
