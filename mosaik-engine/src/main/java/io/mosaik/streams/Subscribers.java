package io.mosaik.streams;

import io.mosaik.discovery.Discovery;
import io.mosaik.discovery.PeerEntry;
import io.mosaik.id.PeerId;
import io.mosaik.runtime.Cancellation;
import io.mosaik.runtime.Platform;
import io.mosaik.runtime.Strand;
import io.mosaik.runtime.WatchSource;
import io.mosaik.streams.flow.FanOut;
import io.mosaik.streams.protocol.StreamCloseReasons;
import io.mosaik.streams.protocol.StreamMessage;
import io.mosaik.transport.CloseReason;
import io.mosaik.transport.Link;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who is subscribed to a producer, and who may be: admits in the order capacity, then predicates,
 * and judges again by the present entry whenever it changes. Predicates run on the strand of users'
 * code; everything else on the producer's strand.
 */
final class Subscribers {

  private static final Logger LOG = LoggerFactory.getLogger(Subscribers.class);

  /** How many consumers one peer may have on one producer. */
  private static final int MAX_PER_PEER = 64;

  private final Platform platform;
  private final Discovery discovery;
  private final ProducerSettings settings;
  private final Strand strand;
  private final Strand userStrand;
  private final Conditions conditions;
  private final FanOut fanOut;
  private final StreamCounters counters;
  private final long incarnation;
  private final List<SubscriberLink> links = new ArrayList<>();
  private final WatchSource<List<SubscriptionRecord>> shown = new WatchSource<>(List.of());
  private Runnable roomListener = () -> {};
  private @Nullable Runnable emptyListener;
  private @Nullable Cancellation events;
  private boolean refusing;

  Subscribers(
      Platform platform,
      Discovery discovery,
      ProducerSettings settings,
      Strand strand,
      Strand userStrand,
      Conditions conditions,
      FanOut fanOut,
      StreamCounters counters) {
    this.platform = platform;
    this.discovery = discovery;
    this.settings = settings;
    this.strand = strand;
    this.userStrand = userStrand;
    this.conditions = conditions;
    this.fanOut = fanOut;
    this.counters = counters;
    incarnation = RandomIds.next(platform);
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

  StreamCounters counters() {
    return counters;
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
      asking.accept(fanOut, incarnation, platform.clock().nanoTime());
      LOG.debug("{}: {} subscribed", settings.stream(), asking.peer());
      publish();
    }
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

  void credited(FanOut.Cursor cursor, StreamMessage.Credit credit) {
    fanOut.credit(cursor, credit);
    roomListener.run();
  }

  void writable(FanOut.Cursor cursor) {
    fanOut.resume(cursor);
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
    FanOut.Cursor cursor = link.cursor();
    if (cursor != null) {
      counters.dropped(fanOut.nextSequence() - cursor.sequence());
      fanOut.unsubscribe(cursor);
    }
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
    conditions.connected(
        links.stream().filter(SubscriberLink::isConnected).map(SubscriberLink::entry).toList());
  }
}
