package io.mosaik.transport.quic;

import io.mosaik.id.PeerId;
import io.mosaik.transport.Address;
import io.mosaik.transport.CloseReason;
import io.mosaik.transport.Connection;
import io.mosaik.transport.ConnectionHandler;
import io.mosaik.wire.Frame;
import io.mosaik.wire.MalformedException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicConnectionCloseEvent;
import io.netty.handler.codec.quic.QuicConnectionPathStats;
import io.netty.handler.codec.quic.QuicConnectionStats;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.util.AttributeKey;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A QUIC connection with its one stream. All of its state but the flags that say so belongs to its
 * event loop.
 *
 * <p>QUIC throws away what is on its way when a connection is closed. So a close first ends this
 * side of the stream and waits until the other side, which has then read everything, ends its own;
 * only then the connection is closed with the code. A deadline bounds the wait.
 */
final class QuicConnection implements Connection {

  /** The connection that a channel belongs to, once there is one. */
  static final AttributeKey<QuicConnection> OF_CHANNEL = AttributeKey.valueOf("mosaik.connection");

  private static final Logger LOG = LoggerFactory.getLogger(QuicConnection.class);
  private static final long RTT_AGE_NS = TimeUnit.MILLISECONDS.toNanos(200);

  private static final int MOST_EXTENSIONS = 4;

  private final QuicChannel channel;
  private final EventLoop loop;
  private final Identity identity;
  private final ConnectionHandler handler;
  private final QuicOptions options;
  private final Consumer<QuicConnection> onEnd;
  private final SendQueue sending;
  private final FrameReader frames;

  private final AtomicReference<@Nullable CloseReason> closing = new AtomicReference<>();
  private volatile boolean reading = true;
  private volatile @Nullable Duration rtt;
  private volatile long rttAtNs;

  private @Nullable QuicStreamChannel stream;
  private final Queue<ByteBuf> arrived = new ArrayDeque<>();
  private boolean delivering;
  private boolean arrivedSinceAsked;
  private boolean sentEnd;
  private boolean ended;
  private @Nullable CloseReason remoteReason;
  private final CompletableFuture<Void> end = new CompletableFuture<>();
  private @Nullable Future<?> keepAlive;
  private @Nullable Future<?> deadline;

  /** Who is at the other end, and what both ends share. */
  record Identity(
      PeerId remotePeer, Address remoteAddress, boolean dialled, byte[] exporterSecret) {}

  QuicConnection(
      QuicChannel channel,
      Identity identity,
      int maxFrameBytes,
      ConnectionHandler handler,
      QuicOptions options,
      Consumer<QuicConnection> onEnd) {
    this.channel = channel;
    this.loop = channel.eventLoop();
    this.identity = identity;
    this.handler = handler;
    this.options = options;
    this.onEnd = onEnd;
    this.sending = new SendQueue(loop, this::allSent);
    this.frames = new FrameReader(maxFrameBytes);
  }

  // ---- Connection; from any thread ----

  @Override
  public PeerId remotePeer() {
    return identity.remotePeer;
  }

  @Override
  public Address remoteAddress() {
    return identity.remoteAddress;
  }

  @Override
  public boolean dialled() {
    return identity.dialled;
  }

  @Override
  public byte[] export(String label, byte[] context, int length) {
    return TlsExporter.export(identity.exporterSecret, label, context, length);
  }

  @Override
  public void send(Frame frame) {
    if (closing.get() == null) {
      sending.send(frame);
    }
  }

  @Override
  public long unsentBytes() {
    return sending.unsentBytes();
  }

  @Override
  public void setReading(boolean wanted) {
    reading = wanted;
    onLoop(this::applyReading);
  }

  @Override
  public void limitFrames(int maxFrameBytes) {
    frames.limit(maxFrameBytes);
  }

  @Override
  public @Nullable Duration rtt() {
    if (System.nanoTime() - rttAtNs > RTT_AGE_NS) {
      onLoop(this::measureRtt);
    }
    return rtt;
  }

  @Override
  public void close(CloseReason reason) {
    if (closing.compareAndSet(null, reason)) {
      onLoop(this::closeStream);
    }
  }

