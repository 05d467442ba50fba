package io.mosaik.groups.raft;

import io.mosaik.groups.log.Entry;
import io.mosaik.groups.log.Member;
import io.mosaik.groups.log.Origin;
import io.mosaik.groups.raft.Message.Forward;
import io.mosaik.groups.raft.Message.ForwardResponse;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The leader's side of commands: places them in its log, in each origin's order, once it is open
 * (E5) and while it hands its leadership to nobody (C6). What comes before that waits a little;
 * what is over the bound is dropped, and its origin sends it again. So is all of it while the log
 * has no room (N7); before a slow disk it waits (R7).
 */
final class Intake {

  /** So many messages wait for the leader to open at most. */
  private static final int MAX_WAITING = 1_000;

  /** And no more once they have so many bytes: 64 MiB. */
  private static final long MAX_WAITING_BYTES = 64L << 20;

  private record Waiting(Member from, Forward forward) {}

  private final RaftState state;
  private final Replication replication;
  private final Handover handover;
  private final LogRoom room;
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
  private long waitingBytes;

  /** The numbers that this leader placed of an origin, without a gap. */
  private record Placed(long from, long through) {}

  /** What this leader placed of each origin: what comes again is left out. */
  private final LinkedHashMap<Origin, Placed> placed = new LinkedHashMap<>();

  Intake(RaftState state, Replication replication, Handover handover, LogRoom room) {
    this.state = state;
    this.replication = replication;
    this.handover = handover;
    this.room = room;
  }

  /** Whether commands are taken now. */
  boolean isOpen() {
    return replication.isOpen() && !handover.isRunning() && !isFrozen() && room.takesCommands();
  }

  /** L2: the log stands still, as it was appended, committed or not. */
  private boolean isFrozen() {
    return state.log.standstill().isFrozen() && state.keeps(Rule.FROZEN_TAKES_NOTHING);
  }

  void onForward(Member from, Forward forward) {
    if (forward.term() != state.term()) {
      return; // Sent to the leader of another term: the origin sends it again.
    }
    if (state.leads() && room.isFull()) {
      room.refused();
      return; // The origin sends it again, here or to the next leader.
    }
    if (isOpen() && waiting.isEmpty()) { // S5: none overtakes those that came earlier
      place(from, new Origin(from.peer(), forward.session()), forward);
    } else if (state.leads() && waiting.size() < MAX_WAITING && waitingBytes < MAX_WAITING_BYTES) {
      waiting.add(new Waiting(from, forward));
      waitingBytes += forward.sizeBytes();
    }
  }

  private void place(Member from, Origin origin, Forward forward) {
    place(from, origin, forward.applied(), forward.firstSequence(), forward.commands());
  }

  /**
   * Appends an origin's commands.
   *
   * @param asker whom to tell where they are; null if it is this node
   * @param applied up to this number its commands are applied, be it that another leader placed
   *     them: they are no gap
   */
  void place(
      @Nullable Member asker,
      Origin origin,
      long applied,
      long firstSequence,
      List<byte[]> commands) {
    Placed before = placed.get(origin);
    long from = firstSequence;
    long next = firstSequence;
    if (before != null && firstSequence >= before.from) {
      from = before.from;
      next = Math.max(before.through, applied) + 1;
    }
    long skip = next - firstSequence;
    if (skip < 0 || skip >= commands.size()) {
      return; // A gap, which the origin closes, or nothing new.
    }
    long firstIndex = state.log.lastIndex() + 1;
    for (byte[] command : commands.subList((int) skip, commands.size())) {
      state.append(new Entry.Command(state.term(), origin, next++, command));
    }
    placed.put(origin, new Placed(from, next - 1));
    int count = commands.size() - (int) skip;
    if (asker == null) {
      state.emit(new Effect.ProposalPlaced(firstSequence + skip, count, firstIndex, state.term()));
    } else {
      state.send(
          asker,
          new ForwardResponse(
              state.log.lineage(),
              state.term(),
              origin.session(),
              firstSequence + skip,
              count,
              firstIndex));
    }
  }

  /** What came when this leader was not open. */
  void flush() {
    if (isOpen() && !waiting.isEmpty()) {
      List<Waiting> early = List.copyOf(waiting);
      forgetWaiting();
      early.forEach(each -> onForward(each.from, each.forward));
    }
  }

  private void forgetWaiting() {
    waiting.clear();
    waitingBytes = 0;
  }

  void onLeaderChanged() {
    forgetWaiting();
    placed.clear();
  }

  void onBondDown(Member member) {
    placed.keySet().removeIf(origin -> origin.peer().equals(member.peer()));
    waiting.removeIf(early -> {
      boolean lost = early.from.equals(member);
      waitingBytes -= lost ? early.forward.sizeBytes() : 0;
      return lost;
    });
  }
}
