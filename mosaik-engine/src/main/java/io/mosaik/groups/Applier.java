package io.mosaik.groups;

import io.mosaik.groups.Group.Answered;
import io.mosaik.groups.Group.Executed;
import io.mosaik.groups.Group.Refused;
import io.mosaik.groups.Group.Result;
import io.mosaik.groups.GroupException.Outcome;
import io.mosaik.groups.log.Entry;
import io.mosaik.groups.log.SnapshotManifest;
import io.mosaik.groups.raft.Sessions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
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

  /**
   * A committed entry on its way to the machine.
   *
   * @param call the local call that issued it, or null
   */
  record Item<R>(long index, Entry entry, @Nullable Call<R> call) {}

  private final StateMachine<C, R, Q, A> machine;
  private final Executor callbacks;
  private Sessions sessions = new Sessions();
  private long appliedIndex;

  Applier(StateMachine<C, R, Q, A> machine, Executor callbacks) {
    this.machine = machine;
    this.callbacks = callbacks;
  }

  /** Applies committed entries in their order. */
  void apply(List<Item<R>> items) {
    List<Runnable> completions = new ArrayList<>();
    try {
      for (Item<R> item : items) {
        if (item.entry() instanceof Entry.Command command
            && sessions.admit(command.origin(), command.sequence()) == Sessions.Verdict.APPLY) {
          apply(item, command, completions);
        }
        appliedIndex = item.index();
      }
    } finally {
      if (!completions.isEmpty()) {
        callbacks.execute(() -> completions.forEach(Runnable::run));
      }
    }
  }

  private void apply(Item<R> item, Entry.Command command, List<Runnable> completions) {
    Result<R> result = result(item, command);
    Call<R> call = item.call();
    if (call != null && call.applied(command.sequence(), result)) {
      completions.add(call::complete);
    }
  }

  private Result<R> result(Item<R> item, Entry.Command command) {
    var context = new ApplyContext(item.index(), command.term(), command.origin().peer());
    try {
      R result = machine.apply(machine.commandCodec().fromBytes(command.bytes()), context);
      return new Executed<>(result, item.index(), command.term());
    } catch (RuntimeException e) {
      log.debug("The machine rejected the command at {}", item.index(), e);
      var reason =
          new GroupException(
              Outcome.REJECTED, "the machine rejected the command: " + e.getMessage(), e);
      return new Refused<>(reason, item.index(), command.term());
    }
  }

  /**
   * Starts over.
   *
   * @param snapshot that it starts from; null for the beginning of a log
   */
  void rebuild(@Nullable SnapshotManifest snapshot) {
    if (snapshot != null) {
      throw new IllegalStateException("no machine has snapshots: " + snapshot);
    }
    machine.reset();
    sessions = new Sessions();
    appliedIndex = 0;
  }

  /** The index up to which the log is applied. */
  long appliedIndex() {
    return appliedIndex;
  }

  /** Answers from the state as it is now. */
  void query(Q query, CompletableFuture<Answered<A>> future) {
    try {
      var answered = new Answered<>(machine.query(query), appliedIndex);
      callbacks.execute(() -> future.complete(answered));
    } catch (RuntimeException e) {
      var rejected =
          new GroupException(
              Outcome.REJECTED, "the machine rejected the query: " + e.getMessage(), e);
      callbacks.execute(() -> future.completeExceptionally(rejected));
    }
  }
}
