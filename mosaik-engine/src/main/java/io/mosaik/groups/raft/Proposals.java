package io.mosaik.groups.raft;

import io.mosaik.groups.log.Entry;
import io.mosaik.groups.log.Lineage;
import io.mosaik.groups.log.Member;
import io.mosaik.groups.log.Origin;
import io.mosaik.groups.raft.Effect.Rejection;
import io.mosaik.groups.raft.Message.Forward;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The origin's side of commands (S1): numbers them when they first leave, sends them to whoever
 * leads, and keeps each until it comes back in this node's own log. They are all sent again, in
 * order, whenever the leader, its term or the bond with it has changed; the sessions make sure that
 * each counts once (S2). Where nothing has come for too long, the leader may have no room (N7): it
 * is asked with the first that it has not placed, and gets the others once it has taken that.
 */
final class Proposals {

  /** So many commands wait at most; more are rejected. */
  static final int MAX_PENDING = 100_000;

  /** So many bytes of commands wait at most: 256 MiB. */
  static final long MAX_PENDING_BYTES = 256L << 20;

  private record Held(long token, List<byte[]> commands) {}

  private final RaftState state;
  private final Intake intake;
  private final LogRoom room;
  private Origin origin;

  /** Proposals that wait for a leader; none of them has left this node. */
  private final ArrayDeque<Held> held = new ArrayDeque<>();

  private int heldCount;

  /** Commands that were numbered and have not come back: from {@link #head} on. */
  private final ArrayList<byte[]> pending = new ArrayList<>();

  private int head;

  /** The first and last numbers of the proposals of several commands, which travel together. */
  private final TreeMap<Long, Long> together = new TreeMap<>();

  /** The number of the command at {@link #head}. */
  private long firstPending = 1;

  /** The next number to send to the current leader. */
  private long nextToSend = 1;

  /** Up to here the present leader has said that it has placed them, without a gap. */
  private long placedThrough;

  /** At this index of its log, the last of them; what it has placed before that follows none. */
  private long placedIndex;

  /** Only the first that is not placed is sent, until it is; no other leaves this node. */
  private boolean asking;

  /** The lineage that commands were last sent in. */
  private Lineage entered = Lineage.NONE;

  private long pendingBytes;
  private boolean resendTimerSet;
  private long firstPendingAtTimer;

  Proposals(RaftState state, Intake intake, LogRoom room) {
    this.state = state;
    this.intake = intake;
    this.room = room;
    origin = new Origin(state.self.peer(), state.options.session());
  }

  Origin origin() {
    return origin;
  }

  private int pendingCount() {
    return pending.size() - head;
  }

  void propose(long token, List<byte[]> commands, boolean leaving) {
    long sizeBytes = 0;
    for (byte[] command : commands) {
      sizeBytes += command.length;
    }
    if (commands.size() > Message.MAX_BATCH_ENTRIES || sizeBytes > Entry.MAX_COMMAND_BYTES) {
      reject(token, Rejection.TOO_LARGE);
    } else if (leaving) {
      reject(token, Rejection.OFFLINE);
    } else if (pendingCount() + heldCount + commands.size() > MAX_PENDING
        || pendingBytes + sizeBytes > MAX_PENDING_BYTES) {
      reject(token, Rejection.FULL);
    } else if (room.turnsAway()) {
      room.refused();
      reject(token, Rejection.LOG_FULL);
    } else {
      pendingBytes += sizeBytes;
      heldCount += commands.size();
      held.add(new Held(token, commands));
    }
  }

  private void reject(long token, Rejection reason) {
    state.emit(new Effect.ProposalRejected(token, reason));
  }

  void withdraw(long token) {
    held.removeIf(proposal -> {
      if (proposal.token != token) {
        return false;
      }
      drop(proposal);
      return true;
    });
  }

  /** This node leaves: what has not left it yet never will. */
  void rejectHeld() {
    for (Held proposal : held) {
      drop(proposal);
    }
    held.clear();
  }

  private void drop(Held proposal) {
    heldCount -= proposal.commands.size();
    for (byte[] command : proposal.commands) {
      pendingBytes -= command.length;
    }
    reject(proposal.token, Rejection.OFFLINE);
  }

  /** The way to the leader is another one: all are sent again. */
  void onLeaderChanged() {
    nextToSend = firstPending;
    placedThrough = firstPending - 1;
    placedIndex = 0;
    asking = false;
  }

  /**
   * The present leader has placed commands. As long as it leads they stay in its log; they are not
   * sent to it again, but for those behind a gap, which are skipped when they are applied (S2).
   */
  void onPlaced(long firstSequence, int count, long firstIndex) {
    long next = placedThrough + 1;
    boolean follows = firstIndex + (next - firstSequence) > placedIndex;
    if (firstSequence <= next && follows) {
      placed(firstSequence + count - 1, firstIndex + count - 1);
    }
  }

  /** They are in the leader's log without a gap, up to this one at this index. */
  private void placed(long through, long index) {
    long numbered = firstPending + pendingCount() - 1;
    long last = Math.min(through, numbered);
    if (last > placedThrough) {
      placedThrough = last;
      placedIndex = index - (through - last);
    }
    nextToSend = Math.max(nextToSend, placedThrough + 1);
    asking &= nextToSend > placedThrough + 1;
  }

  /**
   * The lineage is over: what is still wanted is sent in the one to come as of a new origin, from
   * number 1 on, for that lineage may know the present one, with other commands under its numbers
   * (S7).
   */
  void onLineageEnded() {
    long by = firstPending - 1;
    Map<Long, Long> before = new TreeMap<>(together);
    together.clear();
    before.forEach((first, last) -> together.put(first - by, last - by));
    firstPending = 1;
    onLeaderChanged();
    firstPendingAtTimer = 0;
    if (state.keeps(Rule.ORIGIN_OF_THE_LINEAGE)) {
      renewOrigin();
    }
    state.emit(new Effect.ProposalsRenumbered(by, origin));
  }

