package io.mosaik.streams;

import io.mosaik.discovery.PeerEntry;
import io.mosaik.runtime.Cancellation;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Predicate;

/**
 * A condition that can be waited for. It looks at the subscriptions as they are at each moment, so
 * one object can be awaited again and again.
 */
public interface AwaitableCondition extends SubscriptionCondition {

  @Override
  AwaitableCondition minimumOf(int peers);

  @Override
  AwaitableCondition withTags(String... tags);

  @Override
  AwaitableCondition withPredicate(Predicate<? super PeerEntry> predicate);

  @Override
  AwaitableCondition unmet();

  /** Whether it holds now. */
  boolean isMet();

  /** Waits until it holds, 30 seconds at most. */
  void await();

  /**
   * Waits until it holds.
   *
   * @throws io.mosaik.runtime.DeadlineExceededException if it doesn't in time
   */
  void await(Duration deadline);

  /** Completes when it holds. Never blocks. */
  CompletableFuture<Void> future();

  /** Runs the action now if it holds, and each time it comes to hold again. */
  Cancellation onMet(Executor executor, Runnable action);
}
