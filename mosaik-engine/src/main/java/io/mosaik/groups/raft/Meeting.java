package io.mosaik.groups.raft;

import io.mosaik.groups.log.Entry;
import io.mosaik.groups.log.Lineage;
import io.mosaik.groups.log.Member;
import io.mosaik.groups.raft.Message.AppendEntries;
import io.mosaik.groups.raft.Message.LineageQuery;
import io.mosaik.groups.raft.Message.Standing;
import io.mosaik.id.PeerId;
import java.util.Set;
import java.util.TreeSet;

/**
 * Two groups of one key that formed apart, and whose formations are both committed, find out which
 * of them goes on (L1, L2). Their leaders tell each other what is committed; the one that has less
 * stands still, and dissolves into the other if it still has less then.
 *
 * <p>That both dissolve is impossible: while frozen a group tells the index at which it froze, and
 * before that less, so what the other dissolves for is never more than what this one dissolves
 * with.
 */
final class Meeting {

  /** So many leaders are told of at most. */
  private static final int MAX_TOLD = 1_000;

  private final RaftState state;
  private final Replication replication;
  private final Handover handover;

  /** The peers whose leadership of another lineage was told to the shell. */
  private final Set<PeerId> told = new TreeSet<>();

  /** The leaders of other lineages that were heard of since they were last told of this one. */
  private final TreeSet<Member> heard = new TreeSet<>();

  private boolean foreignHeard;

  /** The committed freeze that this leader waits on, and since when; 0 if there is none. */
  private long frozenIndex;

  private long frozenSinceNs;

  Meeting(RaftState state, Replication replication, Handover handover) {
    this.state = state;
    this.replication = replication;
    this.handover = handover;
  }

  /** A leader of another lineage speaks. */
  void onAppendEntries(Member from, AppendEntries entries) {
    Lineage other = entries.lineage();
    if (!state.formationCommitted() || entries.commitIndex() == 0 || other.isNone()) {
      return;
    }
    foreignHeard = true;
    if (replication.isOpen()) {
      heard.add(from);
    }
    if (told.size() < MAX_TOLD && told.add(from.peer())) {
      state.emit(new Effect.LineagesMet(from, other));
    }
  }

  void onBondDown(Member member) {
    heard.remove(member);
  }

  /** L1: once a heartbeat the leaders that were heard of are told how far this group is. */
  void onHeartbeatTimer() {
    if (!replication.isOpen()) {
      heard.clear();
      return;
    }
    for (Member leader : heard) {
      state.send(
          leader,
          new Standing(
              state.log.lineage(),
              state.term(),
              standing(),
              state.log.standstill().frozenIndex() > 0));
    }
    heard.clear();
    unfreezeInTime();
  }

  /** What this group has committed; from the time it froze until it thaws, no more than then. */
  private long standing() {
    long frozen = state.log.standstill().frozenIndex();
    return frozen > 0 && state.keeps(Rule.FROZEN_STANDS_STILL) ? frozen : state.log.commitIndex();
  }

  /** L2: the leader of another lineage tells how far its group is. */
  void onStanding(Standing other) {
    if (!replication.isOpen()
        || handover.isRunning()
        || state.log.standstill().isFreezingOrThawing()
        || other.lineage().isNone()
        || other.lineage().equals(state.log.lineage())) {
      return;
    }
    boolean lesser = isLesserThan(other);
    long frozen = state.log.standstill().frozenIndex();
    if (frozen == 0) {
      if (lesser) {
        append(new Entry.Freeze(state.term(), other.lineage()));
      }
    } else if (lesser || !state.keeps(Rule.LESSER_DISSOLVES)) {
      append(new Entry.Dissolve(state.term(), other.lineage()));
    } else if (other.frozen() && isFrozenAgainst(other.lineage())) {
      append(new Entry.Unfreeze(state.term())); // The other one stands still below.
    }
  }

  private boolean isLesserThan(Standing other) {
    int byIndex = Long.compare(standing(), other.index());
    return byIndex < 0 || (byIndex == 0 && state.log.lineage().compareTo(other.lineage()) > 0);
  }

  private boolean isFrozenAgainst(Lineage other) {
    return state.log.entry(state.log.standstill().frozenIndex()) instanceof Entry.Freeze freeze
        && freeze.against().equals(other);
  }

  /** L2: what takes too long to be decided is given up, until the next time. */
  private void unfreezeInTime() {
    long frozen =
        state.log.standstill().isFreezingOrThawing() ? 0 : state.log.standstill().frozenIndex();
    if (frozen != frozenIndex) {
      frozenIndex = frozen;
      frozenSinceNs = state.now();
    } else if (frozen > 0 && state.now() - frozenSinceNs > 2 * state.electionTimeoutNs()) {
      append(new Entry.Unfreeze(state.term()));
    }
  }

  private void append(Entry entry) {
    state.append(entry);
    replication.advanceCommit();
  }

  /** L4: no leader of this lineage is heard of, but one of another: is this one over? */
  void onLeaderless() {
    if (foreignHeard && !state.log.isEmpty()) {
      foreignHeard = false;
      state.broadcast(new LineageQuery(state.lineage(), state.term()));
    }
  }
}