  private void onLoop(Runnable task) {
    try {
      loop.execute(task);
    } catch (RejectedExecutionException e) {
      LOG.trace("{}: the endpoint is closed already", this);
    }
  }

  // ---- on the loop ----

  /** Completes when the handler has heard the end. */
  CompletableFuture<Void> whenEnded() {
    return end;
  }

  /** The first event; the handler hears that both sides are there. */
  void open() {
    measureRtt();
    if (identity.dialled) {
      long everyMs = Math.max(1, options.idleTimeout().toMillis() / 3);
      keepAlive =
          loop.scheduleAtFixedRate(this::signOfLife, everyMs, everyMs, TimeUnit.MILLISECONDS);
    }
    call(() -> handler.opened(this));
  }

  void streamOpened(QuicStreamChannel opened) {
    if (stream != null || ended) {
      closeNow(CloseReason.PROTOCOL_VIOLATION.because("a second stream"));
      return;
    }
    stream = opened;
    opened.config().setAllowHalfClosure(true);
    opened.config().setAutoRead(reading);
    opened.pipeline().addLast(new StreamEvents());
    sending.attach(opened);
    if (closing.get() != null) {
      closeStream();
    }
  }

  private void applyReading() {
    QuicStreamChannel of = stream;
    if (of == null || ended || closing.get() != null || remoteReason != null) {
      return;
    }
    deliver(false);
    of.config().setAutoRead(reading);
  }

  /** Hands out the frames that are complete, while they are wanted. */
  private void deliver(boolean wantedOrNot) {
    if (delivering) {
      return;
    }
    delivering = true;
    try {
      while (closing.get() == null && !ended && (reading || wantedOrNot)) {
        ByteBuf next = arrived.peek();
        if (next == null) {
          return;
        }
        byte[] payload = frames.read(next);
        if (payload != null) {
          call(() -> handler.received(payload));
        } else {
          arrived.remove().release();
        }
      }
    } catch (MalformedException e) {
      LOG.debug("{}: {}", this, e.getMessage());
      closeNow(CloseReason.PROTOCOL_VIOLATION.because(String.valueOf(e.getMessage())));
    } finally {
      delivering = false;
    }
  }

  private void allSent() {
    if (closing.get() != null) {
      endStream();
    } else {
      call(handler::drained);
    }
  }

  private void measureRtt() {
    rttAtNs = System.nanoTime();
    channel
        .collectPathStats(0)
        .addListener((io.netty.util.concurrent.Future<QuicConnectionPathStats> stats) -> {
          if (stats.isSuccess()) {
            rtt = Duration.ofNanos(stats.getNow().rtt());
          }
        });
  }

  /** Datagrams are under no flow control, so this works also while the stream stands still. */
  private void signOfLife() {
    boolean wrote = sending.wroteSinceAsked();
    boolean alive = wrote || arrivedSinceAsked;
    arrivedSinceAsked = false;
    if (!alive && !ended) {
      var unused = channel.writeAndFlush(Unpooled.directBuffer(1).writeByte(0));
    }
  }

  // ---- closing ----

  private void closeStream() {
    if (ended) {
      return;
    }
    dropArrived();
    QuicStreamChannel of = stream;
    CloseReason reason = closing.get();
    if (of == null || remoteReason != null || reason == null || isRefusal(reason)) {
      closeNow(reason == null ? CloseReason.CONNECTION_LOST : reason);
      return;
    }
    awaitEnd(reason);
    of.config().setAutoRead(true);
    if (sending.unsentBytes() == 0) {
      endStream();
    }
  }

  /** Whether a close is about what the other side did, which then is given no more time. */
  private static boolean isRefusal(CloseReason reason) {
    return reason.is(CloseReason.PROTOCOL_VIOLATION)
        || reason.is(CloseReason.DIFFERENT_NETWORK)
        || reason.is(CloseReason.NOT_ADMITTED)
        || reason.is(CloseReason.TIMED_OUT);
  }

  private void endStream() {
    QuicStreamChannel of = stream;
    if (of != null && !sentEnd) {
      sentEnd = true;
      var unused = of.shutdownOutput();
    }
  }

