package io.mosaik.streams;

import io.mosaik.id.PeerId;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** What is shown of one subscription: written on its strand, read by anyone. */
final class SubscriptionRecord {

  private final PeerId peer;
  private final AtomicLong datums = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();
  private volatile SubscriptionInfo.State state = SubscriptionInfo.State.CONNECTING;
  private volatile long connectedAtNs;

  SubscriptionRecord(PeerId peer) {
    this.peer = peer;
  }

  PeerId peer() {
    return peer;
  }

  void connected(long nowNs) {
    connectedAtNs = nowNs;
    state = SubscriptionInfo.State.CONNECTED;
  }

  void carried(long moreDatums, long moreBytes) {
    datums.addAndGet(moreDatums);
    bytes.addAndGet(moreBytes);
  }

  boolean isConnected() {
    return state == SubscriptionInfo.State.CONNECTED;
  }

  void state(SubscriptionInfo.State next) {
    state = next;
  }

  SubscriptionInfo toInfo(long nowNs) {
    SubscriptionInfo.State now = state;
    Duration uptime =
        now == SubscriptionInfo.State.CONNECTED
            ? Duration.ofNanos(Math.max(0, nowNs - connectedAtNs))
            : Duration.ZERO;
    return new SubscriptionInfo(peer, now, datums.get(), bytes.get(), uptime);
  }
}
