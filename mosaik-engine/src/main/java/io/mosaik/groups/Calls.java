package io.mosaik.groups;

import io.mosaik.groups.GroupException.Outcome;
import io.mosaik.groups.raft.Effect;
import io.mosaik.groups.raft.Input;
import io.mosaik.runtime.Clock;
import io.mosaik.runtime.Strand;
import io.mosaik.runtime.Timer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The commands that this member's user waits for. Consensus numbers them, sends them to whoever
 * leads, and sends them again; here is what each call is told, and when (S4). Everything on the
 * group's strand, but for {@link #reserve}.
 */
final class Calls<R> {

  /** The most commands that one member has on their way. */
  static final int MAX_PENDING = 16_384;

  /** The most bytes that the commands of one member on their way have. */
  static final long MAX_PENDING_BYTES = 64L << 20;

  /** A call that consensus has numbered. */
  private record Numbered<R>(long sequence, Call<R> call) {}

  private final Strand strand;
  private final Clock clock;
  private final Executor callbacks;
  private final Consumer<Input> consensus;
  private final AtomicInteger pendingCount = new AtomicInteger();
  private final AtomicLong pendingBytes = new AtomicLong();
  private final Map<Long, Call<R>> unnumbered = new LinkedHashMap<>();
  private final ArrayDeque<Numbered<R>> numbered = new ArrayDeque<>();
  private final TreeSet<Call<R>> deadlines = new TreeSet<>(Calls::compareDeadlines);
  private @Nullable Timer timer;
  private long timerNs;
  private boolean ended;

  Calls(Strand strand, Clock clock, Executor callbacks, Consumer<Input> consensus) {
    this.strand = strand;
    this.clock = clock;
    this.callbacks = callbacks;
    this.consensus = consensus;
  }

  /** Makes room for a command, from any thread; false if there is none. */
  boolean reserve(int bytes) {
    if (pendingCount.incrementAndGet() > MAX_PENDING) {
      pendingCount.decrementAndGet();
      return false;
    }
    if (pendingBytes.addAndGet(bytes) > MAX_PENDING_BYTES) {
      release(bytes);
      return false;
    }
    return true;
  }

  private void release(int bytes) {
    pendingCount.decrementAndGet();
    pendingBytes.addAndGet(-bytes);
  }

  private void release(Call<R> call) {
    release(call.bytes.length);
  }

  /** Proposes a command for which there is room. */
  void submit(Call<R> call) {
    if (ended) {
      fail(call, Outcome.OFFLINE, "the group was left");
      return;
    }
    unnumbered.put(call.token, call);
    deadlines.add(call);
    armTimer();
    consensus.accept(new Input.Propose(call.token, List.of(call.bytes)));
  }

  /** The command may be applied from here on. */
  void accepted(long token, long sequence) {
    Call<R> call = unnumbered.remove(token);
    if (call == null) {
      return;
    }
    call.accepted = true;
    numbered.add(new Numbered<>(sequence, call));
    if (call.expired) {
      failUnknown(call);
    }
  }

  /** The command was surely not applied and never will be. */
  void rejected(long token, Effect.Rejection reason) {
    Call<R> call = unnumbered.remove(token);
    if (call == null) {
      return;
    }
    release(call);
    deadlines.remove(call);
    switch (reason) {
      case OFFLINE ->
          fail(call, Outcome.OFFLINE, "no leader of the group was reached before the deadline");
      case TOO_LARGE ->
          fail(call, Outcome.REJECTED, "a command of " + call.bytes.length + " bytes is too large");
      case LOG_FULL ->
          fail(
              call,
              Outcome.REJECTED,
              "the log has reached its bound and takes no more commands; give the machine snapshots or"
                  + " the log more room");
      case FULL ->
          fail(call, Outcome.OFFLINE, "too many commands wait already; send slower or wait");
    }
  }

  /** The call of this member's command with this number, the first time it comes; or null. */
  @Nullable Call<R> take(long sequence) {
    Numbered<R> first = numbered.peek();
    if (first == null || first.sequence != sequence) {
      return null;
    }
    numbered.poll();
    return first.call;
  }

  /** The machine has taken the call's command. */
  void applied(Call<R> call) {
    release(call);
    deadlines.remove(call);
  }

  /** The membership ends: what may be applied is unknown, the rest surely is not. */
  void end(String why) {
    ended = true;
    if (timer != null) {
      timer.cancel();
    }
    for (Call<R> call : deadlines) {
      if (call.accepted) {
        fail(call, Outcome.UNKNOWN, why + "; the command may still be applied, once");
      } else {
        fail(call, Outcome.OFFLINE, why);
      }
    }
    unnumbered.clear();
    numbered.clear();
    deadlines.clear();
  }

  private static int compareDeadlines(Call<?> a, Call<?> b) {
    int byDeadline = Long.signum(a.deadlineNs - b.deadlineNs);
    return byDeadline != 0 ? byDeadline : Long.compare(a.token, b.token);
  }

  private void armTimer() {
    Call<R> first = deadlines.isEmpty() ? null : deadlines.first();
    if (first == null || (timer != null && timerNs - first.deadlineNs <= 0)) {
      return;
    }
    if (timer != null) {
      timer.cancel();
    }
    timerNs = first.deadlineNs;
    long delayNs = Math.max(0, first.deadlineNs - clock.nanoTime());
    timer = strand.schedule(Duration.ofNanos(delayNs), this::onTimer);
  }

  private void onTimer() {
    timer = null;
    long nowNs = clock.nanoTime();
    List<Call<R>> due = new ArrayList<>();
    while (!deadlines.isEmpty() && deadlines.first().deadlineNs - nowNs <= 0) {
      due.add(deadlines.removeFirst());
    }
    for (Call<R> call : due) {
      call.expired = true;
      if (call.accepted) {
        failUnknown(call);
      } else {
        consensus.accept(new Input.Withdraw(call.token));
      }
    }
    armTimer();
  }

  private void failUnknown(Call<R> call) {
    fail(
        call,
        Outcome.UNKNOWN,
        "the deadline passed while the command may be in the log; it may still be applied, once");
  }

  private void fail(Call<R> call, Outcome outcome, String message) {
    var error = new GroupException(outcome, message);
    callbacks.execute(() -> call.future.completeExceptionally(error));
  }
}
