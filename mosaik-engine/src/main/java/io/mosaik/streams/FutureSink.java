package io.mosaik.streams;

import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Serves futures, first come first served. Futures are added by any thread. */
final class FutureSink<T> implements Delivery.Sink<T> {

  private static final int MAX_FUTURES = 1024;

  private final Supplier<ConsumerClosedException> closedError;
  private final Queue<CompletableFuture<Received<T>>> futures = new ConcurrentLinkedQueue<>();
  private final AtomicInteger count = new AtomicInteger();

  FutureSink(Supplier<ConsumerClosedException> closedError) {
    this.closedError = closedError;
  }

  /** A future for the next datum; a failed one if too many wait already. */
  CompletableFuture<Received<T>> add() {
    if (count.incrementAndGet() > MAX_FUTURES) {
      count.decrementAndGet();
      return CompletableFuture.failedFuture(
          new IllegalStateException(
              MAX_FUTURES + " receives are waiting already; wait for their futures first"));
    }
    var future = new CompletableFuture<Received<T>>();
    futures.add(future);
    return future;
  }

  @Override
  public Delivery.Wish wish() {
    return first() == null ? Delivery.Wish.NOTHING : Delivery.Wish.DATUM;
  }

  @Override
  public boolean take(Received<T> datum) {
    CompletableFuture<Received<T>> next = first();
    if (next == null) {
      return false;
    }
    removeFirst();
    return next.complete(datum);
  }

  @Override
  public void over() {
    for (var next = first(); next != null; next = first()) {
      removeFirst();
      next.completeExceptionally(closedError.get());
    }
  }

  private @Nullable CompletableFuture<Received<T>> first() {
    CompletableFuture<Received<T>> first = futures.peek();
    while (first != null && first.isDone()) {
      removeFirst();
      first = futures.peek();
    }
    return first;
  }

  private void removeFirst() {
    futures.remove();
    count.decrementAndGet();
  }
}
