package io.mosaik.discovery.worker;

import io.mosaik.runtime.Clock;
import io.mosaik.runtime.Strand;
import io.mosaik.runtime.Timer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A timer that is set to the earliest of several times. It may ring early, never late. */
final class Alarm {

  private final Strand strand;
  private final Clock clock;
  private final Runnable action;
  private @Nullable Timer timer;
  private long dueNs;

  Alarm(Strand strand, Clock clock, Runnable action) {
    this.strand = strand;
    this.clock = clock;
    this.action = action;
  }

  /** Rings at this monotonic time or before; {@link Long#MAX_VALUE} is never. */
  void at(long atNs) {
    if (atNs == Long.MAX_VALUE || (timer != null && dueNs <= atNs)) {
      return;
    }
    cancel();
    dueNs = atNs;
    timer = strand.schedule(Duration.ofNanos(Math.max(0, atNs - clock.nanoTime())), this::ring);
  }

  /** Rings when the wall clock shows this, or before; {@link Long#MAX_VALUE} is never. */
  void atWallMs(long atMs) {
    if (atMs != Long.MAX_VALUE) {
      long delayMs = Math.max(0, atMs - clock.currentTimeMillis());
      at(clock.nanoTime() + Duration.ofMillis(delayMs).toNanos());
    }
  }

  void cancel() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }

  private void ring() {
    timer = null;
    action.run();
  }
}
