package io.mosaik.streams;

import io.mosaik.discovery.Discovery;
import io.mosaik.id.PeerId;
import io.mosaik.transport.CloseReason;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** What is shown of one subscription: written on its strand, read by anyone. */
final class SubscriptionRecord {

  private final PeerId peer;
  private final LongSupplier lag;
  private final AtomicLong datums = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong dropped = new AtomicLong();
  private volatile SubscriptionInfo.State state = SubscriptionInfo.State.CONNECTING;
  private volatile long connectedAtNs;
  private volatile @Nullable CloseReason lastClose;

  /**
   * @param lag tells how many datums wait now, to any thread
   */
  SubscriptionRecord(PeerId peer, LongSupplier lag) {
    this.peer = peer;
    this.lag = lag;
  }

  PeerId peer() {
    return peer;
  }

  boolean isConnected() {
    return state == SubscriptionInfo.State.CONNECTED;
  }

  void connected(long nowNs) {
    connectedAtNs = nowNs;
    state = SubscriptionInfo.State.CONNECTED;
  }

  void carried(long moreDatums, long moreBytes) {
    datums.addAndGet(moreDatums);
    bytes.addAndGet(moreBytes);
  }

  void dropped(long more) {
    dropped.addAndGet(more);
  }

  void lastClose(@Nullable CloseReason reason) {
    lastClose = reason;
  }

  @Nullable CloseReason lastClose() {
    return lastClose;
  }

  void state(SubscriptionInfo.State next) {
    state = next;
  }

  SubscriptionInfo toInfo(long nowNs, Discovery discovery) {
    SubscriptionInfo.State now = state;
    Duration uptime =
        now == SubscriptionInfo.State.CONNECTED
            ? Duration.ofNanos(Math.max(0, nowNs - connectedAtNs))
            : Duration.ZERO;
    return new SubscriptionInfo(
        peer,
        now,
        datums.get(),
        bytes.get(),
        uptime,
        Math.max(0, lag.getAsLong()),
        dropped.get(),
        discovery.rtt(peer),
        lastClose);
  }
}
