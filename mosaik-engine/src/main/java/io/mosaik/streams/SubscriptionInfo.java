package io.mosaik.streams;

import io.mosaik.id.PeerId;
import java.time.Duration;

/**
 * One subscription as it is now.
 *
 * @param peer the other end
 * @param state how far it is
 * @param datums carried so far
 * @param bytes of those datums, encoded
 * @param uptime since it was connected; zero before
 */
public record SubscriptionInfo(PeerId peer, State state, long datums, long bytes, Duration uptime) {

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