  /** The other side will send no more: it is closing, and its code follows. */
  private void remoteEndedStream() {
    sending.stop();
    endStream();
    if (closing.get() == null) {
      awaitEnd(CloseReason.CONNECTION_LOST);
    }
  }

  private void streamGone() {
    CloseReason reason = closing.get();
    if (reason != null) {
      closeNow(reason);
    }
  }

  /** Gives up when the other side was silent for a while, or after several such whiles. */
  private void awaitEnd(CloseReason reason) {
    cancel(deadline);
    withPacketsHeard(heard -> checkLater(reason, MOST_EXTENSIONS, heard));
  }

  private void checkLater(CloseReason reason, int extensionsLeft, long heardBefore) {
    deadline =
        loop.schedule(
            () -> withPacketsHeard(heard -> check(reason, extensionsLeft, heardBefore, heard)),
            options.closeTimeout().toMillis(),
            TimeUnit.MILLISECONDS);
  }

  private void check(CloseReason reason, int extensionsLeft, long heardBefore, long heard) {
    if (heard > heardBefore && extensionsLeft > 0) {
      checkLater(reason, extensionsLeft - 1, heard);
    } else {
      closeNow(reason);
    }
  }

  private void withPacketsHeard(LongConsumer then) {
    channel
        .collectStats()
        .addListener((Future<QuicConnectionStats> stats) ->
            then.accept(stats.isSuccess() ? stats.getNow().recv() : 0));
  }

  private void closeNow(CloseReason reason) {
    closing.compareAndSet(null, reason);
    if (!ended) {
      CloseCodes.close(channel, reason);
    }
  }

  /** The other side has closed; what it sent before may still be unread. */
  void remoteClosed(QuicConnectionCloseEvent event) {
    if (remoteReason != null) {
      return;
    }
    remoteReason = CloseCodes.fromWire(event);
    if (stream != null) {
      stream.config().setAutoRead(true);
    }
    onLoop(() -> deliver(true));
    CloseCodes.drop(channel);
  }

  /** The channel is gone, whatever the cause. */
  void channelGone() {
    if (ended) {
      return;
    }
    ended = true;
    cancel(keepAlive);
    cancel(deadline);
    dropArrived();
    sending.stop();
    CloseReason reason = closing.get();
    if (reason == null) {
      reason = remoteReason != null ? remoteReason : lost();
      closing.compareAndSet(null, reason);
    }
    CloseReason told = reason;
    call(() -> handler.closed(told));
    onEnd.accept(this);
    end.complete(null);
  }

  private CloseReason lost() {
    return channel.isTimedOut()
        ? CloseReason.TIMED_OUT.because("no sign of life for " + options.idleTimeout())
        : CloseReason.CONNECTION_LOST;
  }

  private void dropArrived() {
    if (!delivering) {
      arrived.forEach(ReferenceCountUtil::release);
      arrived.clear();
    }
  }

  private static void cancel(@Nullable Future<?> timer) {
    if (timer != null) {
      timer.cancel(false);
    }
  }

  /** A handler that fails takes its own connection with it, and nothing else. */
  private void call(Runnable call) {
    try {
      call.run();
    } catch (RuntimeException e) {
      LOG.error("{}: its handler failed, the connection is closed", this, e);
      closeNow(CloseReason.PROTOCOL_VIOLATION);
    }
  }

  @Override
  public String toString() {
    return (identity.dialled ? "to " : "from ")
        + identity.remotePeer.toShortString()
        + "@"
        + identity.remoteAddress;
  }

  private final class StreamEvents extends ChannelInboundHandlerAdapter {

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      arrivedSinceAsked = true;
      if (message instanceof ByteBuf bytes && closing.get() == null && !ended) {
        arrived.add(bytes);
        deliver(remoteReason != null);
      } else {
        ReferenceCountUtil.release(message);
      }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (event instanceof ChannelInputShutdownEvent) {
        remoteEndedStream();
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      streamGone();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      LOG.debug("{}: {}", QuicConnection.this, cause.toString());
    }
  }
}
