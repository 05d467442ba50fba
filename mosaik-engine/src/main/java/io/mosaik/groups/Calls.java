package io.mosaik.groups;

import io.mosaik.groups.GroupException.Outcome;
import io.mosaik.groups.raft.Effect;
import io.mosaik.groups.raft.Input;
import io.mosaik.runtime.Clock;
import io.mosaik.runtime.Strand;
import io.mosaik.runtime.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The commands that this member's user waits for. Consensus numbers them, sends them to whoever
 * leads, and sends them again; here is what each call is told, and when (S4). Everything on the
 * group's strand.
 */
final class Calls<R> {

  /** The most commands that one member has on their way. */
  static final int MAX_PENDING = 16_384;

  /** The most bytes that the commands of one member on their way have. */
  static final long MAX_PENDING_BYTES = 64L << 20;

  private final Strand strand;
  private final Clock clock;
  private final Executor callbacks;
  private final Consumer<Input> consensus;
  private final Supplier<@Nullable String> whyOffline;
  private final Room room;
  private final Map<Long, Call<R>> unnumbered = new LinkedHashMap<>();

  /** The calls that consensus has numbered and that are not all applied, by their first number. */
  private final TreeMap<Long, Call<R>> numbered = new TreeMap<>();

  /** The calls of users who still wait. */
  private final TreeSet<Call<R>> deadlines = new TreeSet<>(Calls::compareDeadlines);

  private @Nullable Timer timer;
  private long timerNs;
  private boolean ended;

  /**
   * Without any calls yet.
   *
   * @param whyOffline why there is no way to a leader, as far as that is known
   */
  Calls(
      Strand strand,
      Clock clock,
      Executor callbacks,
      Consumer<Input> consensus,
      Supplier<@Nullable String> whyOffline) {
    this.strand = strand;
    this.clock = clock;
    this.callbacks = callbacks;
    this.consensus = consensus;
    this.whyOffline = whyOffline;
    room = new Room(MAX_PENDING, MAX_PENDING_BYTES, strand);
  }

  /** The bound on them; each that is submitted has room. */
  Room room() {
    return room;
  }

  /** Proposes commands for which there is room. */
  void submit(Call<R> call) {
    if (ended) {
      fail(call, Outcome.OFFLINE, "the group was left");
      return;
    }
    unnumbered.put(call.token, call);
    deadlines.add(call);
    armTimer();
    consensus.accept(new Input.Propose(call.token, call.commands));
  }

  /** The commands may be applied from here on. */
  void accepted(long token, long firstSequence) {
    Call<R> call = unnumbered.remove(token);
    if (call == null) {
      return;
    }
    call.number(firstSequence);
    numbered.put(firstSequence, call);
    if (call.expired) {
      failUnknown(call);
    }
  }

  /** The commands were surely not applied and never will be. */
  void rejected(long token, Effect.Rejection reason) {
    Call<R> call = unnumbered.remove(token);
    if (call == null) {
      return;
    }
    room.give(call.commands.size(), call.sizeBytes);
    deadlines.remove(call);
    switch (reason) {
      case OFFLINE ->
          fail(
              call,
              Outcome.OFFLINE,
              "no leader of the group took the command before the deadline" + because());
      case TOO_LARGE ->
          fail(call, Outcome.REJECTED, "commands of " + call.sizeBytes + " bytes are too large");
      case LOG_FULL ->
          fail(
              call,
              Outcome.REJECTED,
              "the log has reached its bound and takes no more commands: the machine has no snapshots, or"
                  + " is stuck before one (see machine()); give it snapshots, or the log more room");
      case FULL ->
          fail(call, Outcome.OFFLINE, "too many commands wait already; send slower or wait");
    }
  }

  private String because() {
    String why = whyOffline.get();
    return why == null ? "" : ": " + why;
  }

