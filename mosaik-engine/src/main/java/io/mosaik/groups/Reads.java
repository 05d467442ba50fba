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
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The reads that this member's user waits for, each until it is answered or its deadline has come.
 * A weak one goes to the machine at once; a strong one asks consensus for an index at which it may
 * be answered (§6.4), and asks again where that fails. Everything on the group's strand, but for
 * what says otherwise.
 */
final class Reads<Q, A> {

  /** The most reads of one member at once. */
  static final int MAX_WAITING = 16_384;

  private static final Duration RETRY_DELAY = Duration.ofMillis(50);

  /** One read, over all its attempts. */
  private final class Read {
    private final long number;
    private final CompletableFuture<Answered<A>> future;
    private final long deadlineNs;

    /** What the machine shall do, as long as it has not been given to it. */
    private @Nullable Runnable question;

    private @Nullable Timer timer;
    private long token;

    Read(
        long number,
        CompletableFuture<Answered<A>> future,
        long deadlineNs,
        @Nullable Runnable question) {
      this.number = number;
      this.future = future;
      this.deadlineNs = deadlineNs;
      this.question = question;
    }
  }

  private final Strand strand;
  private final Clock clock;
  private final Executor callbacks;
  private final Duration attemptTimeout;
  private final Consumer<Input> consensus;
  private final BiConsumer<Q, CompletableFuture<Answered<A>>> machine;
  private final Consumer<Runnable> afterApplied;
  private final Supplier<@Nullable String> whyOffline;
  private final AtomicInteger waitingCount = new AtomicInteger();
  private final Map<Long, Read> asking = new LinkedHashMap<>();
  private final TreeSet<Read> open = new TreeSet<>(this::compareDeadlines);
  private @Nullable Timer timer;
  private long timerNs;
  private long lastNumber;
  private long lastToken;
  private boolean ended;

  /**
   * Without any reads yet.
   *
   * @param attemptTimeout until consensus is asked again
   * @param machine answers a query, on the machine's strand
   * @param afterApplied runs a task on the machine's strand, once all is applied that was committed
   *     until now
   * @param whyOffline why there is no way to a leader, as far as that is known
   */
  Reads(
      Strand strand,
      Clock clock,
      Executor callbacks,
      Duration attemptTimeout,
      Consumer<Input> consensus,
      BiConsumer<Q, CompletableFuture<Answered<A>>> machine,
      Consumer<Runnable> afterApplied,
      Supplier<@Nullable String> whyOffline) {
    this.strand = strand;
    this.clock = clock;
    this.callbacks = callbacks;
    this.attemptTimeout = attemptTimeout;
    this.consensus = consensus;
    this.machine = machine;
    this.afterApplied = afterApplied;
    this.whyOffline = whyOffline;
  }

  /**
   * Makes room for a read, from any thread; false if there is none. The room is free again when the
   * machine has come to the read, or never will.
   */
  boolean reserve() {
    if (waitingCount.incrementAndGet() > MAX_WAITING) {
      waitingCount.decrementAndGet();
      return false;
    }
    return true;
  }

  /** What the machine's strand shall do for a read for which there is room; from any thread. */
  Runnable question(Q query, CompletableFuture<Answered<A>> future) {
    return () -> {
      waitingCount.decrementAndGet();
      if (!future.isDone()) {
        machine.accept(query, future);
      }
    };
  }

  /** Gives a deadline to a weak read, whose question the machine has been given. */
  void watch(CompletableFuture<Answered<A>> future, long deadlineNs) {
    register(new Read(++lastNumber, future, deadlineNs, null));
  }

  /** Begins a strong read for which there is room. */
  void submit(Q query, CompletableFuture<Answered<A>> future, long deadlineNs) {
    var read = new Read(++lastNumber, future, deadlineNs, question(query, future));
    register(read);
    attempt(read);
  }

  private void register(Read read) {
    if (ended) {
      fail(read, "the group was left");
      return;
    }
    open.add(read);
    armTimer();
    var unused = read.future.whenComplete((answer, error) -> strand.execute(() -> finished(read)));
  }

  /** It is answered, failed, or given up by whoever asked. */
  private void finished(Read read) {
    open.remove(read);
    asking.remove(read.token);
    cancelTimer(read);
    if (read.question != null) {
      read.question = null;
      waitingCount.decrementAndGet();
    }
  }

  private void attempt(Read read) {
    if (!open.contains(read)) {
      return;
    }
    read.token = ++lastToken;
    asking.put(read.token, read);
    read.timer =
        strand.schedule(
            attemptTimeout,
            () -> {
              asking.remove(read.token);
              attempt(read);
            });
    consensus.accept(new Input.ReadIndex(read.token));
  }

  /** The read may be answered by the local state, once it has applied what came before this. */
  void ready(long token) {
    Read read = asking.remove(token);
    if (read != null && read.question != null) {
      cancelTimer(read);
      afterApplied.accept(read.question);
      read.question = null;
    }
  }

  /** The read could not be confirmed; another attempt follows. */
  void failed(long token) {
    Read read = asking.remove(token);
    if (read != null) {
      cancelTimer(read);
      read.timer = strand.schedule(RETRY_DELAY, () -> attempt(read));
    }
  }

  /** The membership ends: nothing that waits is answered any more. */
  void end() {
    ended = true;
    if (timer != null) {
      timer.cancel();
    }
    for (Read read : new ArrayList<>(open)) {
      finished(read);
      fail(read, "the group was left");
    }
  }

  private int compareDeadlines(Read a, Read b) {
    int byDeadline = Long.signum(a.deadlineNs - b.deadlineNs);
    return byDeadline != 0 ? byDeadline : Long.compare(a.number, b.number);
  }

  private void armTimer() {
    if (open.isEmpty()) {
      return;
    }
    long firstNs = open.first().deadlineNs;
    if (timer != null && timerNs - firstNs <= 0) {
      return;
    }
    if (timer != null) {
      timer.cancel();
    }
    timerNs = firstNs;
    long delayNs = Math.max(0, firstNs - clock.nanoTime());
    timer = strand.schedule(Duration.ofNanos(delayNs), this::onTimer);
  }

  private void onTimer() {
    timer = null;
    long nowNs = clock.nanoTime();
    List<Read> due = new ArrayList<>();
    while (!open.isEmpty() && open.first().deadlineNs - nowNs <= 0) {
      due.add(open.removeFirst());
    }
    for (Read read : due) {
      boolean asked = read.question == null;
      finished(read);
      fail(
          read,
          asked
              ? "the machine did not answer before the deadline"
              : "no leader confirmed the read before the deadline" + because());
    }
    armTimer();
  }

  private String because() {
    String why = whyOffline.get();
    return why == null ? "" : ": " + why;
  }

  private void cancelTimer(Read read) {
    if (read.timer != null) {
      read.timer.cancel();
    }
  }

  private void fail(Read read, String message) {
    var error = new GroupException(Outcome.OFFLINE, message);
    callbacks.execute(() -> read.future.completeExceptionally(error));
  }
}