  private void renewOrigin() {
    origin = new Origin(origin.peer(), state.random.nextLong());
    entered = Lineage.NONE;
  }

  /**
   * Commands are about to be sent in a lineage. Where this member was before, with a log that it
   * gave up, they may be already: those that have left it once are not sent again (S7).
   */
  private void enter(Lineage lineage) {
    if (lineage.equals(entered)) {
      return;
    }
    boolean goesOn = !entered.isNone() && lineage.isEpochAfter(entered);
    boolean known = state.mayHaveBeenIn(lineage) && state.keeps(Rule.ORIGIN_OF_THE_LINEAGE);
    if (pendingCount() > 0 && !goesOn && known) {
      lose();
    }
    entered = lineage;
  }

  /**
   * What has left this member and not come back is not sent again: the log may have it, and then
   * under numbers that are not those that come next (S7, B6).
   */
  private void lose() {
    pending.subList(head, pending.size()).forEach(command -> pendingBytes -= command.length);
    pending.clear();
    head = 0;
    together.clear();
    firstPending = 1;
    onLeaderChanged();
    firstPendingAtTimer = 0;
    renewOrigin();
    state.emit(new Effect.ProposalsLost(origin));
  }

  /** Commands of this origin that were committed may not be so any more (B6). */
  void onGivenUp() {
    if (state.keeps(Rule.ANOTHER_ORIGIN)) {
      lose();
    }
  }

  /** One of this origin's commands is committed, at this index. */
  void onCommitted(long sequence, long index) {
    if (sequence != firstPending || pendingCount() == 0) {
      return;
    }
    pendingBytes -= pending.get(head).length;
    pending.set(head, new byte[0]);
    head++;
    firstPending++;
    placed(sequence, index);
    while (!together.isEmpty() && together.firstEntry().getValue() < firstPending) {
      together.pollFirstEntry();
    }
    if (head > 1_024 && head > pending.size() / 2) {
      pending.subList(0, head).clear();
      head = 0;
    }
  }

  /**
   * A snapshot has this origin's commands up to this number: they won't come back by themselves.
   */
  void onRestored(long lastSequence) {
    while (firstPending <= lastSequence && pendingCount() > 0) {
      onCommitted(firstPending, state.log.base().index());
    }
  }

  void onResendTimer() {
    resendTimerSet = false;
    if (firstPending == firstPendingAtTimer && nextToSend > placedThrough + 1) {
      nextToSend = placedThrough + 1;
      asking = true;
    }
  }

  /** Sends on what can be sent. */
  void flush() {
    Member leader = state.leader;
    boolean toSelf = state.leads() && intake.isOpen();
    boolean toOther =
        !state.leads()
            && leader != null
            && !state.log.isEmpty()
            && state.leaderLineage.equals(state.log.lineage())
            && state.bonded.containsKey(leader);
    if (toSelf || toOther) {
      enter(state.log.lineage());
      if (!asking) {
        release();
      }
      while (nextToSend < firstPending + pendingCount() && maySend()) {
        List<byte[]> batch = batch(asking ? 1 : Message.MAX_BATCH_ENTRIES);
        if (toSelf && !intake.isOpen()) {
          room.refused();
          break; // what is left waits here (N7, R7)
        }
        if (toSelf) {
          intake.place(null, origin, firstPending - 1, nextToSend, batch);
        } else if (leader != null) {
          state.send(
              leader,
              new Forward(
                  state.log.lineage(),
                  state.term(),
                  origin.session(),
                  firstPending - 1,
                  nextToSend,
                  batch));
        }
        nextToSend += batch.size();
      }
      if (toSelf) {
        placed(nextToSend - 1, state.log.lastIndex());
      }
    }
    if (!resendTimerSet && pendingCount() > 0) {
      resendTimerSet = true;
      firstPendingAtTimer = firstPending;
      long timeoutNs = state.config.forwardTimeout().toNanos();
      state.setTimer(TimerKind.RESEND, asking ? timeoutNs / 2 : timeoutNs);
    }
  }

  private boolean maySend() {
    return !asking || nextToSend == placedThrough + 1;
  }

  private void release() {
    @Nullable Held proposal;
    while ((proposal = held.poll()) != null) {
      int count = proposal.commands.size();
      long first = firstPending + pendingCount();
      state.emit(new Effect.ProposalAccepted(proposal.token, first, count));
      if (count > 1) {
        together.put(first, first + count - 1);
      }
      heldCount -= count;
      pending.addAll(proposal.commands);
    }
  }

  /**
   * What goes in one message: as much as fits, and no proposal in part.
   *
   * @param most so many commands, but for a proposal of more
   */
  private List<byte[]> batch(int most) {
    int from = head + (int) (nextToSend - firstPending);
    int to = from;
    long sizeBytes = 0;
    while (to < pending.size()
        && to - from < most
        && (to == from || sizeBytes <= Message.MAX_BATCH_BYTES)) {
      sizeBytes += pending.get(to++).length;
    }
    Map.Entry<Long, Long> cut = together.floorEntry(firstPending + to - 1 - head);
    if (cut != null) {
      int first = head + (int) (cut.getKey() - firstPending);
      int end = head + (int) (cut.getValue() - firstPending) + 1;
      if (to < end) {
        to = first > from ? first : end;
      }
    }
    return pending.subList(from, to);
  }
}
