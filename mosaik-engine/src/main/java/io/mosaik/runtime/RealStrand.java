package io.mosaik.runtime;

import java.time.Duration;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A queue that is in the hands of one thread at a time: who adds to an idle strand submits it to
 * the threads, and the thread that takes it runs a bounded number of tasks before it lets others
 * have their turn.
 */
final class RealStrand implements Strand, Runnable {

  private static final Logger log = LoggerFactory.getLogger(RealStrand.class);

  /** How many tasks a caller runs that lends its thread, those before its own included. */
  private static final int TASKS_WHEN_LENT = 4;

  private static final ThreadLocal<@Nullable RealStrand> LENT = new ThreadLocal<>();

  private final String name;
  private final Executor threads;
  private final int tasksPerTurn;
  private final ScheduledExecutorService clockwork;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final Set<RealTimer> timers = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean submitted = new AtomicBoolean();
  private volatile @Nullable Thread runner;
  private volatile boolean closed;

  RealStrand(String name, Executor threads, int tasksPerTurn, ScheduledExecutorService clockwork) {
    this.name = name;
    this.threads = threads;
    this.tasksPerTurn = tasksPerTurn;
    this.clockwork = clockwork;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void execute(Runnable task) {
    if (closed) {
      return;
    }
    tasks.add(task);
    submitIfIdle();
  }

  @Override
  public void runOrExecute(Runnable task) {
    if (closed) {
      return;
    }
    tasks.add(task);
    if (submitted.compareAndSet(false, true)) {
      RealStrand before = LENT.get();
      LENT.set(this);
      try {
        run(Math.min(tasksPerTurn, TASKS_WHEN_LENT));
      } finally {
        LENT.set(before);
      }
    }
  }

  /** The strand that the calling thread has lent itself to; null if there is none. */
  static @Nullable RealStrand lentTo() {
    return LENT.get();
  }

  @Override
  public Timer schedule(Duration delay, Runnable task) {
    if (delay.isNegative()) {
      throw new IllegalArgumentException("a delay of " + delay + "; give zero or more");
    }
    var timer = new RealTimer(task);
    if (closed) {
      return timer;
    }
    timers.add(timer);
    if (delay.isZero()) {
      execute(timer);
    } else {
      try {
        timer.alarm =
            clockwork.schedule(
                () -> execute(timer), RealPlatform.saturatedNanos(delay), TimeUnit.NANOSECONDS);
      } catch (RejectedExecutionException e) {
        close();
      }
    }
    if (closed) {
      timer.cancel();
    }
    return timer;
  }

  @Override
  public boolean isCurrent() {
    return Thread.currentThread().equals(runner);
  }

  @Override
  public void close() {
    closed = true;
    tasks.clear();
    timers.forEach(RealTimer::cancel);
  }

  private void submitIfIdle() {
    if (submitted.compareAndSet(false, true)) {
      submit();
    }
  }

  private void submit() {
    try {
      threads.execute(this);
    } catch (RejectedExecutionException e) {
      close(); // the platform is closed, and with it every strand
    }
  }

  /** One turn on a thread. */
  @Override
  public void run() {
    run(tasksPerTurn);
  }

  private void run(int mostTasks) {
    runner = Thread.currentThread();
    for (int i = 0; i < mostTasks && !closed; i++) {
      Runnable task = tasks.poll();
      if (task == null) {
        break;
      }
      runGuarded(task);
    }
    runner = null;
    if (closed) {
      tasks.clear();
    } else if (!tasks.isEmpty()) {
      submit();
    } else {
      submitted.set(false);
      if (!tasks.isEmpty()) {
        submitIfIdle();
      }
    }
  }

  private void runGuarded(Runnable task) {
    try {
      task.run();
    } catch (Throwable e) { // a task's error must end neither the strand nor the thread
      log.error("A task on the strand '{}' failed", name, e);
    }
  }

  @Override
  public String toString() {
    return "strand " + name;
  }

  private final class RealTimer implements Timer, Runnable {

    private final Runnable task;
    private volatile @Nullable Future<?> alarm;
    private volatile boolean cancelled;

    RealTimer(Runnable task) {
      this.task = task;
    }

    @Override
    public void run() {
      timers.remove(this);
      if (!cancelled) {
        task.run();
      }
    }

    @Override
    public void cancel() {
      cancelled = true;
      timers.remove(this);
      Future<?> pending = alarm;
      if (pending != null) {
        pending.cancel(false);
      }
    }
  }
}
