package io.mosaik.sim;

import io.mosaik.runtime.Baton;
import io.mosaik.runtime.WaitInterruptedException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Moves a world's time from event to event, and at each instant gives the strands that have
 * something to do their turns in an order that the seed decides.
 *
 * <p>One thread at a time drives the world, while the one outside waits for what it wanted. When a
 * task waits, its thread stays with it and another drives on; when the wait is over, that one
 * becomes spare and the first goes on with the task, and then with driving.
 */
final class Scheduler {

  /** Far enough to be never, near enough to add to. */
  static final long NEVER_NS = Long.MAX_VALUE / 4;

  private static final int MOST_FAILURES_KEPT = 100;

  private final Baton baton;
  private final Baton.Place outside;
  private final ArrayDeque<Baton.Place> spareDrivers = new ArrayDeque<>();
  private final long seed;
  private final SplittableRandom order;
  private final EventQueue queue = new EventQueue();
  private final List<Throwable> failures = new ArrayList<>();
  private final Trace trace = new Trace();
  private @Nullable SimStrand[] ready = new SimStrand[64];
  private int readyCount;
  private @Nullable SimStrand current;
  private @Nullable Drive drive;
  private boolean closed;
  private int suspendedCount;
  private long nowNs;
  private long tasksAtThisInstant;
  private long mostTasksAtOneInstant = 1_000_000;
  private long strandCount;

  Scheduler(long seed) {
    this.seed = seed;
    this.baton = new Baton("world-" + seed);
    this.outside = baton.here();
    this.order = new SplittableRandom(Trace.mix(seed));
  }

  long seed() {
    return seed;
  }

  long nowNs() {
    return nowNs;
  }

  Trace trace() {
    return trace;
  }

  List<Throwable> failures() {
    return List.copyOf(failures);
  }

  void mostTasksAtOneInstant(long count) {
    mostTasksAtOneInstant = count;
  }

  long nextStrandNumber() {
    return ++strandCount;
  }

  @Nullable SimStrand current() {
    return current;
  }

  /** A world does one thing at a time; anything else would make runs differ. */
  void checkThread() {
    baton.check();
  }

  boolean callerIsInterrupted() {
    return baton.callerIsInterrupted();
  }

  void plan(Event event, long delayNs) {
    queue.add(event, nowNs + Math.min(delayNs, NEVER_NS));
  }

  void planAt(Event event, long atNs) {
    queue.add(event, Math.max(nowNs, atNs));
  }

  void takeBack(Event event) {
    queue.remove(event);
  }

  /** The strand has something to do; it is given once until its turn. */
  void ready(SimStrand strand) {
    if (readyCount == ready.length) {
      ready = Arrays.copyOf(ready, readyCount * 2);
    }
    ready[readyCount++] = strand;
  }

  void current(@Nullable SimStrand strand) {
    current = strand;
  }

  void failed(Throwable failure) {
    if (failures.size() < MOST_FAILURES_KEPT) {
      failures.add(failure);
    }
  }

  /** What the thread outside of the world waits for. */
  private static final class Drive {

    final BooleanSupplier condition;
    final long untilNs;
    boolean holds;
    boolean interrupted;
    @Nullable Throwable failure;

    Drive(BooleanSupplier condition, long untilNs) {
      this.condition = condition;
      this.untilNs = untilNs;
    }
  }

  /**
   * Lets things happen until the condition holds, or until the given time, which it then is.
   *
   * @return whether the condition holds
   * @throws WaitInterruptedException if the thread was interrupted meanwhile
   */
  boolean drive(BooleanSupplier condition, long untilNs) {
    checkThread();
    if (drive != null) {
      throw new IllegalStateException(
          "time moves already; what happens in the world can't wait for the world");
    }
    if (closed) {
      throw new IllegalStateException("the world is closed");
    }
    var wanted = new Drive(condition, untilNs);
    drive = wanted;
    passToDriver();
    drive = null;
    if (wanted.interrupted) {
      baton.interruptCaller();
      throw new WaitInterruptedException("interrupted while the world ran");
    }
    if (wanted.failure instanceof RuntimeException e) {
      throw e;
    }
    if (wanted.failure instanceof Error e) {
      throw e;
    }
    return wanted.holds;
  }

