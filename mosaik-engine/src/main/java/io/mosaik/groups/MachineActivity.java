package io.mosaik.groups;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * What the machine is doing: written on its strand, and on that of the disk while an image of its
 * state is being written; read by anyone.
 */
final class MachineActivity {

  /** Busy with a position since then. */
  private record Work(long sinceNs, long index, boolean idle) {}

  private static final Work NOTHING = new Work(0, 0, true);

  private final LongSupplier nanoTime;
  private final AtomicLong rejected = new AtomicLong();
  private volatile Work work = NOTHING;
  private volatile Work writing = NOTHING;

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

  /** The image at this position begins to be written, or has just given some bytes. */
  void writes(long index) {
    writing = new Work(nanoTime.getAsLong(), index, false);
  }

  /** The image is written, or given up. */
  void hasWritten() {
    writing = NOTHING;
  }

  void rejects() {
    rejected.incrementAndGet();
  }

  MachineStatus status(int waiting) {
    Work now = work;
    Work image = writing;
    long nowNs = nanoTime.getAsLong();
    Work longest = busyNs(image, nowNs) > busyNs(now, nowNs) ? image : now;
    return new MachineStatus(
        Duration.ofNanos(busyNs(longest, nowNs)), longest.index, waiting, rejected.get());
  }

  private static long busyNs(Work work, long nowNs) {
    return work.idle ? 0 : Math.max(0, nowNs - work.sinceNs);
  }
}
