package io.mosaik.streams;

import io.mosaik.streams.protocol.DatumBatch;
import io.mosaik.wire.BinaryReader;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What waits between a consumer's strand and the application: batches as they came, still encoded,
 * in the order of their arrival. The strand adds, any thread takes datum by datum. It needs no
 * bound of its own: each producer sends only what it was granted, and is granted more only when the
 * application took some.
 */
final class HandOver {

  private final Queue<Delivery> deliveries = new ConcurrentLinkedQueue<>();
  private final Queue<Sleeper> sleepers = new ConcurrentLinkedQueue<>();

  /** Adds a batch and wakes who sleeps. */
  void add(ProducerSource source, DatumBatch batch) {
    deliveries.add(new Delivery(source, batch));
    wakeAll();
  }

  /** The next datum, or null if there is none now. */
  @Nullable Taken poll() {
    Delivery head = deliveries.peek();
    while (head != null) {
      int index = head.next.getAndIncrement();
      int last = head.batch.count() - 1;
      if (index >= last) {
        deliveries.remove(head);
      }
      if (index <= last) {
        BinaryReader datum = head.batch.datum(index);
        head.source.taken(datum.remaining());
        return new Taken(head.source, datum);
      }
      head = deliveries.peek();
    }
    return null;
  }

  boolean isEmpty() {
    return deliveries.isEmpty();
  }

  /** Completes when something was added after this call; look again before waiting for it. */
  Sleeper sleeper() {
    var sleeper = new Sleeper();
    sleepers.add(sleeper);
    return sleeper;
  }

  /** The sleeper needs no waking any more. */
  void dismiss(Sleeper sleeper) {
    sleepers.remove(sleeper);
  }

  /** Wakes who sleeps. */
  void wakeAll() {
    for (var sleeper = sleepers.poll(); sleeper != null; sleeper = sleepers.poll()) {
      sleeper.woken.complete(null);
    }
  }

  /**
   * A datum in the hands of who took it.
   *
   * @param source the producer that it came from
   * @param datum still encoded
   */
  record Taken(ProducerSource source, BinaryReader datum) {}

  /** Someone who waits for the next datum. */
  static final class Sleeper {

    private final CompletableFuture<Void> woken = new CompletableFuture<>();

    CompletableFuture<Void> woken() {
      return woken;
    }
  }

  private static final class Delivery {

    private final ProducerSource source;
    private final DatumBatch batch;
    private final AtomicInteger next = new AtomicInteger();

    Delivery(ProducerSource source, DatumBatch batch) {
      this.source = source;
      this.batch = batch;
    }
  }
}
