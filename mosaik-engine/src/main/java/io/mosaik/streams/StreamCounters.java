package io.mosaik.streams;

import java.util.concurrent.atomic.AtomicLong;

/** The totals of a producer or consumer; from any thread. */
final class StreamCounters {

  private final AtomicLong datums = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong dropped = new AtomicLong();
  private final AtomicLong missed = new AtomicLong();
  private final AtomicLong gaps = new AtomicLong();
  private final AtomicLong unheard = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private final AtomicLong replayed = new AtomicLong();

  void carried(long moreDatums, long moreBytes) {
    datums.addAndGet(moreDatums);
    bytes.addAndGet(moreBytes);
  }

  void dropped(long more) {
    dropped.addAndGet(more);
  }

  void gap(long missedInIt) {
    gaps.incrementAndGet();
    missed.addAndGet(missedInIt);
  }

  void unheard(int more) {
    if (more > 0) {
      unheard.addAndGet(more);
    }
  }

  void failed() {
    failed.incrementAndGet();
  }

  void replayed(long more) {
    replayed.addAndGet(more);
  }

  StreamStats toStats() {
    return new StreamStats(
        datums.get(),
        bytes.get(),
        dropped.get(),
        missed.get(),
        gaps.get(),
        unheard.get(),
        failed.get(),
        replayed.get());
  }
}
