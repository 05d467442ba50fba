package io.mosaik.streams;

import io.mosaik.runtime.Clock;
import io.mosaik.runtime.Strand;
import io.mosaik.streams.flow.Encoded;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives back datums that were accepted and then handed to nobody, on a strand of users' code. No
 * more wait for it than the producer's buffer holds, in datums and bytes; those beyond are dropped
 * and counted.
 */
final class Undelivered {

  private static final Logger LOG = LoggerFactory.getLogger(Undelivered.class);

  private final StreamName stream;
  private final Clock clock;
  private final Repeats repeats = new Repeats();
  private final Strand userStrand;
  private final Consumer<Object> sink;
  private final int mostWaiting;
  private final long mostWaitingBytes;
  private final StreamCounters counters;
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicLong waitingBytes = new AtomicLong();

  /** A value that waits, and how many bytes it counts for. */
  private record Lost(Object value, int sizeBytes) {}

  /**
   * @param mostWaiting how many datums may wait for the sink
   * @param mostWaitingBytes from how many bytes on, as they are encoded, no more may
   */
  Undelivered(
      StreamName stream,
      Clock clock,
      Strand userStrand,
      Consumer<Object> sink,
      int mostWaiting,
      long mostWaitingBytes,
      StreamCounters counters) {
    this.stream = stream;
    this.clock = clock;
    this.userStrand = userStrand;
    this.sink = sink;
    this.mostWaiting = mostWaiting;
    this.mostWaitingBytes = mostWaitingBytes;
    this.counters = counters;
  }

  /** How many bytes wait for the sink, as they are encoded; from any thread. */
  long waitingBytes() {
    return waitingBytes.get();
  }

  /** Gives back these, in order; from one strand at a time. */
  void giveBack(List<Encoded> datums) {
    var kept = new ArrayList<Lost>();
    for (Encoded datum : datums) {
      if (waiting.get() >= mostWaiting || waitingBytes.get() >= mostWaitingBytes) {
        break;
      }
      kept.add(new Lost(datum.value(), datum.sizeBytes()));
      waiting.incrementAndGet();
      waitingBytes.addAndGet(datum.sizeBytes());
    }
    counters.dropped(datums.size() - kept.size());
    userStrand.execute(() -> kept.forEach(this::tell));
  }

  private void tell(Lost datum) {
    try {
      sink.accept(datum.value);
    } catch (Throwable e) {
      long times = repeats.happened(sink, clock.nanoTime());
      if (times > 0) {
        LOG.error(
            "Stream {}: the sink for undelivered datums failed; the next follows{}",
            stream,
            Repeats.since(times),
            e);
      }
    } finally {
      waiting.decrementAndGet();
      waitingBytes.addAndGet(-datum.sizeBytes);
    }
  }
}
