package io.mosaik.groups;

import io.mosaik.groups.Group.Answered;
import io.mosaik.groups.Group.Executed;
import io.mosaik.groups.GroupException.Outcome;
import io.mosaik.groups.log.Entry;
import io.mosaik.runtime.Clock;
import io.mosaik.runtime.Strand;
import io.mosaik.wire.Codec;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/**
 * The door through which users' calls come in, from any thread: refuses what can't be taken, makes
 * room for what can, and hands it to the strand that it belongs to.
 */
final class Requests<C, R, Q, A> {

  private static final Duration LONGEST_DEADLINE = Duration.ofDays(365);

  private final Codec<C> codec;
  private final Clock clock;
  private final Strand strand;
  private final Strand machineStrand;
  private final Calls<R> calls;
  private final Reads<Q, A> reads;
  private final BooleanSupplier left;
  private final AtomicLong lastToken = new AtomicLong();

  /**
   * A door.
   *
   * @param left whether the group was left: nothing is taken any more
   */
  Requests(
      Codec<C> codec,
      Clock clock,
      Strand strand,
      Strand machineStrand,
      Calls<R> calls,
      Reads<Q, A> reads,
      BooleanSupplier left) {
    this.codec = codec;
    this.clock = clock;
    this.strand = strand;
    this.machineStrand = machineStrand;
    this.calls = calls;
    this.reads = reads;
    this.left = left;
  }

  CompletableFuture<Executed<R>> execute(C command, Duration deadline) {
    byte[] bytes = codec.toBytes(command);
    var call = new Call<R>(bytes, lastToken.incrementAndGet(), deadlineNs(deadline));
    if (left.getAsBoolean()) {
      call.future.completeExceptionally(wasLeft());
    } else if (bytes.length > Entry.MAX_COMMAND_BYTES) {
      call.future.completeExceptionally(
          new GroupException(
              Outcome.REJECTED,
              "a command of %,d bytes; at most %,d are allowed"
                  .formatted(bytes.length, Entry.MAX_COMMAND_BYTES)));
    } else if (!calls.reserve(bytes.length)) {
      call.future.completeExceptionally(
          new GroupException(
              Outcome.OFFLINE,
              "more than %,d commands or %,d bytes wait already; send slower or wait"
                  .formatted(Calls.MAX_PENDING, Calls.MAX_PENDING_BYTES)));
    } else {
      strand.execute(() -> calls.submit(call));
    }
    return call.future;
  }

  CompletableFuture<Answered<A>> queryWeak(Q query, Duration deadline) {
    var future = new CompletableFuture<Answered<A>>();
    long deadlineNs = deadlineNs(deadline);
    if (isTaken(future)) {
      strand.execute(() -> reads.watch(future, deadlineNs));
      machineStrand.execute(reads.question(query, future));
    }
    return future;
  }

  CompletableFuture<Answered<A>> queryStrong(Q query, Duration deadline) {
    var future = new CompletableFuture<Answered<A>>();
    long deadlineNs = deadlineNs(deadline);
    if (isTaken(future)) {
      strand.execute(() -> reads.submit(query, future, deadlineNs));
    }
    return future;
  }

  private boolean isTaken(CompletableFuture<Answered<A>> future) {
    if (left.getAsBoolean()) {
      future.completeExceptionally(wasLeft());
      return false;
    }
    if (!reads.reserve()) {
      future.completeExceptionally(
          new GroupException(
              Outcome.OFFLINE,
              "more than %,d queries wait already; ask slower or wait"
                  .formatted(Reads.MAX_WAITING)));
      return false;
    }
    return true;
  }

  private static GroupException wasLeft() {
    return new GroupException(Outcome.OFFLINE, "the group was left");
  }

  private long deadlineNs(Duration deadline) {
    return clock.nanoTime()
        + Math.min(deadline.toSeconds(), LONGEST_DEADLINE.toSeconds() - 1) * 1_000_000_000L
        + deadline.toNanosPart();
  }
}
