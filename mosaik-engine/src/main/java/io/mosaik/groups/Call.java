package io.mosaik.groups;

import io.mosaik.groups.Group.Placed;
import io.mosaik.groups.Group.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Commands that this member's user has given together, from the call until all of them are seen
 * applied. Its fields belong to the group's strand, but for what says otherwise.
 *
 * @param <R> results
 */
abstract sealed class Call<R> {

  final List<byte[]> commands;
  final int sizeBytes;
  final long token;
  final long deadlineNs;

  /** How many are not yet seen applied: so long, they take room. */
  int open;

  /** Whether its deadline has passed. */
  boolean expired;

  private boolean numbered;
  private long firstSequence;
  private long nextSequence;
  private long nextApplied;

  private Call(List<byte[]> commands, long token, long deadlineNs) {
    this.commands = commands;
    this.token = token;
    this.deadlineNs = deadlineNs;
    int size = 0;
    for (byte[] command : commands) {
      size += command.length;
    }
    sizeBytes = size;
    open = commands.size();
  }

  /** Consensus has numbered the commands: they may be applied, whatever happens. */
  final void number(long first) {
    numbered = true;
    firstSequence = first;
    nextSequence = first;
    nextApplied = first;
  }

  final boolean isNumbered() {
    return numbered;
  }

  /** The numbers are less by so many; those of commands that have come are of no use any more. */
  final void renumber(long by) {
    firstSequence -= by;
    nextSequence -= by;
    nextApplied -= by;
  }

  /** Whether all of the commands have come. */
  final boolean isTaken() {
    return nextSequence > lastSequence();
  }

  /** Whether some of the commands have come, and not all. */
  final boolean isPartlyTaken() {
    return nextSequence > firstSequence && nextSequence <= lastSequence();
  }

  final long firstSequence() {
    return firstSequence;
  }

  final long lastSequence() {
    return firstSequence + commands.size() - 1;
  }

  /**
   * Whether the command with this number is one of these. It may come several times, and also
   * before its turn: the sessions say which of them counts (S2).
   */
  final boolean takes(long sequence) {
    if (sequence > lastSequence()) {
      return false;
    }
    nextSequence = Math.max(nextSequence, sequence + 1);
    return true;
  }

  /** The next of the commands is applied. */
  final void appliedNext() {
    nextApplied++;
    open--;
  }

  /**
   * The commands up to this number won't be seen applied any more; returns whether these are any.
   */
  final boolean skipThrough(long sequence) {
    long next = Math.max(nextApplied, Math.min(sequence, lastSequence()) + 1);
    int skipped = (int) (next - nextApplied);
    nextApplied = next;
    nextSequence = Math.max(nextSequence, next);
    open -= skipped;
    return skipped > 0;
  }

  /** Which of the commands has this number; on any strand, once they are numbered. */
  final int position(long sequence) {
    return (int) (sequence - firstSequence);
  }

  /**
   * A command has its index.
   *
   * @return whether that is all that the user has waited for
   */
  abstract boolean placed(long sequence, long index, long term);

  /**
   * The machine has taken a command; on the machine's strand.
   *
   * @return whether that is all that the user has waited for
   */
  abstract boolean applied(long sequence, Result<R> result);

  /** Tells the user what has come; on the strand of users' callbacks. */
  abstract void complete();

  /** Tells the user what is sure; on the strand of users' callbacks. */
  abstract void fail(GroupException error);

  /** Waits until the machine has taken all of them. */
  static final class Execute<R> extends Call<R> {

    final CompletableFuture<List<Result<R>>> future = new CompletableFuture<>();
    private final List<Result<R>> results;

    Execute(List<byte[]> commands, long token, long deadlineNs) {
      super(commands, token, deadlineNs);
      results = new ArrayList<>(commands.size());
    }

    @Override
    boolean placed(long sequence, long index, long term) {
      return false;
    }

    @Override
    boolean applied(long sequence, Result<R> result) {
      results.add(result); // they come in their order
      return results.size() == commands.size();
    }

    @Override
    void complete() {
      future.complete(List.copyOf(results));
    }

    @Override
    void fail(GroupException error) {
      future.completeExceptionally(error);
    }
  }

  /** Waits until the leader has placed all of them. */
  static final class Feed<R> extends Call<R> {

    final CompletableFuture<List<Placed>> future = new CompletableFuture<>();
    private final @Nullable Placed[] places;
    private int missing;

    Feed(List<byte[]> commands, long token, long deadlineNs) {
      super(commands, token, deadlineNs);
      places = new @Nullable Placed[commands.size()];
      missing = places.length;
    }

    @Override
    boolean placed(long sequence, long index, long term) {
      int position = position(sequence);
      boolean first = places[position] == null;
      places[position] = new Placed(index, term);
      return first && --missing == 0;
    }

    @Override
    boolean applied(long sequence, Result<R> result) {
      return false; // the place was told on the group's strand
    }

    @Override
    void complete() {
      List<Placed> all = new ArrayList<>(places.length);
      for (Placed place : places) {
        if (place != null) {
          all.add(place);
        }
      }
      future.complete(List.copyOf(all));
    }

    @Override
    void fail(GroupException error) {
      future.completeExceptionally(error);
    }
  }
}
