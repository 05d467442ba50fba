package io.mosaik.groups;

import io.mosaik.runtime.Platform;
import io.mosaik.runtime.Strand;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where callers of a membership wait. On the strands that its answers come by, a wait would be for
 * something that waits behind it: there it is refused before anything has begun. Thread-safe.
 */
final class Waits {

  private static final Logger log = LoggerFactory.getLogger(Waits.class);

  private final Platform platform;
  private final Strand callbacks;
  private final Strand machine;
  private final AtomicBoolean said = new AtomicBoolean();

  /**
   * For one membership.
   *
   * @param callbacks where what users chain to its futures runs
   * @param machine where its machine runs
   */
  Waits(Platform platform, Strand callbacks, Strand machine) {
    this.platform = platform;
    this.callbacks = callbacks;
    this.machine = machine;
  }

  /**
   * Checks that the caller may block, before the call begins.
   *
   * @param call that blocks
   * @param instead what doesn't
   * @throws IllegalStateException if the answer could not come while it does. The first is written
   *     to the log, too: what is thrown in a callback ends in a future that few look at
   */
  void check(String call, String instead) {
    String why;
    if (callbacks.isCurrent()) {
      why =
          "in a callback of the group: its answer would wait behind that callback. Call "
              + instead
              + " and chain to its future, or chain the callback by a form that takes an executor of"
              + " your own (thenRunAsync)";
    } else if (machine.isCurrent()) {
      why =
          "in the group's own machine, which applies and answers nothing meanwhile. A machine knows"
              + " its state and the command, and no more; call "
              + instead
              + " if it must be here";
    } else {
      return;
    }
    var error = new IllegalStateException(call + " blocks, and was called " + why);
    if (said.compareAndSet(false, true)) {
      log.error("A call that would have waited for itself is refused; said once", error);
    }
    throw error;
  }

  /** As {@link Platform#await}; to be checked before. */
  <T> T await(CompletionStage<T> stage, Duration deadline) {
    return platform.await(stage, deadline);
  }
}
