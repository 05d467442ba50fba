package io.mosaik.streams;

import io.mosaik.streams.flow.Encoded;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends that wait until the producer is online and has room, first come first served. Any thread
 * adds; the producer's strand lets them in. While one waits, later sends queue up behind it, which
 * keeps the order of the calls.
 */
final class SendWaiters {

  private final int most;
  private final long mostBytes;
  private final AtomicInteger count = new AtomicInteger();
  private final AtomicLong bytes = new AtomicLong();
  private final Queue<Waiter> queue = new ConcurrentLinkedQueue<>();

  /**
   * Bounds the sends that nobody blocks for.
   *
   * @param most how many may wait
   * @param mostBytes from how many bytes on no further one may
   */
  SendWaiters(int most, long mostBytes) {
    this.most = most;
    this.mostBytes = mostBytes;
  }

  /** How many bytes wait; from any thread. */
  long bytes() {
    return bytes.get();
  }

  /** How many wait; from any thread. */
  int size() {
    return count.get();
  }

  boolean isEmpty() {
    return count.get() == 0;
  }

  /** Adds a send of a thread that blocks for it. */
  Waiter add(Encoded datum) {
    count.incrementAndGet();
    return enqueue(datum, Long.MAX_VALUE);
  }

  /** Adds a send that nobody blocks for; null if too many wait already. */
  @Nullable Waiter addBounded(Encoded datum, long deadlineNs) {
    if (count.incrementAndGet() > most || bytes.get() >= mostBytes) {
      count.decrementAndGet();
      return null;
    }
    return enqueue(datum, deadlineNs);
  }

  private Waiter enqueue(Encoded datum, long deadlineNs) {
    var waiter = new Waiter(datum, deadlineNs, new CompletableFuture<>());
    bytes.addAndGet(datum.sizeBytes());
    queue.add(waiter);
    return waiter;
  }

  /** The first that still waits; on the strand. */
  @Nullable Waiter first() {
    Waiter next = queue.peek();
    while (next != null && next.taken.isDone()) {
      remove(next);
      next = queue.peek();
    }
    return next;
  }

  /** Forgets a send that was taken or given up; later ones pass it only after this. */
  void remove(Waiter waiter) {
    if (queue.remove(waiter)) {
      bytes.addAndGet(-waiter.datum.sizeBytes());
      count.decrementAndGet();
    }
  }

  /** Ends the waits whose deadline has passed; returns the earliest of the others. */
  long expire(long nowNs, Supplier<RuntimeException> error) {
    long earliestNs = Long.MAX_VALUE;
    for (Waiter waiter : queue) {
      if (waiter.deadlineNs == Long.MAX_VALUE) {
        continue;
      }
      if (waiter.deadlineNs - nowNs <= 0) {
        waiter.taken.completeExceptionally(error.get());
        remove(waiter);
      } else {
        earliestNs = Math.min(earliestNs, waiter.deadlineNs);
      }
    }
    return earliestNs;
  }

  /** Ends all waits. */
  void failAll(Supplier<RuntimeException> error) {
    for (Waiter waiter = queue.peek(); waiter != null; waiter = queue.peek()) {
      waiter.taken.completeExceptionally(error.get());
      remove(waiter);
    }
  }

  /** A send that waits. */
  static final class Waiter {

    private final Encoded datum;
    private final long deadlineNs;
    private final CompletableFuture<Void> taken;

    private Waiter(Encoded datum, long deadlineNs, CompletableFuture<Void> taken) {
      this.datum = datum;
      this.deadlineNs = deadlineNs;
      this.taken = taken;
    }

    /** What is to be sent. */
    Encoded datum() {
      return datum;
    }

    /**
     * Completed by who decides first: the strand that takes the datum, or the sender that gives up.
     */
    CompletableFuture<Void> taken() {
      return taken;
    }
  }
}
