package io.mosaik.groups;

import io.mosaik.groups.Group.Answered;
import io.mosaik.groups.GroupException.Outcome;
import io.mosaik.groups.log.Entry;
import io.mosaik.groups.raft.Message;
import io.mosaik.runtime.DeadlineExceededException;
import io.mosaik.runtime.Platform;
import io.mosaik.runtime.Strand;
import io.mosaik.runtime.WaitInterruptedException;
import io.mosaik.wire.Codec;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The door through which users' calls come in, from any thread: refuses what can't be taken, makes
 * room for what can, and hands it to the strand that it belongs to. Only what says so blocks.
 */
final class Requests<C, R, Q, A> {

  private static final Duration LONGEST_DEADLINE = Duration.ofDays(365);
  private static final String NO_ROOM =
      "%,d commands or %,d bytes wait already"
          .formatted(Calls.MAX_PENDING, Calls.MAX_PENDING_BYTES);

  private final Codec<C> codec;
  private final Platform platform;
  private final Strand strand;
  private final Strand machineStrand;
  private final Calls<R> calls;
  private final Reads<Q, A> reads;
  private final Supplier<@Nullable String> over;
  private final AtomicLong lastToken = new AtomicLong();

  /**
   * A door.
   *
   * @param over why nothing is taken any more; null as long as it is
   */
  Requests(
      Codec<C> codec,
      Platform platform,
      Strand strand,
      Strand machineStrand,
      Calls<R> calls,
      Reads<Q, A> reads,
      Supplier<@Nullable String> over) {
    this.codec = codec;
    this.platform = platform;
    this.strand = strand;
    this.machineStrand = machineStrand;
    this.calls = calls;
    this.reads = reads;
    this.over = over;
  }

  /** Commands to be applied together; throws what the codec throws. */
  Call.Execute<R> toExecute(List<? extends C> commands, Duration deadline) {
    return new Call.Execute<>(encode(commands), lastToken.incrementAndGet(), deadlineNs(deadline));
  }

  /** Commands to be placed together; throws what the codec throws. */
  Call.Feed<R> toFeed(List<? extends C> commands, Duration deadline) {
    return new Call.Feed<>(encode(commands), lastToken.incrementAndGet(), deadlineNs(deadline));
  }

  private List<byte[]> encode(List<? extends C> commands) {
    if (commands.isEmpty()) {
      throw new NoCommandsException();
    }
    return commands.stream().<byte[]>map(codec::toBytes).toList();
  }

  /** Takes a call in, or fails it at once where there is no room for it. Never blocks. */
  void submit(Call<R> call) {
    GroupException refusal = refusal(call);
    if (refusal == null && !calls.room().tryTake(call.commands.size(), call.sizeBytes)) {
      refusal = new GroupException(Outcome.OFFLINE, NO_ROOM + "; send slower or wait");
    }
    if (refusal != null) {
      call.fail(refusal);
    } else {
      strand.execute(() -> calls.submit(call));
    }
  }

  /** Takes a call in, or fails it; waits for room until the call's deadline. */
  void submitWaiting(Call<R> call) {
    GroupException refusal = refusal(call);
    if (refusal == null && !calls.room().tryTake(call.commands.size(), call.sizeBytes)) {
      refusal = awaitRoom(call);
    }
    if (refusal != null) {
      call.fail(refusal);
    } else {
      strand.execute(() -> calls.submit(call));
    }
  }

  private @Nullable GroupException awaitRoom(Call<R> call) {
    CompletableFuture<Void> admitted = calls.room().await(call.commands.size(), call.sizeBytes);
    try {
      platform.await(admitted, remaining(call));
      return null;
    } catch (DeadlineExceededException e) {
      return admitted.cancel(false)
          ? new GroupException(Outcome.OFFLINE, NO_ROOM + ", and none came free in time", e)
          : null;
    } catch (GroupException e) {
      return e;
    } catch (WaitInterruptedException | IllegalStateException e) {
      if (!admitted.cancel(false)) {
        strand.execute(() -> calls.room().give(call.commands.size(), call.sizeBytes));
      }
      throw e;
    }
  }

  /** How long the call still has; zero if its deadline has come. */
  Duration remaining(Call<R> call) {
    return Duration.ofNanos(Math.max(0, call.deadlineNs - platform.clock().nanoTime()));
  }

  private @Nullable GroupException refusal(Call<R> call) {
    String why = over.get();
    if (why != null) {
      return new GroupException(Outcome.OFFLINE, why);
    }
    if (call.commands.size() > Message.MAX_BATCH_ENTRIES
        || call.sizeBytes > Entry.MAX_COMMAND_BYTES) {
      return new GroupException(
          Outcome.REJECTED,
          "%,d commands of %,d bytes; at most %,d of %,d bytes can go together"
              .formatted(
                  call.commands.size(),
                  call.sizeBytes,
                  Message.MAX_BATCH_ENTRIES,
                  Entry.MAX_COMMAND_BYTES));
    }
    return null;
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
    String why = over.get();
    if (why != null) {
      future.completeExceptionally(new GroupException(Outcome.OFFLINE, why));
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

  private long deadlineNs(Duration deadline) {
    return platform.clock().nanoTime()
        + Math.min(deadline.toSeconds(), LONGEST_DEADLINE.toSeconds() - 1) * 1_000_000_000L
        + deadline.toNanosPart();
  }
}
