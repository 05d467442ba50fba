package io.mosaik.runtime;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * A value that one worker publishes and anyone reads: {@link #get} is one volatile read.
 *
 * @param <T> an immutable type
 */
public interface Watch<T> {

  /** The latest value. Never blocks. */
  T get();

  /**
   * Calls the observer with the present value, and then after changes. Calls don't overlap; when
   * values change faster than the observer runs, it sees the latest and misses those between.
   *
   * @param executor where the observer runs, a {@link Strand} as a rule
   */
  Cancellation observe(Executor executor, Consumer<? super T> observer);

  /**
   * Completes with the first value, from the present one on, that satisfies the predicate. The
   * predicate runs on the publisher's strand and must be quick. Cancelling the future ends the
   * watch.
   */
  CompletableFuture<T> when(Predicate<? super T> predicate);
}
