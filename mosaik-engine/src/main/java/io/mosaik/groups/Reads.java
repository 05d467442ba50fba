package io.mosaik.groups;

import io.mosaik.groups.Group.Answered;
import io.mosaik.groups.GroupException.Outcome;
import io.mosaik.groups.raft.Input;
import io.mosaik.runtime.Clock;
import io.mosaik.runtime.Strand;
import io.mosaik.runtime.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The strong reads that this member's user waits for: each asks consensus for an index at which it
 * may be answered (§6.4), and asks again where that fails, until its deadline. Everything on the
 * group's strand.
 */
final class Reads<Q, A> {

  /** The most strong reads of one member at once. */
  static final int MAX_WAITING = 16_384;

  private static final Duration RETRY_DELAY = Duration.ofMillis(50);

  /** One read, over all its attempts. */
  private final class Read {
    private final Q query;
    private final CompletableFuture<Answered<A>> future;
    private final long deadlineNs;
    private @Nullable Timer timer;
    private long token;

    Read(Q query, CompletableFuture<Answered<A>> future, long deadlineNs) {
      this.query = query;
      this.future = future;
      this.deadlineNs = deadlineNs;
    }
  }

  private final Strand strand;
  private final Clock clock;
  private final Executor callbacks;
  private final Duration attemptTimeout;
  private final Consumer<Input> consensus;
  private final BiConsumer<Q, CompletableFuture<Answered<A>>> answer;
  private final Map<Long, Read> asking = new LinkedHashMap<>();
  private int waitingCount;
  private long lastToken;
  private boolean ended;

  /**
   * Without any reads yet.
   *
   * @param attemptTimeout until consensus is asked again
   * @param answer answers a query once all is applied that was committed until now
   */
  Reads(
      Strand strand,
      Clock clock,
      Executor callbacks,
      Duration attemptTimeout,
      Consumer<Input> consensus,
      BiConsumer<Q, CompletableFuture<Answered<A>>> answer) {
    this.strand = strand;
    this.clock = clock;
    this.callbacks = callbacks;
    this.attemptTimeout = attemptTimeout;
    this.consensus = consensus;
    this.answer = answer;
  }

  /** Begins a read. */
  void submit(Q query, CompletableFuture<Answered<A>> future, long deadlineNs) {
    if (ended || waitingCount >= MAX_WAITING) {
      fail(future, ended ? "the group was left" : "too many strong reads wait already");
      return;
    }
    waitingCount++;
    attempt(new Read(query, future, deadlineNs));
  }

  private void attempt(Read read) {
    long leftNs = read.deadlineNs - clock.nanoTime();
    if (ended || leftNs <= 0) {
      waitingCount--;
      fail(
          read.future,
          ended ? "the group was left" : "no leader confirmed the read before the deadline");
      return;
    }
    read.token = ++lastToken;
    asking.put(read.token, read);
    read.timer =
        strand.schedule(
            Duration.ofNanos(Math.min(leftNs, attemptTimeout.toNanos())),
            () -> {
              asking.remove(read.token);
              attempt(read);
            });
    consensus.accept(new Input.ReadIndex(read.token));
  }

  /** The read may be answered by the local state, once it has applied what came before this. */
  void ready(long token) {
    Read read = asking.remove(token);
    if (read != null) {
      cancelTimer(read);
      waitingCount--;
      answer.accept(read.query, read.future);
    }
  }

  /** The read could not be confirmed; another attempt follows. */
  void failed(long token) {
    Read read = asking.remove(token);
    if (read != null) {
      cancelTimer(read);
      long leftNs = Math.max(0, read.deadlineNs - clock.nanoTime());
      read.timer =
          strand.schedule(
              Duration.ofNanos(Math.min(leftNs, RETRY_DELAY.toNanos())), () -> attempt(read));
    }
  }

  /** The membership ends. */
  void end() {
    ended = true;
    for (Read read : new ArrayList<>(asking.values())) {
      cancelTimer(read);
      fail(read.future, "the group was left");
    }
    asking.clear();
  }

  private void cancelTimer(Read read) {
    if (read.timer != null) {
      read.timer.cancel();
    }
  }

  private void fail(CompletableFuture<Answered<A>> future, String message) {
    var error = new GroupException(Outcome.OFFLINE, message);
    callbacks.execute(() -> future.completeExceptionally(error));
  }
}
