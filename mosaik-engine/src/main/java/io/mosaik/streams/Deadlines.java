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

  /** No deadline is later: it can be added to and counted in nanoseconds. */
  private static final Duration LATEST = Duration.ofDays(36_500);

  private Deadlines() {}

  /** The deadline, not negative and not so late that it can't be counted. */
  static Duration within(Duration deadline) {
    if (deadline.isNegative()) {
      return Duration.ZERO;
    }
    return deadline.compareTo(LATEST) > 0 ? LATEST : deadline;
  }

  /** What is left, at this time, of the deadline of a call that began then; never negative. */
  static Duration left(Duration deadline, long startNs, long nowNs) {
    return within(deadline.minusNanos(nowNs - startNs));
  }

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
