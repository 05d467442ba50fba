package io.mosaik.runtime;

import java.util.concurrent.locks.LockSupport;

/**
 * One line of execution that several threads share: exactly one of them holds the baton and runs,
 * the others wait for it. What a thread did before it passed the baton on is seen by who gets it.
 * This is how a simulated world keeps a task that waits where it is, and yet goes on with the
 * others one at a time.
 */
public final class Baton {

  private final String threadName;
  private volatile Thread holder = Thread.currentThread();
  private volatile boolean interrupted;

  /**
   * Held by the caller at first.
   *
   * @param threadName of the threads made by {@link #passToNew}
   */
  public Baton(String threadName) {
    this.threadName = threadName;
  }

  /** A thread that waits for the baton, or is going to. */
  public static final class Place {

    private final Thread thread;

    private Place(Thread thread) {
      this.thread = thread;
    }
  }

  /** The caller's own place. */
  public Place here() {
    check();
    return new Place(Thread.currentThread());
  }

  /**
   * Checks that the caller holds the baton.
   *
   * @throws IllegalStateException if it doesn't
   */
  public void check() {
    if (!Thread.currentThread().equals(holder)) {
      throw new IllegalStateException(
          "the thread '"
              + Thread.currentThread().getName()
              + "' must not act here now: '"
              + holder.getName()
              + "' does");
    }
  }

  /** Whether the calling thread was interrupted; its flag stays. */
  public boolean callerIsInterrupted() {
    return Thread.currentThread().isInterrupted();
  }

  /** Passes the baton to who waits there, and waits until it comes back. */
  public void passTo(Place other) {
    Thread self = Thread.currentThread();
    give(other.thread);
    awaitTurn(self);
  }

  /**
   * Passes the baton to a new daemon thread, and waits until it comes back.
   *
   * @param task what the thread does; it returns the place that gets the baton when it ends
   */
  public void passToNew(Task task) {
    Thread self = Thread.currentThread();
    Thread runner =
        Thread.ofPlatform()
            .daemon()
            .name(threadName)
            .unstarted(() -> {
              awaitTurn(Thread.currentThread());
              give(task.run().thread);
            });
    holder = runner;
    runner.start();
    awaitTurn(self);
  }

  /** What a thread made for the baton does. */
  @FunctionalInterface
  public interface Task {

    /** Runs, and says who goes on. Must not throw. */
    Place run();
  }

  /**
   * Whether a thread was interrupted while it waited for the baton; asked and reset by who runs.
   * The interrupt is meant for the whole line, which should come to an end.
   */
  public boolean takeInterrupt() {
    if (!interrupted) {
      return false;
    }
    interrupted = false;
    return true;
  }

  /** Sets the calling thread's interrupt flag, for an interrupt that was taken before. */
  public void interruptCaller() {
    Thread.currentThread().interrupt();
  }

  private void give(Thread next) {
    holder = next;
    LockSupport.unpark(next);
  }

  private void awaitTurn(Thread self) {
    while (!self.equals(holder)) {
      LockSupport.park(this);
      if (Thread.interrupted()) {
        interrupted = true;
      }
    }
  }

  /** Who holds it. */
  @Override
  public String toString() {
    return "baton of " + threadName + ", held by " + holder.getName();
  }
}
