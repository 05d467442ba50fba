package io.mosaik.transport;

import io.mosaik.wire.Frame;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What a link sends: held back until there is a connection that may have it, then passed through.
 * Any thread may send; what one thread sends keeps its order.
 *
 * <p>Whoever raises {@code work} from zero moves everything to the connection and lowers it again;
 * who finds it at zero has nothing of its own left in the queue, and goes to the connection
 * directly.
 */
final class LinkOutbox {

  private final Queue<Object> held = new ConcurrentLinkedQueue<>();
  private final AtomicLong heldBytes = new AtomicLong();
  private final AtomicInteger work = new AtomicInteger();
  private volatile @Nullable Connection connection;

  /** From now on everything may leave. */
  void release(Connection to) {
    connection = to;
    move();
  }

  void send(Frame frame) {
    Connection direct = connection;
    if (direct != null && work.get() == 0) {
      direct.send(frame);
      return;
    }
    heldBytes.addAndGet(frame.wireBytes());
    held.add(frame);
    move();
  }

  /**
   * Closes the connection after what was sent before.
   *
   * @return whether the connection is there, or will be closed once it is because something waits
   *     for it; if not, nothing was done
   */
  boolean close(CloseReason reason) {
    if (connection == null && heldBytes.get() == 0) {
      return false;
    }
    held.add(reason);
    move();
    return true;
  }

  /** What waits here and in the connection. */
  long unsentBytes() {
    Connection to = connection;
    return heldBytes.get() + (to == null ? 0 : to.unsentBytes());
  }

  private void move() {
    if (work.getAndIncrement() != 0) {
      return;
    }
    int done = 1;
    do {
      Connection to = connection;
      if (to != null) {
        moveTo(to);
      }
      done = work.addAndGet(-done);
    } while (done != 0);
  }

  private void moveTo(Connection to) {
    for (Object next = held.poll(); next != null; next = held.poll()) {
      if (next instanceof Frame frame) {
        to.send(frame);
        heldBytes.addAndGet(-frame.wireBytes());
      } else if (next instanceof CloseReason reason) {
        to.close(reason);
      }
    }
  }
}
