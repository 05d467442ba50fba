package io.mosaik.sim;

import io.mosaik.runtime.Clock;
import java.time.Duration;

/** The world's time as one node sees it: from another origin, at another rate, wrongly set. */
final class SimClock implements Clock {

  /** 2026-01-01T00:00Z: what a right clock shows when the world begins. */
  private static final long EPOCH_MS = 1_767_225_600_000L;

  private final Scheduler scheduler;
  private long originNs;
  private long rateSetAtNs;
  private long elapsedBeforeNs;
  private double rate = 1;
  private long wallOffsetMs;

  SimClock(Scheduler scheduler) {
    this.scheduler = scheduler;
  }

  /** The origin of {@link #nanoTime}, which a machine chooses anew whenever it starts. */
  void origin(long ns) {
    originNs = ns;
  }

  void wallOffset(Duration offset) {
    wallOffsetMs = offset.toMillis();
  }

  void rate(double newRate) {
    elapsedBeforeNs = elapsedNs();
    rateSetAtNs = scheduler.nowNs();
    rate = newRate;
  }

  private long elapsedNs() {
    long sinceNs = scheduler.nowNs() - rateSetAtNs;
    return elapsedBeforeNs + (rate == 1 ? sinceNs : (long) (sinceNs * rate));
  }

  @Override
  public long nanoTime() {
    return originNs + elapsedNs();
  }

  @Override
  public long currentTimeMillis() {
    return EPOCH_MS + wallOffsetMs + elapsedNs() / 1_000_000;
  }

  /** How long the world takes until this clock has moved so far. */
  long toWorldNs(long nodeNs) {
    return rate == 1 ? nodeNs : (long) Math.ceil(nodeNs / rate) + 1;
  }

  static long saturatedNs(Duration duration) {
    try {
      return duration.toNanos();
    } catch (ArithmeticException e) {
      return duration.isNegative() ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
  }
}
