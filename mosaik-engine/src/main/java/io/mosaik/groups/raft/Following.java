package io.mosaik.groups.raft;

import io.mosaik.groups.log.Entry;
import io.mosaik.groups.log.Lineage;
import io.mosaik.groups.log.LogPosition;
import io.mosaik.groups.log.Member;
import io.mosaik.groups.raft.Message.AppendEntries;
import io.mosaik.groups.raft.Message.AppendResponse;
import io.mosaik.groups.raft.Message.Stored;
import java.util.List;

/** Everyone else's side of the log: takes a leader's entries and answers (R2, R3, R5; §3.5). */
final class Following {

  private final RaftState state;
  private final LogRoom room;
  private final CatchUp catchUp;

  /** Up to this index the log is known to be that of the current term's leader (R5). */
  private long matched;

  private long matchedTerm;
  private Lineage matchedLineage = Lineage.NONE;

  /** The round of the leader's latest message. */
  private long round;

  private boolean answerDue;
  private boolean gap;

  /** When a leader was last told how far this member is that doesn't vote; and in which term. */
  private long abstainedNs;

  private long abstainedTerm;
  private boolean abstainedInStep;

  Following(RaftState state, LogRoom room) {
    this.state = state;
    this.room = room;
    catchUp = new CatchUp(state, this, room);
  }

  CatchUp catchUp() {
    return catchUp;
  }

  /** Whether the log is known to be the leader's up to what was last heard of it. */
  boolean isInStep() {
    return state.leader != null
        && matchedTerm == state.term()
        && matched > 0
        && !gap
        && !catchUp.isRunning();
  }

  /** A leader of this node's lineage speaks, or of any if this node has none. */
  void onAppendEntries(Member from, AppendEntries message) {
    if (message.term() < state.term()) {
      // Tells a leader of the past that it is one. It may lead this term too by now, and then this
      // is no answer to any of its rounds.
      state.send(
          from,
          new AppendResponse(message.lineage(), state.term(), Stored.GAP, state.log.last(), 0));
      return;
    }
    boolean sameTerm = message.term() == state.term();
    if (sameTerm && (state.leads() || (state.leader != null && !state.leader.equals(from)))) {
      state.emit(
          new Effect.Violation(
              from, "term " + state.term() + " is led by " + state.leader + ", not by " + from));
      return;
    }
    if (!state.quorum.mayLead(from, message.term())) {
      state.emit(new Effect.Violation(from, "it leads in " + message.term() + ", another's term"));
      return;
    }
    if (!sameTerm || state.phase != RaftState.Phase.FOLLOWING) {
      state.follow(message.term(), from);
    }
    state.heardOfLeader(from, message.lineage());
    enterEpoch(from, message.lineage());
    boolean otherLineage = !matchedLineage.equals(message.lineage());
    if (otherLineage) {
      catchUp.abandonFetch();
    } else if (matchedTerm != state.term() && !committedStays()) {
      catchUp.stop();
      catchUp.abandonFetch();
    }
    if (otherLineage || matchedTerm != state.term()) {
      matchedLineage = message.lineage();
      matchedTerm = state.term();
      matched = committedStays() ? state.log.commitIndex() : 0;
      round = 0;
    }
    round = Math.max(round, message.round());
    answerDue = true;
    gap = !state.log.has(message.previous());
    if (gap) {
      catchUp.need(message.previous().index(), message.commitIndex());
      return;
    }
    long end = message.previous().index() + message.entries().size();
    if (end > state.log.lastIndex() && !room.takesEntries()) { // N7, R7
      match(message.previous().index(), message.commitIndex());
      catchUp.need(end, message.commitIndex());
      return;
    }
    take(message.previous(), message.entries());
    match(message.previous().index() + message.entries().size(), message.commitIndex());
  }

  /**
   * G5: an epoch that has a leader has begun. This member is of that from now on, and of none of
   * those before, with which its log begins.
   */
  private void enterEpoch(Member from, Lineage lineage) {
    boolean later = lineage.isEpochAfter(state.log.lineage());
    if (later || (state.log.isEmpty() && lineage.epoch() > 0)) {
      state.promises.begin(lineage, from);
    } else if (state.log.isEmpty()) {
      state.promises.clear();
    }
  }

