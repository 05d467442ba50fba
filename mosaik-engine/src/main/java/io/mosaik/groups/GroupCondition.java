package io.mosaik.groups;

import io.mosaik.runtime.Cancellation;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * A condition on a membership that can be waited for, again and again. Thread-safe; only {@link
 * #await} blocks.
 *
 * @param <T> what it is met with
 */
public interface GroupCondition<T> {

  /** Whether it is met now. */
  boolean isMet();

  /**
   * Waits until it is met, 30 seconds at most. Not in a callback of the same group, nor in its
   * machine: see {@link Group}.
   *
   * @throws io.mosaik.runtime.DeadlineExceededException if it isn't in time
   * @throws GroupException if the group is left before
   * @throws IllegalStateException if called in a callback or the machine of the group
   */
  T await();

  /** As {@link #await()}, with another deadline. */
  T await(Duration deadline);

  /**
   * Completes when it is met, at once if it is. Fails with a {@link GroupException} if the group is
   * left before. Cancelling it ends the wait. What is chained to it runs on a strand of this group
   * for users' code, where nothing may wait for the same group: see {@link Group}.
   */
  CompletableFuture<T> future();

  /**
   * Calls the action when it is met, and each time it is met again after it was not. When that
   * happens faster than the action runs, it is told the latest.
   *
   * @param executor where the action runs
   * @return ends it
   */
  Cancellation onMet(Executor executor, Consumer<? super T> action);
}
