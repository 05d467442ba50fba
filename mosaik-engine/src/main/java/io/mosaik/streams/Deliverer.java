package io.mosaik.streams;

import io.mosaik.runtime.Cancellation;
import io.mosaik.runtime.Strand;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes datums for those who don't ask for them themselves: the listener, and futures. It works on
 * a strand of users' code, for decoding and listening are that.
 */
final class Deliverer<T> {

  private static final Logger LOG = LoggerFactory.getLogger(Deliverer.class);

  private static final int MAX_FUTURES = 1024;
  private static final int DATUMS_PER_TURN = 256;

  private final Strand strand;
  private final HandOver handOver;
  private final Supplier<@Nullable Received<T>> taker;
  private final BooleanSupplier isOver;
  private final Supplier<ConsumerClosedException> closedError;
  private final StreamCounters counters;
  private final Queue<CompletableFuture<Received<T>>> futures = new ConcurrentLinkedQueue<>();
  private final AtomicInteger futureCount = new AtomicInteger();
  private final AtomicReference<java.util.function.@Nullable Consumer<? super Received<T>>>
      listener = new AtomicReference<>();
  private final Queue<Received<T>> returned = new ConcurrentLinkedQueue<>();
  private boolean sleeping;

  Deliverer(
      Strand userStrand,
      HandOver handOver,
      Supplier<@Nullable Received<T>> taker,
      BooleanSupplier isOver,
      Supplier<ConsumerClosedException> closedError,
      StreamCounters counters) {
    this.strand = userStrand;
    this.handOver = handOver;
    this.taker = taker;
    this.isOver = isOver;
    this.closedError = closedError;
    this.counters = counters;
  }

  /** The next datum; fails if too many wait already. */
  CompletableFuture<Received<T>> receive() {
    if (futureCount.incrementAndGet() > MAX_FUTURES) {
      futureCount.decrementAndGet();
      return CompletableFuture.failedFuture(
          new IllegalStateException(
              MAX_FUTURES + " receives are waiting already; wait for their futures first"));
    }
    var future = new CompletableFuture<Received<T>>();
    futures.add(future);
    strand.execute(this::turn);
    return future;
  }

  /** Gives everything to the listener from now on. */
  Cancellation listen(java.util.function.Consumer<? super Received<T>> to) {
    if (!listener.compareAndSet(null, to)) {
      throw new IllegalStateException(
          "the consumer has a listener already; cancel it first, or make another consumer");
    }
    strand.execute(this::turn);
    return () -> listener.compareAndSet(to, null);
  }

  /** A datum whose receiver gave up at the last moment; the next to be given out. */
  @Nullable Received<T> returned() {
    return returned.poll();
  }

  private void turn() {
    for (int delivered = 0; delivered < DATUMS_PER_TURN; delivered++) {
      if (!deliverOne()) {
        return;
      }
    }
    strand.execute(this::turn);
  }

  /** Returns whether there may be more to do at once. */
  private boolean deliverOne() {
    var to = listener.get();
    CompletableFuture<Received<T>> future = firstFuture();
    if (to == null && future == null) {
      return false;
    }
    boolean over = isOver.getAsBoolean();
    Received<T> next = taker.get();
    if (next != null) {
      if (future != null) {
        removeFirst();
        if (!future.complete(next)) {
          returned.add(next);
          handOver.wakeAll();
        }
      } else if (to != null) {
        tell(to, next);
      }
      return true;
    }
    if (over) {
      for (; future != null; future = firstFuture()) {
        removeFirst();
        future.completeExceptionally(closedError.get());
      }
      return false;
    }
    return !sleep();
  }

  private void tell(java.util.function.Consumer<? super Received<T>> to, Received<T> received) {
    try {
      to.accept(received);
    } catch (RuntimeException e) {
      counters.failed();
      LOG.error(
          "A listener failed on a datum of {}; the next follows",
          received.producer().toShortString(),
          e);
    }
  }

  /** Arranges to be woken; returns whether there is nothing to do until then. */
  private boolean sleep() {
    if (!sleeping) {
      sleeping = true;
      var unused =
          handOver
              .sleeper()
              .woken()
              .thenRun(() ->
                  strand.execute(() -> {
                    sleeping = false;
                    turn();
                  }));
    }
    return handOver.isEmpty() && !isOver.getAsBoolean();
  }

  private @Nullable CompletableFuture<Received<T>> firstFuture() {
    CompletableFuture<Received<T>> first = futures.peek();
    while (first != null && first.isDone()) {
      removeFirst();
      first = futures.peek();
    }
    return first;
  }

  private void removeFirst() {
    futures.remove();
    futureCount.decrementAndGet();
  }
}
