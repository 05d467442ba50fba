package io.mosaik.sim;

import io.mosaik.id.Digest;
import io.mosaik.id.PeerId;
import io.mosaik.transport.Address;
import io.mosaik.transport.CloseReason;
import io.mosaik.transport.Connection;
import io.mosaik.transport.ConnectionHandler;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.Frame;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One end of a connection. Its calls to the handler are made on the endpoint's transport strand.
 */
final class SimConnection implements Connection {

  private static final Logger log = LoggerFactory.getLogger(SimConnection.class);
  private static final long CLOSE_DEADLINE_NS = Duration.ofSeconds(1).toNanos();

  private enum State {
    /** Dialled by the other side, whose opening has not arrived yet. */
    OPENING,
    /** Both sides may send. */
    OPEN,
    /** This side has closed; what it sent before is still being handed over. */
    CLOSING,
    /** Nothing happens any more. */
    OVER
  }

  private final SimEndpoint endpoint;
  private final long number;
  private final String alpn;
  private final boolean dialled;
  private final PeerId remotePeer;
  private final Address remoteAddress;
  private int maxFrameBytes;
  private final Scheduler scheduler;
  private final Event idleTimeout = Event.of(() -> onTransport(this::expire));
  private final Event closeDeadline = Event.of(() -> onTransport(this::stopClosing));
  private State state = State.OPENING;
  private boolean reading = true;
  private @Nullable ConnectionHandler handler;
  private @Nullable CloseReason ownReason;
  private @Nullable SimConnection otherEnd;
  private @Nullable Pipe outgoing;
  private @Nullable Pipe incoming;

  private SimConnection(
      SimEndpoint endpoint,
      long number,
      String alpn,
      boolean dialled,
      PeerId remotePeer,
      Address remoteAddress,
      int maxFrameBytes) {
    this.endpoint = endpoint;
    this.number = number;
    this.alpn = alpn;
    this.dialled = dialled;
    this.remotePeer = remotePeer;
    this.remoteAddress = remoteAddress;
    this.maxFrameBytes = maxFrameBytes;
    this.scheduler = endpoint.wires().scheduler();
  }

  /** Makes both ends; the dialler's is open at once, the other when the opening arrives there. */
  static void open(
      SimEndpoint dialler,
      SimEndpoint acceptor,
      String alpn,
      Address dialledAddress,
      int diallerMaxFrameBytes,
      int acceptorMaxFrameBytes,
      ConnectionHandler handler) {
    Wires wires = dialler.wires();
    long number = wires.nextConnectionNumber();
    var seenAt = new Address(dialler.node().name(), 49_152 + (int) (number % 16_384));
    var near =
        new SimConnection(
            dialler, number, alpn, true, acceptor.peerId(), dialledAddress, diallerMaxFrameBytes);
    var far =
        new SimConnection(
            acceptor, number, alpn, false, dialler.peerId(), seenAt, acceptorMaxFrameBytes);
    Path there = wires.path(dialler.node(), acceptor.node());
    Path back = wires.path(acceptor.node(), dialler.node());
    var out = new Pipe(near, far, there, wires);
    var in = new Pipe(far, near, back, wires);
    near.join(far, out, in);
    far.join(near, in, out);
    near.handler = handler;
    near.state = State.OPEN;
    out.open();
    near.trace(0, near, "opened");
    near.guarded(h -> h.opened(near));
  }

  private void join(SimConnection other, Pipe out, Pipe in) {
    otherEnd = other;
    outgoing = out;
    incoming = in;
    endpoint.add(this);
    reconsiderHearing();
  }

  // ---- what the user of the connection calls

  @Override
  public PeerId remotePeer() {
    return remotePeer;
  }

  @Override
  public Address remoteAddress() {
    return remoteAddress;
  }

  @Override
  public boolean dialled() {
    return dialled;
  }

  /** As many links of a chain of digests over seed, connection, label and context as are needed. */
  @Override
  public byte[] export(String label, byte[] context, int length) {
    var keyed = new BinaryWriter().i64(scheduler.seed()).i64(number).string(label).bytes(context);
    Digest block = Digest.hash(keyed.toByteArray());
    var material = new BinaryWriter(length + Digest.LENGTH);
    while (material.size() < length) {
      material.raw(block.toBytes());
      block = block.derive(block);
    }
    return Arrays.copyOf(material.toByteArray(), length);
  }

  @Override
  public void send(Frame frame) {
    scheduler.checkThread();
    if (state == State.OPEN) {
      out().send(frame);
    }
  }

  @Override
  public long unsentBytes() {
    return out().waitingBytes();
  }

  @Override
  public void setReading(boolean shallRead) {
    scheduler.checkThread();
    boolean resumed = shallRead && !reading;
    reading = shallRead;
    if (resumed && state != State.OVER) {
      in().readingResumed();
    }
  }

  @Override
  public void limitFrames(int bytes) {
    scheduler.checkThread();
    maxFrameBytes = bytes;
  }

  @Override
  public Duration rtt() {
    return Duration.ofNanos(out().path().latencyNs() + in().path().latencyNs());
  }

  @Override
  public void close(CloseReason reason) {
    scheduler.checkThread();
    if (state == State.OPENING) {
      abort(reason);
    }
    if (state != State.OPEN) {
      return;
    }
    state = State.CLOSING;
    ownReason = reason;
    scheduler.plan(closeDeadline, CLOSE_DEADLINE_NS);
    if (out().waitingBytes() == 0) {
      out().close(reason);
    }
  }

