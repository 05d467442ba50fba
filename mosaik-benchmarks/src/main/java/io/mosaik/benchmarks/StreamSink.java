package io.mosaik.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SingleWriterRecorder;

/** The receiving end of what is measured: one or several receivers, each with its tally. */
interface StreamSink extends AutoCloseable {

  /** What each receiver got. */
  List<Tally> tallies();

  @Override
  void close();

  /** So many new tallies. */
  static List<Tally> newTallies(int count) {
    var tallies = new ArrayList<Tally>();
    for (int i = 0; i < count; i++) {
      tallies.add(new Tally());
    }
    return List.copyOf(tallies);
  }

  /** What one receiver got; one thread at a time counts, any other reads. */
  final class Tally {

    private static final long LONGEST_NS = TimeUnit.MINUTES.toNanos(1);

    private final AtomicLong datums = new AtomicLong();
    private final SingleWriterRecorder latency = new SingleWriterRecorder(LONGEST_NS, 3);

    /** A datum came that was to be sent at that time of this machine's monotonic clock. */
    void received(long dueNs) {
      datums.lazySet(datums.getPlain() + 1);
      latency.recordValue(Math.clamp(System.nanoTime() - dueNs, 0, LONGEST_NS));
    }

    long datums() {
      return datums.get();
    }

    /** The latencies since this was last called. */
    Histogram takeLatency() {
      return latency.getIntervalHistogram();
    }
  }
}
