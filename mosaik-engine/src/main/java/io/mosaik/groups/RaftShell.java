package io.mosaik.groups;

import io.mosaik.groups.log.LogPosition;
import io.mosaik.groups.log.LogStorage;
import io.mosaik.groups.log.LogStorageException;
import io.mosaik.groups.log.LogWrite;
import io.mosaik.groups.raft.Consensus;
import io.mosaik.groups.raft.Effect;
import io.mosaik.groups.raft.EffectQueue;
import io.mosaik.groups.raft.Input;
import io.mosaik.groups.raft.RaftStatus;
import io.mosaik.groups.raft.Tenure;
import io.mosaik.groups.raft.TimerKind;
import io.mosaik.runtime.Clock;
import io.mosaik.runtime.Strand;
import io.mosaik.runtime.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Runs a consensus core on the group's strand: gives it what happened, and carries out its effects
 * in their order. What relies on a write waits until that is durable; what the core can send as few
 * messages goes out at the end of the turn, when everything that was waiting has been given to it.
 *
 * <p>Writes are given to the storage as soon as the core asks for them, in order, while earlier
 * ones are still on their way to the disk; one sync then makes all of them durable.
 */
final class RaftShell {

  /** Who does what the shell itself can't. On the strand. */
  interface Outlet {

    /** Carries out an effect; they come in their order. */
    void carryOut(Effect effect);

    /** What this member can rely on of its leadership, after each step and before its effects. */
    void tenure(@Nullable Tenure tenure);

    /** The member can go on no further; nothing is done after this. */
    void stopped(String reason);

    /** A turn has ended: the core's status may have changed. */
    void turned();
  }

  private final Consensus raft;
  private final LogStorage storage;
  private final Strand strand;
  private final Clock clock;
  private final Outlet outlet;

  /** More that waits for the disk ends the member, if nothing has become durable for a while. */
  static final int MOST_WAITING = 100_000;

  static final Duration PATIENCE = Duration.ofSeconds(10);

  private final EffectQueue effects = new EffectQueue();
  private final Map<TimerKind, Timer> timers = new EnumMap<>(TimerKind.class);

  private boolean syncing;
  private long syncingSinceNs;
  private boolean carryingOut;
  private boolean flushIsDue;
  private boolean stopped;

  RaftShell(Consensus raft, LogStorage storage, Strand strand, Clock clock, Outlet outlet) {
    this.raft = raft;
    this.storage = storage;
    this.strand = strand;
    this.clock = clock;
    this.outlet = outlet;
  }

  RaftStatus status() {
    return raft.status();
  }

  void start() {
    List<Effect> effects = new ArrayList<>();
    raft.start(clock.nanoTime(), effects);
    carryOut(effects);
    scheduleFlush();
  }

  /** Gives the core an input; its effects are carried out before this returns, or queue up. */
  void step(Input input) {
    if (stopped) {
      return;
    }
    List<Effect> effects = new ArrayList<>();
    raft.step(input, clock.nanoTime(), effects);
    outlet.tenure(raft.tenure());
    carryOut(effects);
    scheduleFlush();
  }

  private void scheduleFlush() {
    if (!flushIsDue) {
      flushIsDue = true;
      strand.execute(this::flush);
    }
  }

  private void flush() {
    flushIsDue = false;
    if (stopped) {
      return;
    }
    List<Effect> effects = new ArrayList<>();
    raft.flush(clock.nanoTime(), effects);
    outlet.tenure(raft.tenure());
    carryOut(effects);
    outlet.turned();
  }

  private void carryOut(List<Effect> wanted) {
    for (Effect effect : wanted) {
      if (stopped) {
        return;
      }
      switch (effect) {
        case Effect.Persist persist -> write(persist.write());
        case Effect.Archive archive -> archive(); // before the write that follows it
        default -> effects.add(effect);
      }
    }
    if (carryingOut) {
      return; // an effect led to another input; what came of it has its place in the queue
    }
    carryingOut = true;
    try {
      carryOutAll();
    } finally {
      carryingOut = false;
    }
  }

  private void carryOutAll() {
    while (!stopped) {
      LogPosition stored = effects.pollStored();
      if (stored != null) {
        step(new Input.Persisted(stored));
        continue;
      }
      Effect next = effects.poll();
      if (next != null) {
        carryOut(next);
        continue;
      }
      if (syncing) {
        stopIfStuck();
        return;
      }
      if (!effects.awaitsDisk()) {
        return;
      }
      sync(); // which may be over at once
    }
  }

  /** What waits for a disk is bounded: entries by the core (R7), and all else here. */
  private void stopIfStuck() {
    if (effects.size() > MOST_WAITING && clock.nanoTime() - syncingSinceNs > PATIENCE.toNanos()) {
      stop(
          "its log storage failed: nothing has become durable for more than "
              + PATIENCE.toSeconds()
              + " s, and too much waits for it");
    }
  }

  private void write(LogWrite write) {
    try {
      storage.write(write);
      effects.written(write);
    } catch (RuntimeException e) {
      stop("its log storage failed: " + e.getMessage());
    }
  }

  private void prune(long throughIndex) {
    try {
      storage.prune(throughIndex);
    } catch (RuntimeException e) {
      stop("its log storage failed: " + e.getMessage());
    }
  }

  private void archive() {
    try {
      storage.archive();
    } catch (RuntimeException e) {
      stop("its log storage failed: " + e.getMessage());
    }
  }

  /** Makes durable what is written. */
  private void sync() {
    syncing = true;
    syncingSinceNs = clock.nanoTime();
    long through = effects.writes();
    try {
      storage.sync(
          new LogStorage.SyncListener() {
            @Override
            public void durable() {
              onStrand(() -> synced(through));
            }

            @Override
            public void failed(LogStorageException reason) {
              onStrand(() -> stop("its log storage failed: " + reason.getMessage()));
            }
          });
    } catch (RuntimeException e) {
      stop("its log storage failed: " + e.getMessage());
    }
  }

  private void onStrand(Runnable task) {
    if (strand.isCurrent()) {
      task.run();
    } else {
      strand.execute(task);
    }
  }

  private void synced(long through) {
    syncing = false;
    effects.durable(through);
    if (!stopped) {
      carryOut(List.of());
    }
  }

  private void carryOut(Effect effect) {
    switch (effect) {
      case Effect.Prune prune -> prune(prune.throughIndex());
      case Effect.SetTimer timer -> setTimer(timer.kind(), Duration.ofNanos(timer.delayNs()));
      case Effect.CancelTimer timer -> cancel(timers.remove(timer.kind()));
      case Effect.Stopped stop -> stop(stop.reason());
      default -> outlet.carryOut(effect);
    }
  }

  private void setTimer(TimerKind kind, Duration delay) {
    cancel(
        timers.put(
            kind,
            strand.schedule(
                delay,
                () -> {
                  timers.remove(kind);
                  step(new Input.TimerFired(kind));
                })));
  }

  private static void cancel(@Nullable Timer timer) {
    if (timer != null) {
      timer.cancel();
    }
  }

  private void stop(String reason) {
    if (!stopped) {
      close();
      outlet.stopped(reason);
    }
  }

  /** Ends it: no input has an effect any more, and the storage is not used. Idempotent. */
  void close() {
    if (stopped) {
      return;
    }
    stopped = true;
    timers.values().forEach(Timer::cancel);
    timers.clear();
    effects.clear();
  }
}
