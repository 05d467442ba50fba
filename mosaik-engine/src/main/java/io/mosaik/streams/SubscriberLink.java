package io.mosaik.streams;

import io.mosaik.discovery.PeerEntry;
import io.mosaik.id.PeerId;
import io.mosaik.runtime.Timer;
import io.mosaik.streams.flow.Egress;
import io.mosaik.streams.flow.FanOut;
import io.mosaik.streams.flow.Selections.Selection;
import io.mosaik.streams.flow.ShareMember;
import io.mosaik.streams.protocol.StreamMessage;
import io.mosaik.transport.CloseReason;
import io.mosaik.transport.Link;
import io.mosaik.transport.LinkHandler;
import io.mosaik.wire.Frame;
import io.mosaik.wire.MalformedException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** One subscriber of a producer, on the producer's strand: its link, its cursor, its counters. */
final class SubscriberLink implements LinkHandler<StreamMessage>, FanOut.Output {

  private final Subscribers subscribers;
  private final Link<StreamMessage> link;
  private StreamMessage.Subscribe request;
  private final SubscriptionRecord record;
  private final Egress egress;
  private final long maxUnsentBytes;
  private final AtomicLong lag = new AtomicLong();
  private @Nullable PeerEntry entry;
  private @Nullable Place place;
  private @Nullable Timer expiry;
  private @Nullable StateSender state;
  private boolean stateDue;
  private boolean over;
  private boolean resumeDue;

  SubscriberLink(
      Subscribers subscribers, Link<StreamMessage> link, StreamMessage.Subscribe request) {
    this.subscribers = subscribers;
    this.link = link;
    this.request = request;
    this.record = new SubscriptionRecord(link.remotePeer(), lag::get);
    this.egress = subscribers.newEgress();
    this.maxUnsentBytes = subscribers.maxUnsentBytes();
  }

  PeerId peer() {
    return record.peer();
  }

  StreamMessage.Subscribe request() {
    return request;
  }

  SubscriptionRecord record() {
    return record;
  }

  boolean isConnected() {
    return place != null;
  }

  /** The last entry of the peer that was known; there is one once it was judged. */
  PeerEntry entry() {
    if (entry == null) {
      throw new IllegalStateException("not judged yet");
    }
    return entry;
  }

  void entry(PeerEntry known) {
    entry = known;
  }

  /**
   * Answers that data flows from here on.
   *
   * @param first the number of the first datum
   */
  void accept(Selection from, long first, long nowNs) {
    FanOut.Cursor cursor = from.fanOut().subscribe(first, request.credit(), this);
    place = new Place.Reading(from, cursor);
    link.send(new StreamMessage.Accepted(from.incarnation(), first));
    request = request.withoutCriteria(); // the selection has them once for all
    record.connected(nowNs);
    place.resume();
  }

  /** Answers that data flows from here on, after a state that is still to be made. */
  void acceptWithState(Selection from, long nowNs) {
    FanOut fanOut = from.fanOut();
    link.send(new StreamMessage.Accepted(from.incarnation(), fanOut.nextSequence()));
    stateDue = true;
    place = new Place.Reading(from, fanOut.subscribeBehind(request.credit(), this));
    request = request.withoutCriteria();
    record.connected(nowNs);
  }

  /** The state that was announced, and then the data. */
  void sendState(byte[] bytes) {
    state = new StateSender(bytes, link);
    drained(link);
  }

  boolean isSendingState() {
    return stateDue;
  }

  /** How many bytes of a state are still to be sent. */
  long stateBytes() {
    return state == null ? 0 : state.leftBytes();
  }

  /** Sends of the state what its link and the limits allow. */
  private void sendStateParts() {
    if (state == null) {
      return;
    }
    while (!state.isDone() && link.unsentBytes() < maxUnsentBytes) {
      if (allowedBytes() == 0) {
        heldBack();
        return;
      }
      int bytes = state.sendPart(link);
      if (egress.isLimited()) {
        egress.left(0, bytes, subscribers.nowNs());
      }
      subscribers.sentState(bytes);
    }
    if (state.isDone()) {
      state = null;
      stateDue = false;
    }
  }

  /**
   * Answers that its share of the data flows from here on.
   *
   * @param group with whom it shares them
   * @param incarnation of the numbers on this link, which nobody else has
   * @param matcher which datums it wants
   * @return whether the group has room for it
   */
  boolean share(ShareGroupRecord group, long incarnation, Predicate<Object> matcher, long nowNs) {
    ShareMember member =
        group.group().join(request.criteria(), matcher, new StreamMessage.Credit(0, 0), this);
    if (member == null) {
      return false;
    }
    link.send(new StreamMessage.Accepted(incarnation, 0));
    place = new Place.Sharing(group, member);
    place.credit(request.credit());
    request = request.withoutCriteria();
    record.connected(nowNs);
    return true;
  }