  /** Whether what is committed here is in every later leader's log; if not, see B4. */
  private boolean committedStays() {
    return state.quorum.intersects() || !state.keeps(Rule.MATCHED_ANEW);
  }

  /** A part of the log was given up, or all of it (B4). */
  void onGivenUp() {
    if (state.log.isEmpty()) {
      reset();
    }
  }

  /** The log was dropped: nothing of it matches any more. */
  void reset() {
    matched = 0;
    matchedTerm = 0;
    catchUp.stop();
    catchUp.abandonFetch();
  }

  /**
   * This member leads now, and lacks nothing: what it was fetching is of a log that it left, or of
   * no use (N4).
   */
  void ends() {
    catchUp.stop();
    catchUp.abandonFetch();
  }

  /** The log goes on behind a snapshot of committed entries, which are every later leader's. */
  void installed(long index) {
    boolean ofThisLog =
        matchedLineage.equals(state.log.lineage()) || state.goesOnIn(matchedLineage);
    if (matchedTerm == state.term() && ofThisLog) {
      caughtUpTo(index, state.log.commitIndex());
    }
  }

  /** Appends entries that follow a position of this log (R3). */
  void take(LogPosition previous, List<Entry> entries) {
    long index = previous.index();
    for (Entry entry : entries) {
      index++;
      if (index <= state.log.base().index()) {
        continue; // it is committed, and so is the same, in a later epoch too (G2)
      }
      if (index <= state.log.lastIndex()) {
        if (state.log.termAt(index) == entry.term()) {
          continue;
        }
        state.log.truncateFrom(index);
      }
      state.take(entry);
    }
    if (index < state.log.lastIndex() && !state.keeps(Rule.DROPPED_WHERE_TERMS_DIFFER)) {
      state.log.truncateFrom(index + 1);
      matched = Math.min(matched, index);
    }
  }

  /** The log is the leader's up to an index; the leader's commit index counts up to there (R5). */
  void match(long index, long leaderCommit) {
    matched = Math.max(matched, index);
    boolean sure = state.keeps(Rule.COMMITTED_WHERE_KNOWN_TO_MATCH);
    long commit = Math.min(leaderCommit, sure ? matched : state.log.lastIndex());
    if (commit > state.log.commitIndex()) {
      state.commitTo(commit);
    }
    catchUp.onMatched(matched);
  }

  /** Missing entries came from a peer. */
  void caughtUpTo(long index, long commitIndex) {
    gap = false;
    answerDue = true;
    match(index, commitIndex);
  }

  /** Answers once what is answered for is given to the storage. */
  void flush() {
    if (!answerDue) {
      return;
    }
    answerDue = false;
    Member leader = state.leader;
    if (leader == null || state.leads() || matchedTerm != state.term()) {
      return;
    }
    boolean voter = state.isVoter() && !state.observes(state.leaderLineage);
    if (!voter && abstainedLately()) {
      return; // E4a
    }
    LogPosition position = gap && voter ? state.log.last() : matchedPosition();
    Stored stored =
        voter
            ? (gap ? Stored.GAP : Stored.STORED)
            : state.hasAbandoned(state.leaderLineage) ? Stored.OBSERVED : Stored.ABSTAINED; // E4
    state.send(
        leader, new AppendResponse(state.leaderLineage, state.term(), stored, position, round));
  }

  private LogPosition matchedPosition() {
    boolean some = matched >= state.log.base().index();
    return some ? state.log.position(matched) : LogPosition.START;
  }

  /** Remembers that it abstains now, unless it did lately and has since not got into step. */
  private boolean abstainedLately() {
    boolean lately =
        abstainedTerm == state.term()
            && state.now() - abstainedNs < state.config.heartbeatInterval().toNanos() / 2;
    if (lately && (abstainedInStep || !isInStep())) {
      return true;
    }
    abstainedTerm = state.term();
    abstainedNs = state.now();
    abstainedInStep = isInStep();
    return false;
  }
}
