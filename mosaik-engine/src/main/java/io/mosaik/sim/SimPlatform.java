package io.mosaik.sim;

import io.mosaik.runtime.Clock;
import io.mosaik.runtime.DeadlineExceededException;
import io.mosaik.runtime.Platform;
import io.mosaik.runtime.Strand;
import io.mosaik.runtime.WaitInterruptedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.random.RandomGenerator;

/** What one incarnation of a {@link Node} stands on; ends when that crashes or is stopped. */
final class SimPlatform implements Platform {

  private final Node node;
  private final Scheduler scheduler;
  private final SplittableRandom random;
  private final Set<SimStrand> strands = new LinkedHashSet<>();
  private final Set<SimStrand> sleepers = new LinkedHashSet<>();
  private final List<SimStrand> waiting = new ArrayList<>();
  private final Event wakeUp = Event.of(this::letWaitingRun);
  private long busyUntilNs;
  private boolean ended;

  SimPlatform(Node node, Scheduler scheduler, SplittableRandom random) {
    this.node = node;
    this.scheduler = scheduler;
    this.random = random;
  }

  String nodeName() {
    return node.name();
  }

  @Override
  public Clock clock() {
    return node.clock();
  }

  @Override
  public RandomGenerator newRandom() {
    return random.split();
  }

  @Override
  public byte[] randomBytes(int length) {
    var bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  @Override
  public Strand newStrand(String name) {
    return newStrand(name, false);
  }

  @Override
  public Strand newUserStrand(String name) {
    return newStrand(name, true);
  }

  private SimStrand newStrand(String name, boolean forUserCode) {
    scheduler.checkThread();
    var strand = new SimStrand(name, forUserCode, this, scheduler);
    if (ended) {
      strand.close();
    } else {
      strands.add(strand);
    }
    return strand;
  }

  @Override
  public <T> T await(CompletionStage<T> stage, Duration deadline) {
    SimStrand caller = scheduler.current();
    if (caller != null && !caller.isForUserCode()) {
      throw new IllegalStateException(
          "a wait on the engine's own strand '"
              + caller.name()
              + "' would stall other strands; wait on a user strand or use the stage");
    }
    if (scheduler.callerIsInterrupted()) {
      throw new WaitInterruptedException("interrupted while waiting for a result");
    }
    CompletableFuture<T> future = stage.toCompletableFuture();
    long waitNs = Math.min(Scheduler.NEVER_NS, toWorldNs(deadline));
    if (caller != null) {
      awaitOnUserStrand(caller, future, waitNs);
    } else if (!future.isDone() && !ended) {
      boolean unused = scheduler.drive(() -> future.isDone() || ended, scheduler.nowNs() + waitNs);
    }
    if (!future.isDone()) {
      throw new DeadlineExceededException(
          ended
              ? "node '" + node.name() + "' is down, and its work never ends"
              : "no result within " + deadline + " (seed " + scheduler.seed() + ")");
    }
    return result(future);
  }

  private void awaitOnUserStrand(SimStrand caller, CompletableFuture<?> future, long waitNs) {
    if (ended) {
      throw new NodeCrashed(node.name());
    }
    if (future.isDone()) {
      return;
    }
    Event deadline = Event.of(caller::wake);
    scheduler.plan(deadline, waitNs);
    sleepers.add(caller);
    var unused =
        future.whenComplete((result, error) -> {
          if (deadline.isPlanned()) {
            scheduler.takeBack(deadline);
            caller.wake();
          }
        });
    caller.suspendTask();
    sleepers.remove(caller);
    scheduler.takeBack(deadline);
    if (ended) {
      throw new NodeCrashed(node.name());
    }
  }

  static <T> T result(CompletableFuture<T> future) {
    try {
      return future.join();
    } catch (CompletionException e) {
      Throwable cause = e;
      while (cause instanceof CompletionException && cause.getCause() != null) {
        cause = cause.getCause();
      }
      switch (cause) {
        case RuntimeException unchecked -> throw unchecked;
        case Error error -> throw error;
        default -> throw new CompletionException(cause);
      }
    }
  }

  long toWorldNs(Duration nodeTime) {
    return node.clock().toWorldNs(SimClock.saturatedNs(nodeTime));
  }

  void forget(SimStrand strand) {
    strands.remove(strand);
  }

  /** Whether the strand may have its turn; if not, it is kept until it may. */
  boolean mayRunNow(SimStrand strand) {
    if (ended) {
      return true; // there is nothing left to run but the end of a wait
    }
    if (node.isPaused()) {
      waiting.add(strand);
      return false;
    }
    if (busyUntilNs > scheduler.nowNs()) {
      waiting.add(strand);
      if (!wakeUp.isPlanned()) {
        scheduler.planAt(wakeUp, busyUntilNs);
      }
      return false;
    }
    return true;
  }

  void hasRun() {
    long costNs = node.taskCostNs();
    if (costNs > 0) {
      busyUntilNs = scheduler.nowNs() + costNs;
    }
  }

  void letWaitingRun() {
    List<SimStrand> now = List.copyOf(waiting);
    waiting.clear();
    now.forEach(SimStrand::resume);
  }

  /** All strands end, mid-air. */
  void end() {
    ended = true;
    List.copyOf(strands).forEach(SimStrand::close);
    List.copyOf(sleepers).forEach(SimStrand::wake);
    scheduler.takeBack(wakeUp);
  }
}
