package io.mosaik.streams;

import io.mosaik.runtime.DeadlineExceededException;
import io.mosaik.runtime.Platform;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntConsumer;

/**
 * The one receipt of all datums of a call that waits for their turn: the least of the subscribers
 * that any of them was handed to. The producer's strand tells; the caller sends, then waits.
 */
final class HandOverTally implements IntConsumer {

  /** Those that were sent and not told of; and one for the caller, who may send another. */
  private final AtomicLong open = new AtomicLong(1);

  private final CompletableFuture<Integer> told = new CompletableFuture<>();

  /** Written by the strand alone, before it counts down. */
  private int least = Integer.MAX_VALUE;

  /** Another datum is about to be sent; from the caller's thread. */
  void expect() {
    open.incrementAndGet();
  }

  /** A datum has had its turn; on the strand. */
  @Override
  public void accept(int subscribers) {
    least = Math.min(least, subscribers);
    countDown();
  }

  private void countDown() {
    if (open.decrementAndGet() == 0) {
      told.complete(least);
    }
  }

  /**
   * Waits until each datum has had its turn; once, after the last one was sent.
   *
   * @return the least number of subscribers; {@link Integer#MAX_VALUE} if nothing was sent
   */
  int await(Platform platform, Duration deadline) {
    countDown();
    try {
      return platform.await(told, deadline);
    } catch (DeadlineExceededException e) {
      if (told.isDone()) {
        return told.resultNow();
      }
      throw new HandOverPendingException(
          open.get()
              + " datums were taken and wait for their turn for longer than the deadline allows;"
              + " they keep it");
    }
  }
}