  /**
   * The calling task stays where it is, and another thread goes on with the world, until somebody
   * resumes it.
   *
   * @param suspended gets the place to resume it at
   */
  void suspend(Consumer<Baton.Place> suspended) {
    SimStrand self = current;
    current = null;
    suspended.accept(baton.here());
    suspendedCount++;
    passToDriver();
    suspendedCount--;
    current = self;
  }

  /** Goes on with a suspended task; this thread is spare from now on. */
  void resume(Baton.Place place) {
    spareDrivers.push(baton.here());
    baton.passTo(place);
  }

  private void passToDriver() {
    Baton.Place spare = spareDrivers.poll();
    if (spare != null) {
      baton.passTo(spare);
    } else {
      baton.passToNew(this::driveUntilClosed);
    }
  }

  /** What a thread of the world does: one at a time, the others being spare or suspended. */
  private Baton.Place driveUntilClosed() {
    while (!closed) {
      Drive wanted = Objects.requireNonNull(drive);
      try {
        if (!goOn(wanted)) {
          continue; // it was spare for a while: all may be different now
        }
      } catch (Throwable e) { // for who waits outside
        wanted.failure = e;
      }
      spareDrivers.push(baton.here());
      baton.passTo(outside);
    }
    return outside;
  }

  boolean hasSuspended() {
    return suspendedCount > 0;
  }

  boolean isClosed() {
    return closed;
  }

  /** Ends the threads of the world; no task may be suspended. */
  void close() {
    closed = true;
    Baton.Place spare = spareDrivers.poll();
    while (spare != null) {
      baton.passTo(spare);
      spare = spareDrivers.poll();
    }
  }

  /** Lets one thing happen after the other until what is wanted has come; false if that changed. */
  private boolean goOn(Drive wanted) {
    wanted.holds = wanted.condition.getAsBoolean();
    while (!wanted.holds) {
      if (baton.takeInterrupt()) {
        wanted.interrupted = true;
        return true;
      }
      if (readyCount > 0) {
        runOneTask();
        if (closed || !wanted.equals(drive)) {
          return false;
        }
      } else {
        Event next = queue.peek();
        if (next == null || next.atNs > wanted.untilNs) {
          nowNs = Math.max(nowNs, wanted.untilNs);
          wanted.holds = wanted.condition.getAsBoolean();
          return true;
        }
        moveTo(next.atNs);
      }
      wanted.holds = wanted.condition.getAsBoolean();
    }
    return true;
  }

  /** All events of one time happen before the first strand has its turn. */
  private void moveTo(long atNs) {
    if (atNs > nowNs) {
      nowNs = atNs;
      tasksAtThisInstant = 0;
    }
    Event next = queue.peek();
    while (next != null && next.atNs == atNs) {
      countAtThisInstant();
      queue.poll().fire();
      next = queue.peek();
    }
  }

  private void runOneTask() {
    countAtThisInstant();
    int index = readyCount == 1 ? 0 : order.nextInt(readyCount);
    SimStrand strand = Objects.requireNonNull(ready[index]);
    ready[index] = ready[--readyCount];
    ready[readyCount] = null;
    strand.takeTurn();
  }

  private void countAtThisInstant() {
    if (++tasksAtThisInstant > mostTasksAtOneInstant) {
      throw new IllegalStateException(
          "the world of seed "
              + seed
              + " runs away: more than "
              + mostTasksAtOneInstant
              + " tasks and events at "
              + nowNs
              + " ns, ready are "
              + Arrays.stream(ready).filter(Objects::nonNull).limit(10).toList()
              + "; something goes on without letting time pass");
    }
  }
}
