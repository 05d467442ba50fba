package io.mosaik.transport.quic;

import io.mosaik.wire.Frame;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.quic.QuicStreamChannel;
import java.nio.ByteBuffer;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What one connection sends. Frames of one turn of the event loop are put together into large
 * writes, because each write to the stream costs a call into the native library and its datagrams;
 * and only so much is handed to the stream as it takes soon, so that what waits is counted here.
 *
 * <p>{@link #send} and {@link #unsentBytes} may be called from any thread, the rest on the loop.
 */
final class SendQueue {

  private static final int CHUNK_BYTES = 64 * 1024;

  /** By so much a chunk may be longer: a batch's headers are not worth a write of their own. */
  private static final int REST_BYTES = 4 * 1024;

  private static final int MAX_CHUNKS_UNDER_WAY = 2;

  private final EventLoop loop;
  private final Runnable drained;
  private final Queue<Frame> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicLong unsentBytes = new AtomicLong();
  private final AtomicBoolean scheduled = new AtomicBoolean();

  private @Nullable QuicStreamChannel stream;
  private Frame.@Nullable Source partlySent;
  private int chunksUnderWay;
  private boolean writing;
  private boolean wrote;
  private volatile boolean stopped;

  /**
   * An empty queue.
   *
   * @param drained run on the loop each time when everything has been taken
   */
  SendQueue(EventLoop loop, Runnable drained) {
    this.loop = loop;
    this.drained = drained;
  }

  void attach(QuicStreamChannel to) {
    stream = to;
    write();
  }

  void send(Frame frame) {
    if (stopped) {
      return;
    }
    unsentBytes.addAndGet(frame.wireBytes());
    waiting.add(frame);
    if (scheduled.compareAndSet(false, true)) {
      try {
        loop.execute(this::writeTurn);
      } catch (RejectedExecutionException e) {
        stopped = true;
      }
    }
  }

  long unsentBytes() {
    return stopped ? 0 : unsentBytes.get();
  }

  /** Whether anything was written since the last time this was asked. */
  boolean wroteSinceAsked() {
    boolean did = wrote;
    wrote = false;
    return did;
  }

  /** Drops what has not been handed to the stream. */
  void stop() {
    stopped = true;
    waiting.clear();
    partlySent = null;
  }

  private void writeTurn() {
    scheduled.set(false);
    write();
  }

  private void write() {
    QuicStreamChannel to = stream;
    if (to == null || writing || stopped) {
      return;
    }
    writing = true;
    try {
      while (chunksUnderWay < MAX_CHUNKS_UNDER_WAY) {
        ByteBuf chunk = nextChunk(to);
        if (chunk == null) {
          break;
        }
        int bytes = chunk.readableBytes();
        chunksUnderWay++;
        to.writeAndFlush(chunk).addListener(written -> taken(bytes, written.isSuccess()));
      }
    } finally {
      writing = false;
    }
  }

  private void taken(int bytes, boolean success) {
    chunksUnderWay--;
    if (!success || stopped) {
      return;
    }
    wrote = true;
    if (unsentBytes.addAndGet(-bytes) == 0) {
      drained.run();
    } else {
      write();
    }
  }

  /** Frames as they follow each other, as many as fit; a frame may end in a later chunk. */
  private @Nullable ByteBuf nextChunk(QuicStreamChannel to) {
    Frame.Source source = nextSource();
    if (source == null) {
      return null;
    }
    int mostBytes = (int) Math.min(unsentBytes.get(), CHUNK_BYTES + REST_BYTES);
    ByteBuf chunk = to.alloc().directBuffer(mostBytes);
    ByteBuffer room = chunk.nioBuffer(0, mostBytes);
    while (source != null) {
      source.copyTo(room);
      partlySent = source.isDone() ? null : source;
      source = room.hasRemaining() ? nextSource() : null;
    }
    return chunk.writerIndex(room.position());
  }

  private Frame.@Nullable Source nextSource() {
    if (partlySent != null) {
      return partlySent;
    }
    Frame frame = waiting.poll();
    return frame == null ? null : frame.source();
  }
}