  // ---- what the pipes call

  boolean isReading() {
    return reading;
  }

  boolean isDialledAndOpen(String protocol) {
    return dialled && state == State.OPEN && alpn.equals(protocol);
  }

  boolean isOver() {
    return state == State.OVER;
  }

  boolean canReachOther() {
    return out().path().isUp();
  }

  void onTransport(Runnable task) {
    endpoint.onTransport(task);
  }

  void allHasLeft() {
    if (state == State.CLOSING) {
      out().close(Objects.requireNonNull(ownReason));
    } else if (state == State.OPEN) {
      onTransport(() -> {
        if (state == State.OPEN) {
          guarded(ConnectionHandler::drained);
        }
      });
    }
  }

  void accept() {
    ConnectionHandler accepted = endpoint.accept(alpn);
    if (accepted == null) {
      abort(CloseReason.CONNECTION_LOST);
      return;
    }
    handler = accepted;
    state = State.OPEN;
    trace(1, this, "accepted");
    guarded(h -> h.opened(this));
  }

  void take(Frame frame) {
    if (state == State.CLOSING) {
      return;
    }
    if (frame.payloadBytes() > maxFrameBytes) {
      abort(
          CloseReason.PROTOCOL_VIOLATION.because(
              "a frame of " + frame.payloadBytes() + " bytes, at most " + maxFrameBytes));
      return;
    }
    byte[] payload = frame.payload().rest();
    trace(payload.length, payload, "frame");
    guarded(h -> h.received(payload));
  }

  void closedByOther(CloseReason reason) {
    if (state == State.OVER) {
      return;
    }
    SimConnection acknowledgedTo = other();
    if (canReachOther()) {
      scheduler.plan(
          Event.of(() -> acknowledgedTo.onTransport(acknowledgedTo::closeAcknowledged)),
          out().path().latencyNs());
    }
    end(state == State.CLOSING ? Objects.requireNonNull(ownReason) : reason);
  }

  // ---- how it ends

  private void closeAcknowledged() {
    if (state == State.CLOSING) {
      end(Objects.requireNonNull(ownReason));
    }
  }

  private void stopClosing() {
    if (state == State.CLOSING) {
      abort(Objects.requireNonNull(ownReason));
    }
  }

  /** Ends this side now, and the other as soon as it can hear of it, whatever is under way. */
  void abort(CloseReason reason) {
    if (state == State.OVER) {
      return;
    }
    if (canReachOther()) {
      SimConnection told = other();
      scheduler.plan(
          Event.of(() -> told.onTransport(() -> told.closedByOther(reason))),
          out().path().latencyNs());
    }
    end(reason);
  }

  private void expire() {
    if (state != State.OVER && !hearsOther()) {
      end(CloseReason.CONNECTION_LOST.because("no sign of life"));
    }
  }

  /** The other side's machine says that nobody is there any more. */
  void lose() {
    if (state != State.OVER) {
      end(CloseReason.CONNECTION_LOST);
    }
  }

  /** Tells nobody on this side: its node crashed. */
  void vanish() {
    if (state != State.OVER) {
      state = State.OVER;
      release();
    }
  }

  private void end(CloseReason reason) {
    state = State.OVER;
    release();
    trace(reason.code(), this, "closed");
    guarded(h -> h.closed(reason));
    endpoint.remove(this);
  }

  private void release() {
    scheduler.takeBack(idleTimeout);
    scheduler.takeBack(closeDeadline);
    out().senderGone();
    in().receiverGone();
    other().reconsiderHearing();
  }

  // ---- faults

  void pathsMayHaveChanged() {
    out().pathMayHaveChanged();
    in().pathMayHaveChanged();
    out().acknowledgementsMayPass();
    in().acknowledgementsMayPass();
    reconsiderHearing();
    other().reconsiderHearing();
  }

  /** The transport's own keep-alives are heard or not, which decides whether the idle time runs. */
  void reconsiderHearing() {
    if (state == State.OVER || hearsOther()) {
      scheduler.takeBack(idleTimeout);
    } else if (!idleTimeout.isPlanned()) {
      scheduler.plan(idleTimeout, endpoint.wires().idleTimeoutNs());
    }
  }

  private boolean hearsOther() {
    return !other().isOver() && !other().node().isPaused() && in().path().isUp();
  }

  Node node() {
    return endpoint.node();
  }

  SimConnection other() {
    return Objects.requireNonNull(otherEnd);
  }

  private Pipe out() {
    return Objects.requireNonNull(outgoing);
  }

  private Pipe in() {
    return Objects.requireNonNull(incoming);
  }

  private void guarded(Consumer<ConnectionHandler> call) {
    ConnectionHandler told = handler;
    if (told == null) {
      return;
    }
    try {
      call.accept(told);
    } catch (RuntimeException e) {
      log.error("The handler of {} failed (seed {})", this, scheduler.seed(), e);
      scheduler.failed(e);
      abort(CloseReason.PROTOCOL_VIOLATION.because("its handler failed"));
    }
  }

  private void trace(long detail, Object content, String what) {
    int contentHash = content instanceof byte[] bytes ? Arrays.hashCode(bytes) : 0;
    scheduler
        .trace()
        .add(
            scheduler.nowNs(),
            number * 2 + (dialled ? 1 : 0),
            detail * 31 + contentHash,
            () -> this + " " + what + " " + detail);
  }

  @Override
  public String toString() {
    String arrow = dialled ? " -> " : " <- ";
    return node().name() + arrow + other().node().name() + " " + alpn;
  }
}
