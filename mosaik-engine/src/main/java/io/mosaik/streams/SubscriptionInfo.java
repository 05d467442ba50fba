package io.mosaik.streams;

import io.mosaik.id.PeerId;
import io.mosaik.transport.CloseReason;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One subscription as it is now.
 *
 * @param peer the other end
 * @param state how far it is
 * @param datums carried so far
 * @param bytes of those datums, encoded
 * @param uptime since it was connected; zero before
 * @param lag datums that wait: at a producer those that were not sent yet, at a consumer those that
 *     the application did not take yet
 * @param dropped datums that this subscription lost: at a producer because the consumer was too
 *     slow, at a consumer those that the producer's numbers say it missed
 * @param rtt the smoothed round-trip time to the peer, or null while it is unknown
 * @param lastClose at a consumer: why the link before this one ended, or the last one if there is
 *     none now; null if none has ended, and at a producer
 */
public record SubscriptionInfo(
    PeerId peer,
    State state,
    long datums,
    long bytes,
    Duration uptime,
    long lag,
    long dropped,
    @Nullable Duration rtt,
    @Nullable CloseReason lastClose) {

  /** How far a subscription is. */
  public enum State {
    /** Being dialled or admitted. */
    CONNECTING,
    /** Carries data. */
    CONNECTED,
    /** Waits before it tries again. */
    BACKING_OFF
  }
}
