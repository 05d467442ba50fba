package io.mosaik.groups;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** What the machine is doing: written on its strand, read by anyone. */
final class MachineActivity {

  /** Busy with a position since then. */
  private record Work(long sinceNs, long index, boolean idle) {}

  private final LongSupplier nanoTime;
  private final AtomicLong rejected = new AtomicLong();
  private volatile Work work = new Work(0, 0, true);

  MachineActivity(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** It begins with the command at this position. */
  void begins(long index) {
    work = new Work(nanoTime.getAsLong(), index, false);
  }

  /** It has done what it was given, up to this position. */
  void rests(long index) {
    work = new Work(0, index, true);
  }

  void rejects() {
    rejected.incrementAndGet();
  }

  MachineStatus status(int waiting) {
    Work now = work;
    Duration busyFor =
        now.idle
            ? Duration.ZERO
            : Duration.ofNanos(Math.max(0, nanoTime.getAsLong() - now.sinceNs));
    return new MachineStatus(busyFor, now.index, waiting, rejected.get());
  }
}
