package io.mosaik.sim;

import io.mosaik.runtime.Baton;
import io.mosaik.runtime.Strand;
import io.mosaik.runtime.Timer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A strand whose turns the world's {@link Scheduler} gives, one task at a time. */
final class SimStrand implements Strand {

  private static final Logger log = LoggerFactory.getLogger(SimStrand.class);

  private final String name;
  private final long number;
  private final boolean forUserCode;
  private final SimPlatform platform;
  private final Scheduler scheduler;
  private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
  private final Set<SimTimer> timers = new LinkedHashSet<>();
  private Baton.@Nullable Place asleep;
  private Baton.@Nullable Place suspended;
  private boolean waitsForTurn;
  private boolean running;
  private boolean closed;

  SimStrand(String name, boolean forUserCode, SimPlatform platform, Scheduler scheduler) {
    this.name = platform.nodeName() + "/" + name;
    this.number = scheduler.nextStrandNumber();
    this.forUserCode = forUserCode;
    this.platform = platform;
    this.scheduler = scheduler;
  }

  long number() {
    return number;
  }

  boolean isForUserCode() {
    return forUserCode;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void execute(Runnable task) {
    scheduler.checkThread();
    if (closed) {
      return;
    }
    tasks.add(task);
    getInLine();
  }

  private void getInLine() {
    if (!waitsForTurn && !running && !closed && !tasks.isEmpty()) {
      waitsForTurn = true;
      scheduler.ready(this);
    }
  }

  /** Back in line after the node let it wait. */
  void resume() {
    scheduler.ready(this);
  }

  void takeTurn() {
    if (!platform.mayRunNow(this)) {
      return; // the node keeps it, and calls resume
    }
    waitsForTurn = false;
    Baton.Place place = suspended;
    if (place != null) {
      suspended = null;
      scheduler.trace().addTask(scheduler.nowNs(), this);
      scheduler.resume(place);
      return; // long after: this thread was spare, and drives again
    }
    Runnable task = tasks.poll();
    if (task == null) {
      return;
    }
    scheduler.trace().addTask(scheduler.nowNs(), this);
    scheduler.current(this);
    running = true;
    try {
      task.run();
    } catch (NodeCrashed e) {
      // the thread of a crashed node: it just isn't there any more
    } catch (Throwable e) { // a task's error must not end the strand
      log.error("A task on the strand '{}' failed (seed {})", name, scheduler.seed(), e);
      scheduler.failed(e);
    } finally {
      running = false;
      scheduler.current(null);
    }
    platform.hasRun();
    getInLine();
  }

  /** The running task waits until {@link #wake}. */
  void suspendTask() {
    scheduler.suspend(place -> asleep = place);
  }

  /** Ends the wait of the running task, if it waits. */
  void wake() {
    if (asleep != null) {
      suspended = asleep;
      asleep = null;
      waitsForTurn = true;
      scheduler.ready(this);
    }
  }

  @Override
  public Timer schedule(Duration delay, Runnable task) {
    scheduler.checkThread();
    if (delay.isNegative()) {
      throw new IllegalArgumentException("a delay of " + delay + "; give zero or more");
    }
    var timer = new SimTimer(task);
    if (closed) {
      return timer;
    }
    timers.add(timer);
    if (delay.isZero()) {
      execute(timer);
    } else {
      scheduler.plan(timer, platform.toWorldNs(delay));
    }
    return timer;
  }

  @Override
  public boolean isCurrent() {
    SimStrand current = scheduler.current();
    return current != null && current.equals(this);
  }

  @Override
  public void close() {
    closed = true;
    tasks.clear();
    timers.forEach(SimTimer::drop);
    timers.clear();
    platform.forget(this);
  }

  @Override
  public String toString() {
    return name;
  }

  private final class SimTimer extends Event implements Timer, Runnable {

    private @Nullable Runnable task;

    SimTimer(Runnable task) {
      this.task = task;
    }

    @Override
    void fire() {
      execute(this);
    }

    @Override
    public void run() {
      Runnable due = task;
      timers.remove(this);
      task = null;
      if (due != null) {
        due.run();
      }
    }

    @Override
    public void cancel() {
      timers.remove(this);
      drop();
    }

    void drop() {
      task = null;
      scheduler.takeBack(this);
    }
  }
}
