package io.mosaik.groups.bond;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * When to speak on a bond, and when the other side is dead. Whatever is sent or received counts, so
 * a busy bond carries no heartbeats. Pure: told what happened and when, in monotonic nanoseconds,
 * says what to do and when to ask again. Not thread-safe.
 */
public final class Heartbeat {

  /**
   * The settings of all members of a group.
   *
   * @param interval at which an otherwise silent side speaks
   * @param jitter the most that is subtracted from the interval, at random each time
   * @param maxMissed after so many silent intervals the other side is dead
   */
  public record Config(Duration interval, Duration jitter, int maxMissed) {

    /** Checks the numbers. */
    public Config {
      if (!interval.isPositive()
          || jitter.isNegative()
          || jitter.compareTo(interval) >= 0
          || maxMissed < 2) {
        throw new IllegalArgumentException(
            "heartbeats of %s less up to %s, %d missed; give a positive interval, a shorter jitter"
                    .formatted(interval, jitter, maxMissed)
                + " and at least 2 missed");
      }
    }

    /** After so much silence the other side is dead. */
    public Duration deadAfter() {
      return interval.multipliedBy(maxMissed);
    }
  }

  /** What to do now. */
  public enum Action {
    /** Nothing; ask again at {@link Heartbeat#nextCheckNs}. */
    NONE,
    /** Send {@link BondMessage.Alive} and call {@link Heartbeat#sent}. */
    SPEAK,
    /** Nothing was heard for too long: give the bond up. */
    DEAD
  }

  private final long intervalNs;
  private final long jitterNs;
  private final long deadAfterNs;
  private final RandomGenerator random;
  private long heardNs;
  private long speakNs;

  /** From the moment the bond is made. */
  public Heartbeat(Config config, RandomGenerator random, long nowNs) {
    intervalNs = config.interval().toNanos();
    jitterNs = config.jitter().toNanos();
    deadAfterNs = config.deadAfter().toNanos();
    this.random = random;
    heardNs = nowNs;
    sent(nowNs);
  }

  /** Anything came from the other side. */
  public void received(long nowNs) {
    heardNs = nowNs;
  }

  /** Anything was sent to the other side. */
  public void sent(long nowNs) {
    speakNs = nowNs + intervalNs - (jitterNs == 0 ? 0 : random.nextLong(jitterNs));
  }

  /** What to do at this moment. */
  public Action check(long nowNs) {
    if (nowNs - heardNs >= deadAfterNs) {
      return Action.DEAD;
    }
    return nowNs - speakNs >= 0 ? Action.SPEAK : Action.NONE;
  }

  /** The next moment at which {@link #check} may say something else than {@link Action#NONE}. */
  public long nextCheckNs() {
    long deadNs = heardNs + deadAfterNs;
    return speakNs - deadNs < 0 ? speakNs : deadNs;
  }
}
