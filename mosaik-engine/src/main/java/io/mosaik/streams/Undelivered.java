package io.mosaik.streams;

import io.mosaik.runtime.Strand;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives back datums that were accepted and then handed to nobody, on a strand of users' code. No
 * more wait for it than the producer's buffer holds; those beyond are dropped and counted.
 */
final class Undelivered {

  private static final Logger LOG = LoggerFactory.getLogger(Undelivered.class);

  private final StreamName stream;
  private final Strand userStrand;
  private final Consumer<Object> sink;
  private final int mostWaiting;
  private final StreamCounters counters;
  private final AtomicInteger waiting = new AtomicInteger();

  Undelivered(
      StreamName stream,
      Strand userStrand,
      Consumer<Object> sink,
      int mostWaiting,
      StreamCounters counters) {
    this.stream = stream;
    this.userStrand = userStrand;
    this.sink = sink;
    this.mostWaiting = mostWaiting;
    this.counters = counters;
  }

  /** Gives back these, in order; from one strand at a time. */
  void giveBack(List<Object> datums) {
    int room = Math.max(0, mostWaiting - waiting.get());
    List<Object> kept = new ArrayList<>(datums.subList(0, Math.min(room, datums.size())));
    counters.dropped(datums.size() - kept.size());
    waiting.addAndGet(kept.size());
    userStrand.execute(() -> kept.forEach(this::tell));
  }

  private void tell(Object datum) {
    waiting.decrementAndGet();
    try {
      sink.accept(datum);
    } catch (Throwable e) {
      LOG.error("Stream {}: the sink for undelivered datums failed", stream, e);
    }
  }
}
