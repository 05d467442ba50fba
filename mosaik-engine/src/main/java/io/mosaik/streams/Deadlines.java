package io.mosaik.streams;

import io.mosaik.runtime.DeadlineExceededException;
import io.mosaik.runtime.Platform;
import io.mosaik.runtime.WaitInterruptedException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** Waits of callers. */
final class Deadlines {

  /** Where nothing else is said. */
  static final Duration DEFAULT_WAIT = Duration.ofSeconds(30);

  private Deadlines() {}

  /**
   * Waits for the future and gives it up when the deadline has passed or the caller is interrupted.
   * A result that came at the same moment counts.
   *
   * @param what was waited for, for the error's text
   */
  static <T> T await(
      Platform platform, CompletableFuture<T> future, Duration deadline, Supplier<String> what) {
    try {
      return platform.await(future, deadline);
    } catch (DeadlineExceededException e) {
      if (future.cancel(false)) {
        throw new DeadlineExceededException("not within " + deadline + ": " + what.get());
      }
      return platform.await(future, Duration.ZERO);
    } catch (WaitInterruptedException | IllegalStateException e) {
      if (future.cancel(false) || future.isCompletedExceptionally()) {
        throw e;
      }
      return future.resultNow();
    }
  }
}
