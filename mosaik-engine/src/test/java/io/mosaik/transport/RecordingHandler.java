package io.mosaik.transport;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Keeps what a connection told it, and whether it was told by the rules. */
public class RecordingHandler implements ConnectionHandler {

  private final AtomicBoolean inside = new AtomicBoolean();
  private final List<String> breaches = new CopyOnWriteArrayList<>();
  private final List<byte[]> frames = new ArrayList<>();
  private volatile @Nullable Connection connection;
  private volatile @Nullable CloseReason reason;
  private volatile int received;
  private final AtomicInteger drains = new AtomicInteger();

  @Override
  public void opened(Connection opened) {
    guarded(
        "opened",
        () -> {
          if (connection != null) {
            breaches.add("opened twice");
          }
          connection = opened;
          onOpened(opened);
        });
  }

  @Override
  public void received(byte[] payload) {
    guarded(
        "received",
        () -> {
          if (connection == null) {
            breaches.add("received before opened");
          }
          synchronized (frames) {
            frames.add(payload);
            received = frames.size();
          }
          onReceived(connection(), payload);
        });
  }

  @Override
  public void drained() {
    guarded(
        "drained",
        () -> {
          if (connection == null) {
            breaches.add("drained before opened");
          }
          drains.incrementAndGet();
        });
  }

  @Override
  public void closed(CloseReason why) {
    guarded("closed", () -> reason = why);
  }

  private void guarded(String call, Runnable body) {
    if (!inside.compareAndSet(false, true)) {
      breaches.add(call + " during another call");
    }
    if (reason != null) {
      breaches.add(call + " after closed");
    }
    body.run();
    inside.set(false);
  }

  /** Runs inside {@link #opened}. */
  protected void onOpened(Connection opened) {}

  /** Runs inside {@link #received}. */
  protected void onReceived(Connection from, byte[] payload) {}

  public boolean isOpened() {
    return connection != null;
  }

  public boolean isClosed() {
    return reason != null;
  }

  public Connection connection() {
    Connection opened = connection;
    if (opened == null) {
      throw new AssertionError("the connection was never opened");
    }
    return opened;
  }

  public CloseReason reason() {
    CloseReason why = reason;
    if (why == null) {
      throw new AssertionError("the connection is not closed");
    }
    return why;
  }

  public int receivedCount() {
    return received;
  }

  public int drainCount() {
    return drains.get();
  }

  public List<byte[]> frames() {
    synchronized (frames) {
      return List.copyOf(frames);
    }
  }

  public List<String> breaches() {
    return breaches;
  }
}
