package io.mosaik.groups;

import io.mosaik.groups.Group.Answered;
import io.mosaik.groups.GroupException.Outcome;
import io.mosaik.groups.log.Entry;
import io.mosaik.groups.log.Lineage;
import io.mosaik.groups.log.Origin;
import io.mosaik.groups.log.SnapshotInput;
import io.mosaik.groups.log.SnapshotManifest;
import io.mosaik.groups.raft.Sessions;
import io.mosaik.groups.sync.SyncMessage.StateAt;
import io.mosaik.id.Digest;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The replicated state of one member: the user's machine and the sessions that make each command
 * count once. Runs on the machine's own strand, so that a slow machine delays nothing but itself.
 * What callers wait for is completed on another strand of the user's, so that what they chain to it
 * doesn't run inside the machine.
 */
final class Applier<C, R, Q, A> {

  private static final Logger log = LoggerFactory.getLogger(Applier.class);

  /** At every index that this divides, the state's digest is taken, where there is one. */
  private static final int DIGEST_EVERY = 1_000;

  /**
   * A committed entry on its way to the machine.
   *
   * @param call the local call that issued it, or null
   */
  record Item<R>(long index, Entry entry, @Nullable Call<R> call) {}

  private final StateMachine<C, R, Q, A> machine;
  private final Executor callbacks;
  private final MachineActivity activity;
  private final CommandBatch<C, R> batch;
  private final SnapshotInput.Source snapshots;
  private final Consumer<StateAt> digests;
  private Lineage lineage = Lineage.NONE;
  private Sessions sessions = new Sessions();
  private long appliedIndex;
  private boolean digestFailed;

  /**
   * Of a machine without any command yet.
   *
   * @param activity is told what the machine does
   * @param snapshots where {@link #rebuild} reads them
   * @param digests is told of the state's digests
   */
  Applier(
      StateMachine<C, R, Q, A> machine,
      Executor callbacks,
      MachineActivity activity,
      SnapshotInput.Source snapshots,
      Consumer<StateAt> digests) {
    this.machine = machine;
    this.callbacks = callbacks;
    this.activity = activity;
    batch = new CommandBatch<>(machine, activity);
    this.snapshots = snapshots;
    this.digests = digests;
  }

  /**
   * Applies committed entries in their order.
   *
   * @return the calls of those commands that came in their turn, once for each
   */
  List<Call<R>> apply(List<Item<R>> items) {
    List<Call<R>> calls = new ArrayList<>();
    List<Runnable> completions = new ArrayList<>();
    try {
      for (Item<R> item : items) {
        if (item.entry() instanceof Entry.Command command) {
          if (sessions.admit(command.origin(), command.sequence()) == Sessions.Verdict.APPLY) {
            batch.add(item, command, completions);
            if (item.call() != null) {
              calls.add(item.call());
            }
          }
        } else if (item.entry() instanceof Entry.Formation formation) {
          lineage = formation.lineage();
        }
        appliedIndex = item.index();
        if (appliedIndex % DIGEST_EVERY == 0) {
          batch.apply(completions);
          digest();
        }
      }
      batch.apply(completions);
    } finally {
      activity.rests(appliedIndex);
      if (!completions.isEmpty()) {
        callbacks.execute(() -> completions.forEach(Runnable::run));
      }
    }
    return calls;
  }

  /**
   * Starts over.
   *
   * @param snapshot that it starts from; null for the beginning of a log
   * @throws IllegalStateException if it can't be started over from that
   */
  void rebuild(@Nullable SnapshotManifest snapshot) {
    activity.begins(appliedIndex);
    try {
      machine.reset();
      sessions = new Sessions();
      appliedIndex = 0;
      lineage = Lineage.NONE;
      if (snapshot != null) {
        restore(snapshot);
      }
    } finally {
      activity.rests(appliedIndex);
    }
  }

  private void restore(SnapshotManifest snapshot) {
    if (!(machine.stateSync() instanceof StateSync.Snapshot sync)) {
      throw new IllegalStateException("the machine takes no snapshots, and there is " + snapshot);
    }
    try (var in = new BufferedInputStream(new SnapshotInput(snapshots, snapshot))) {
      sessions = MachineImage.readSessions(in);
      sync.restore(in);
    } catch (IOException | RuntimeException e) {
      throw new IllegalStateException("it can't start from " + snapshot + ": " + e, e);
    }
    appliedIndex = snapshot.position().index();
    lineage = snapshot.lineage();
  }

  /** The last number applied of an origin. */
  long lastApplied(Origin origin) {
    return sessions.lastApplied(origin);
  }

  /** The index up to which the log is applied. */
  long appliedIndex() {
    return appliedIndex;
  }

  private void digest() {
    activity.begins(appliedIndex);
    try {
      Digest digest = machine.stateDigest();
      if (digest != null) {
        digests.accept(new StateAt(lineage, appliedIndex, digest));
      }
    } catch (RuntimeException | Error e) {
      if (MachineErrors.isOfTheJvm(e)) {
        throw e;
      }
      if (!digestFailed) {
        digestFailed = true;
        log.error(
            "The machine gives no digest of its state at {}: members that diverge are not noticed by"
                + " it there. Said once",
            appliedIndex,
            e);
      }
    }
  }

  /** Takes hold of the state as it is now; null if the machine has no snapshots, or fails. */
  @Nullable MachineImage image() {
    activity.begins(appliedIndex);
    try {
      return machine.stateSync() instanceof StateSync.Snapshot sync
          ? MachineImage.of(sessions, sync.image())
          : null;
    } catch (RuntimeException e) {
      log.error("The machine gives no image of its state; the log stays longer", e);
      return null;
    } finally {
      activity.rests(appliedIndex);
    }
  }

  /** Answers from the state as it is now. */
  void query(Q query, CompletableFuture<Answered<A>> future) {
    activity.begins(appliedIndex);
    try {
      var answered = new Answered<>(machine.query(query), appliedIndex);
      callbacks.execute(() -> future.complete(answered));
    } catch (RuntimeException | Error e) {
      var rejected =
          new GroupException(
              Outcome.REJECTED, "the machine rejected the query: " + MachineErrors.text(e), e);
      callbacks.execute(() -> future.completeExceptionally(rejected));
      if (MachineErrors.isOfTheJvm(e)) {
        throw e;
      }
    } finally {
      activity.rests(appliedIndex);
    }
  }
}
