package io.mosaik.groups;

import io.mosaik.groups.GroupException.Outcome;
import io.mosaik.groups.raft.Effect.TransferFailure;
import io.mosaik.groups.raft.Input;
import io.mosaik.id.PeerId;
import java.time.Duration;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The transfers of leadership that this member's user has asked for. On the group's strand, but for
 * {@link #request} and {@link #deadline}.
 */
final class Transfers {

  private record Transfer(@Nullable PeerId to, CompletableFuture<PeerId> future) {}

  private final Executor strand;
  private final Executor callbacks;
  private final Duration deadline;
  private final Consumer<Input> consensus;
  private final BooleanSupplier left;
  private final TreeMap<Long, Transfer> open = new TreeMap<>();
  private long lastToken;
  private boolean ended;

  Transfers(
      Executor strand,
      Executor callbacks,
      Duration deadline,
      Consumer<Input> consensus,
      BooleanSupplier left) {
    this.strand = strand;
    this.callbacks = callbacks;
    this.deadline = deadline;
    this.consensus = consensus;
    this.left = left;
  }

  /** Consensus ends a transfer within this time. */
  Duration deadline() {
    return deadline;
  }

  /** From any thread. */
  CompletableFuture<PeerId> request(@Nullable PeerId to) {
    var transfer = new Transfer(to, new CompletableFuture<>());
    if (left.getAsBoolean()) {
      transfer.future.completeExceptionally(
          new GroupException(Outcome.REJECTED, "the group was left"));
    } else {
      strand.execute(() -> begin(transfer));
    }
    return transfer.future;
  }

  private void begin(Transfer transfer) {
    if (ended) {
      fail(transfer, Outcome.REJECTED, "the group was left");
      return;
    }
    long token = ++lastToken;
    open.put(token, transfer);
    consensus.accept(new Input.Transfer(token, transfer.to));
  }

  void done(long token, PeerId leader) {
    Transfer transfer = open.remove(token);
    if (transfer == null) {
      return;
    }
    if (transfer.to == null || transfer.to.equals(leader)) {
      callbacks.execute(() -> transfer.future.complete(leader));
    } else {
      fail(
          transfer,
          Outcome.REJECTED,
          leader.toShortString() + " was elected, not " + transfer.to.toShortString());
    }
  }

  void failed(long token, TransferFailure reason, @Nullable PeerId leader) {
    Transfer transfer = open.remove(token);
    if (transfer == null) {
      return;
    }
    switch (reason) {
      case NOT_LEADING ->
          fail(
              transfer,
              Outcome.REJECTED,
              "this member doesn't lead"
                  + (leader == null
                      ? ", and knows no leader"
                      : "; " + leader.toShortString() + " does"));
      case BUSY -> fail(transfer, Outcome.REJECTED, "another transfer is under way");
      case NO_SUCCESSOR ->
          fail(
              transfer,
              Outcome.REJECTED,
              transfer.to == null
                  ? "there is no other voter that this member is bonded with"
                  : transfer.to.toShortString()
                      + " is no other voter that this member is bonded with");
      case TIMED_OUT ->
          fail(
              transfer,
              Outcome.UNKNOWN,
              "no other member was heard to lead within an election timeout");
    }
  }

  private void fail(Transfer transfer, Outcome outcome, String message) {
    var error = new GroupException(outcome, message);
    callbacks.execute(() -> transfer.future.completeExceptionally(error));
  }

  /** The membership ends: nobody hears what becomes of a transfer. */
  void end() {
    ended = true;
    open.values().forEach(transfer -> fail(transfer, Outcome.UNKNOWN, "the group was left"));
    open.clear();
  }
}