  /** Takes nothing more; returns how many datums were waiting for it that nobody else gets. */
  long unsubscribe() {
    return place == null ? 0 : place.leave();
  }

  /** How many datums wait for it now, and for nobody else. */
  long waitingDatums() {
    return place instanceof Place.Reading reading ? reading.lag() : 0;
  }

  /** Publishes how many datums wait for it now. */
  void noteLag() {
    if (place != null) {
      lag.lazySet(place.lag());
    }
  }

  /** The round-trip time as the link measures it; null while that is unknown. */
  @Nullable Duration rtt() {
    return link.rtt();
  }

  /** How many bytes wait for the network. */
  long unsentBytes() {
    return link.unsentBytes();
  }

  /** What it gets, once it is connected. */
  @Nullable Place place() {
    return place;
  }

  /** When it is to be judged again, in place of the time before; null for never. */
  void expiry(@Nullable Timer next) {
    if (expiry != null) {
      expiry.cancel();
    }
    expiry = next;
  }

  /** Nothing that the link still says counts. */
  void giveUp() {
    over = true;
    state = null;
  }

  void close(CloseReason reason) {
    link.close(reason);
  }

  @Override
  public void received(Link<StreamMessage> from, StreamMessage message, int wireBytes) {
    if (over) {
      return;
    }
    if (place != null && message instanceof StreamMessage.Credit credit) {
      place.credit(credit);
    } else if (place != null && message instanceof StreamMessage.Taken taken) {
      place.taken(taken.datums());
    } else {
      throw new MalformedException("out of place: " + message);
    }
    noteLag();
    subscribers.madeRoom();
  }

  @Override
  public void drained(Link<StreamMessage> from) {
    if (place != null && !over) {
      sendStateParts();
      place.resume();
      noteLag();
      subscribers.madeRoom();
    }
  }

  @Override
  public void closed(Link<StreamMessage> from, CloseReason reason) {
    if (over) {
      subscribers.gone(this);
    } else {
      over = true;
      subscribers.left(this, reason);
    }
  }

  @Override
  public boolean isWritable() {
    return !stateDue && link.unsentBytes() < maxUnsentBytes;
  }

  @Override
  public long allowedDatums() {
    long allowed = egress.isLimited() ? egress.datums(subscribers.nowNs()) : Long.MAX_VALUE;
    return isHeldByAll()
        ? Math.min(allowed, subscribers.egress().datums(subscribers.nowNs()))
        : allowed;
  }

  @Override
  public long allowedBytes() {
    long allowed = egress.isLimited() ? egress.bytes(subscribers.nowNs()) : Long.MAX_VALUE;
    return isHeldByAll()
        ? Math.min(allowed, subscribers.egress().bytes(subscribers.nowNs()))
        : allowed;
  }

  /** Senders wait for what all consumers may get; of what was sent before, the consumer does. */
  private boolean isHeldByAll() {
    return subscribers.egress().isLimited() && (stateDue || isReplayed());
  }

  private boolean isReplayed() {
    return place instanceof Place.Reading reading && reading.cursor().isReplayed();
  }

  @Override
  public void heldBack() {
    if (!resumeDue) {
      resumeDue = true;
      long nowNs = subscribers.nowNs();
      long delayNs = egress.delayNs(nowNs);
      if (isHeldByAll()) {
        delayNs = Math.max(delayNs, subscribers.egress().delayNs(nowNs));
      }
      subscribers.schedule(delayNs, this::goOn);
    }
  }

  private void goOn() {
    resumeDue = false;
    drained(link);
  }

  @Override
  public void send(Frame frame, int datums, long bytes) {
    link.send(frame);
    if (egress.isLimited()) {
      egress.left(datums, bytes, subscribers.nowNs());
    }
    record.carried(datums, bytes);
    subscribers.carried(datums, bytes);
    if (isReplayed()) {
      subscribers.replayed(datums);
    }
  }

  @Override
  public void skipped(long datums) {
    record.dropped(datums);
    subscribers.dropped(datums);
  }

  @Override
  public void overflowed(long unsentDatums) {
    giveUp();
    subscribers.overflowed(this, unsentDatums);
  }
}
