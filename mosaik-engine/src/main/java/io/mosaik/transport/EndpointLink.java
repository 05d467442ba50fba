package io.mosaik.transport;

import io.mosaik.id.PeerId;
import io.mosaik.runtime.Strand;
import io.mosaik.wire.Frame;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A link over a {@link Connection} that it gets sooner or later: an accepted one at once, a dialled
 * one when the first candidate has proven its key.
 *
 * @param <M> the messages of the link
 */
final class EndpointLink<M> implements Link<M> {

  /** What most messages take. */
  private static final int MESSAGE_BYTES = 124;

  private final Protocol<M> protocol;
  private final boolean dialled;
  private final @Nullable PeerId expected;
  private final LinkInbox<M> inbox;
  private final LinkOutbox outbox = new LinkOutbox();
  private final AtomicReference<@Nullable Connection> connection = new AtomicReference<>();
  private final AtomicBoolean closing = new AtomicBoolean();
  private final AtomicBoolean finished = new AtomicBoolean();
  private volatile boolean admitted;

  private EndpointLink(
      Protocol<M> protocol,
      boolean dialled,
      @Nullable PeerId expected,
      LinkOptions options,
      LinkInbox.Target<M> target) {
    this.protocol = protocol;
    this.dialled = dialled;
    this.expected = expected;
    this.inbox = new LinkInbox<>(this, protocol.codec(), options, target);
  }

  static <M> EndpointLink<M> dialled(
      Protocol<M> protocol,
      @Nullable PeerId expected,
      LinkOptions options,
      Strand strand,
      LinkHandler<M> handler) {
    return new EndpointLink<>(
        protocol, true, expected, options, new LinkInbox.Target<>(strand, handler));
  }

  static <M> EndpointLink<M> accepted(Protocol<M> protocol, LinkOptions options, Strand strand) {
    return new EndpointLink<>(
        protocol, false, null, options, new LinkInbox.Target<>(strand, new Unclaimed<>()));
  }

  // ---- what its connection and its dial tell it; from any thread ----

  /** Takes the connection, unless there is one already or the link is over. */
  boolean attach(Connection to) {
    if (!connection.compareAndSet(null, to) || finished.get()) {
      return false;
    }
    inbox.attach(to);
    return true;
  }

  /** From now on messages may leave. */
  void release(Connection to) {
    outbox.release(to);
  }

  /** The other side is admitted; an acceptor is asked who hears of the link. */
  void admitted(@Nullable LinkAcceptor<M> acceptor) {
    admitted = true;
    if (acceptor != null) {
      inbox.accepted(acceptor);
    }
    inbox.opened();
  }

  void received(byte[] payload) {
    inbox.received(payload);
  }

  void drained() {
    inbox.drained();
  }

  boolean isFinished() {
    return finished.get();
  }

  boolean isAttached() {
    return connection.get() != null;
  }

  /** The link is over; only the first reason counts. */
  void finish(CloseReason reason) {
    if (finished.compareAndSet(false, true)) {
      inbox.closed(reason);
      Connection of = connection.get();
      if (of != null) {
        of.close(reason);
      }
    }
  }

  /** Closes because of what the other side sent. */
  void violated(String how) {
    close(CloseReason.PROTOCOL_VIOLATION.because(how));
  }

  // ---- Link ----

  @Override
  public PeerId remotePeer() {
    if (expected != null) {
      return expected;
    }
    return opened().remotePeer();
  }

  @Override
  public Address remoteAddress() {
    return opened().remoteAddress();
  }

  @Override
  public boolean dialled() {
    return dialled;
  }

  @Override
  public void send(M message) {
    send(Frame.write(MESSAGE_BYTES, out -> protocol.codec().encode(message, out)));
  }

  @Override
  public void send(Frame frame) {
    if (!closing.get() && !finished.get()) {
      outbox.send(frame);
    }
  }

  @Override
  public long unsentBytes() {
    return outbox.unsentBytes();
  }

  @Override
  public void setReading(boolean reading) {
    inbox.setReading(reading);
  }

  @Override
  public byte[] export(String label, byte[] context, int length) {
    return opened().export(label, context, length);
  }

  @Override
  public @Nullable Duration rtt() {
    Connection of = connection.get();
    return of == null ? null : of.rtt();
  }

  @Override
  public void handOver(Strand strand, LinkHandler<M> handler) {
    inbox.handOver(strand, handler);
  }

  @Override
  public void close(CloseReason reason) {
    if (!closing.compareAndSet(false, true)) {
      return;
    }
    inbox.discard();
    if (!outbox.close(reason)) {
      finish(reason);
    }
  }

  private Connection opened() {
    Connection of = connection.get();
    if (of == null || !admitted) {
      throw new IllegalStateException("the link to " + this + " is not open yet");
    }
    return of;
  }

  @Override
  public String toString() {
    Connection of = connection.get();
    PeerId peer = of == null ? expected : of.remotePeer();
    return protocol.alpn()
        + (dialled ? " to " : " from ")
        + (peer == null ? "an unknown peer" : peer.toShortString());
  }

  /** Stands in until the acceptor has named the handler, and for good if it names none. */
  private static final class Unclaimed<M> implements LinkHandler<M> {

    @Override
    public void received(Link<M> link, M message, int wireBytes) {
      throw new IllegalStateException("nobody hears of this link");
    }

    @Override
    public void closed(Link<M> link, CloseReason reason) {}
  }
}
