package io.mosaik.streams;

import io.mosaik.discovery.PeerEntry;
import io.mosaik.id.PeerId;
import io.mosaik.streams.flow.FanOut;
import io.mosaik.streams.protocol.StreamMessage;
import io.mosaik.transport.CloseReason;
import io.mosaik.transport.Link;
import io.mosaik.transport.LinkHandler;
import io.mosaik.wire.Frame;
import io.mosaik.wire.MalformedException;
import org.jspecify.annotations.Nullable;

/** One subscriber of a producer, on the producer's strand: its link, its cursor, its counters. */
final class SubscriberLink implements LinkHandler<StreamMessage>, FanOut.Output {

  /** How much may wait in the transport before the rest waits in the log. */
  private static final long MAX_UNSENT_BYTES = 1024 * 1024;

  private final Subscribers subscribers;
  private final Link<StreamMessage> link;
  private final StreamMessage.Subscribe request;
  private final SubscriptionRecord record;
  private @Nullable PeerEntry entry;
  private FanOut.@Nullable Cursor cursor;
  private boolean over;

  SubscriberLink(
      Subscribers subscribers, Link<StreamMessage> link, StreamMessage.Subscribe request) {
    this.subscribers = subscribers;
    this.link = link;
    this.request = request;
    this.record = new SubscriptionRecord(link.remotePeer());
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

  FanOut.@Nullable Cursor cursor() {
    return cursor;
  }

  boolean isConnected() {
    return cursor != null;
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

  /** Answers that data flows from here on. */
  void accept(FanOut fanOut, long incarnation, long nowNs) {
    link.send(new StreamMessage.Accepted(incarnation, fanOut.nextSequence()));
    cursor = fanOut.subscribe(request.credit(), this);
    record.connected(nowNs);
  }

  /** Nothing that the link still says counts. */
  void giveUp() {
    over = true;
  }

  void close(CloseReason reason) {
    link.close(reason);
  }

  @Override
  public void received(Link<StreamMessage> from, StreamMessage message, int wireBytes) {
    if (over) {
      return;
    }
    if (cursor == null || !(message instanceof StreamMessage.Credit credit)) {
      throw new MalformedException("out of place: " + message);
    }
    subscribers.credited(cursor, credit);
  }

  @Override
  public void drained(Link<StreamMessage> from) {
    if (cursor != null && !over) {
      subscribers.writable(cursor);
    }
  }

  @Override
  public void closed(Link<StreamMessage> from, CloseReason reason) {
    if (!over) {
      over = true;
      subscribers.left(this, reason);
    }
  }

  @Override
  public boolean isWritable() {
    return link.unsentBytes() < MAX_UNSENT_BYTES;
  }

  @Override
  public void send(Frame frame, int datums, long bytes) {
    link.send(frame);
    record.carried(datums, bytes);
    subscribers.counters().carried(datums, bytes);
  }

  @Override
  public void skipped(long datums) {
    subscribers.counters().dropped(datums);
  }

  @Override
  public void overflowed(long unsentDatums) {
    over = true;
    subscribers.overflowed(this, unsentDatums);
  }
}
