package io.mosaik.runtime;

import java.time.Duration;
import java.util.concurrent.Executor;

/**
 * A serial executor with timers: its tasks never overlap, run in the order they came, and see each
 * other's writes. A worker owns its state by touching it on one strand only. {@link #execute} and
 * {@link #schedule} may be called from any thread and never block.
 *
 * <p>A task that throws is reported to the log with the strand's name, and the strand goes on with
 * the next.
 */
public interface Strand extends Executor {

  /** The name given at its creation. */
  String name();

  /** Runs the task after those that were given before it. Dropped once the strand is closed. */
  @Override
  void execute(Runnable task);

  /**
   * As {@link #execute}, but the caller's thread may lend itself to an idle strand: then the task
   * has run when this returns, and no other thread had to be woken. For tasks of some microseconds
   * on the way of what is in a hurry. The caller must hold nothing that the strand's tasks need.
   */
  default void runOrExecute(Runnable task) {
    execute(task);
  }

  /**
   * Runs the task on this strand when the delay has passed, unless cancelled before.
   *
   * @param delay zero or more
   */
  Timer schedule(Duration delay, Runnable task);

  /** Whether the caller runs on this strand right now. */
  boolean isCurrent();

  /** Drops what has not started, and all timers; the running task ends. Idempotent. */
  void close();
}
