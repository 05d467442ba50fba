package io.mosaik.groups.bond;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** What went over a bond so far. Written on the group's strand, read by anyone. */
public final class BondTraffic {

  private final AtomicLong messagesSent = new AtomicLong();
  private final AtomicLong bytesSent = new AtomicLong();
  private final AtomicLong messagesReceived = new AtomicLong();
  private final AtomicLong bytesReceived = new AtomicLong();
  private final long sinceNs;
  private volatile long heardNs;
  private volatile @Nullable Duration rtt;

  BondTraffic(long nowNs) {
    sinceNs = nowNs;
    heardNs = nowNs;
  }

  void sent(long wireBytes) {
    messagesSent.lazySet(messagesSent.get() + 1);
    bytesSent.lazySet(bytesSent.get() + wireBytes);
  }

  void received(long wireBytes, long nowNs) {
    messagesReceived.lazySet(messagesReceived.get() + 1);
    bytesReceived.lazySet(bytesReceived.get() + wireBytes);
    heardNs = nowNs;
  }

  void measured(Duration latest) {
    rtt = latest;
  }

  /** When the bond was made, in nanoseconds of the node's monotonic clock. */
  public long sinceNs() {
    return sinceNs;
  }

  /** When anything was heard last, in nanoseconds of the node's monotonic clock. */
  public long heardNs() {
    return heardNs;
  }

  /** The latest round-trip time of the path; null while unknown. */
  public @Nullable Duration rtt() {
    return rtt;
  }

  /** How many messages were sent, signs of life included. */
  public long messagesSent() {
    return messagesSent.get();
  }

  /** How many bytes were sent, with the lengths of the frames. */
  public long bytesSent() {
    return bytesSent.get();
  }

  /** How many messages were received, signs of life included. */
  public long messagesReceived() {
    return messagesReceived.get();
  }

  /** How many bytes were received, with the lengths of the frames. */
  public long bytesReceived() {
    return bytesReceived.get();
  }
}