  /** A leader has given indices to commands of this member; they may get others yet. */
  void placed(long firstSequence, int count, long firstIndex, long term) {
    Map.Entry<Long, Call<R>> first = numbered.floorEntry(firstSequence);
    long from = first == null ? firstSequence : first.getKey();
    numbered
        .subMap(from, firstSequence + count)
        .values()
        .forEach(call -> placed(call, firstSequence, count, firstIndex, term));
  }

  private void placed(Call<R> call, long firstSequence, int count, long firstIndex, long term) {
    long from = Math.max(firstSequence, call.firstSequence());
    long to = Math.min(firstSequence + count - 1, call.lastSequence());
    for (long sequence = from; sequence <= to; sequence++) {
      if (call.placed(sequence, firstIndex + sequence - firstSequence, term)) {
        succeed(call);
      }
    }
  }

  /**
   * The call of this member's command with this number, or null.
   *
   * @param index of the command, which is committed
   */
  @Nullable Call<R> take(long sequence, long index, long term) {
    Map.Entry<Long, Call<R>> first = numbered.floorEntry(sequence);
    if (first == null || !first.getValue().takes(sequence)) {
      return null;
    }
    Call<R> call = first.getValue();
    if (call.placed(sequence, index, term)) {
      succeed(call);
    }
    return call;
  }

  /**
   * Consensus goes on in another lineage, and has given its commands numbers that are less. Calls
   * of which a part was committed in the old one have no results that count.
   */
  void renumbered(long by) {
    List<Call<R>> before = List.copyOf(numbered.values());
    numbered.clear();
    for (Call<R> call : before) {
      if (call.isPartlyTaken()) {
        deadlines.remove(call);
        fail(
            call,
            Outcome.UNKNOWN,
            "the group gave way to another one of the same key: some of these commands were executed"
                + " in what is void now, and the others are executed by the other group");
      }
      call.renumber(by);
      numbered.put(call.firstSequence(), call);
    }
  }

  /**
   * The machine went on from a snapshot that has this member's commands up to this number: they
   * were applied, or refused, and what came of them is not known here.
   */
  void restored(long lastSequence) {
    for (Call<R> call : List.copyOf(numbered.headMap(lastSequence, true).values())) {
      if (call.skipThrough(lastSequence)) {
        fail(
            call,
            Outcome.UNKNOWN,
            "the command was applied, once, and its result is not known here: this member was behind"
                + " and went on from a snapshot");
        settle(call);
      }
    }
  }

  /** What becomes of the numbered commands that have not come is not known, and never will be. */
  void lost() {
    List<Call<R>> before = List.copyOf(numbered.values());
    numbered.clear(); // their numbers are given again
    for (Call<R> call : before) {
      if (!call.isTaken()) {
        deadlines.remove(call);
        room.give(call.commands.size(), call.sizeBytes);
        fail(
            call,
            Outcome.UNKNOWN,
            "this member gave its log up for another one's; the command may be applied, once, or lost");
      }
    }
  }

  /** The machine has taken one of the call's commands. */
  void applied(Call<R> call) {
    call.appliedNext();
    settle(call);
  }

  private void settle(Call<R> call) {
    if (call.open == 0) {
      room.give(call.commands.size(), call.sizeBytes);
      deadlines.remove(call);
      numbered.remove(call.firstSequence(), call);
    }
  }

  private void succeed(Call<R> call) {
    deadlines.remove(call);
    callbacks.execute(call::complete);
  }

  /** The membership ends: what may be applied is unknown, the rest surely is not. */
  void end(String why) {
    ended = true;
    if (timer != null) {
      timer.cancel();
    }
    for (Call<R> call : deadlines) {
      if (call.isNumbered()) {
        fail(call, Outcome.UNKNOWN, why + "; the command may still be applied, once");
      } else {
        fail(call, Outcome.OFFLINE, why);
      }
    }
    room.end(new GroupException(Outcome.OFFLINE, why));
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
      if (call.isNumbered()) {
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
    callbacks.execute(() -> call.fail(error));
  }
}
