package io.mosaik.groups.raft;

import io.mosaik.groups.log.LogPosition;
import io.mosaik.groups.log.Member;
import io.mosaik.groups.raft.Message.Ballot;
import io.mosaik.groups.raft.Message.Verdict;
import io.mosaik.groups.raft.Message.VoteRequest;
import io.mosaik.groups.raft.Message.VoteResponse;
import io.mosaik.groups.raft.RaftState.Phase;
import java.util.TreeSet;

/** Standing for election, and voting (E1-E4; §3.4, §3.6.1, §9.6). */
final class Election {

  private final RaftState state;
  private final Replication replication;

  /** The members whose grants count in the running (pre-)vote. */
  private final TreeSet<Member> grants = new TreeSet<>();

  Election(RaftState state, Replication replication) {
    this.state = state;
    this.replication = replication;
  }

  /** The election timeout has passed: ask first whether an election could be won (E2). */
  void preVote() {
    state.phase = Phase.PRE_VOTING;
    state.leader = null;
    ask(Ballot.PRE_VOTE, state.quorum.nextTerm(state.term()));
  }

  /** Stands in the next term, at once, because its leader has asked for it (C6). */
  void standAsAsked() {
    stand(Ballot.HANDOVER);
  }

  private void stand(Ballot ballot) {
    state.standInNextTerm(Phase.VOTING);
    ask(ballot, state.term());
  }

  private void ask(Ballot ballot, long term) {
    state.resetElectionDeadline();
    grants.clear();
    if (state.log.isEmpty()) {
      throw new IllegalStateException("an unformed node stands by formation");
    }
    var request = new VoteRequest(state.log.lineage(), term, ballot, state.log.last());
    for (Member member : state.bonded.keySet()) {
      if (state.quorum.countsVoteOf(member)) {
        state.send(member, request);
      }
    }
    grants.add(state.self);
    count();
  }

  private void count() {
    if (!state.quorum.elects(grants)) {
      return;
    }
    if (state.phase == Phase.PRE_VOTING) {
      stand(Ballot.VOTE);
    } else {
      replication.lead();
    }
  }

  void onResponse(Member from, VoteResponse response) {
    if (response.term() > state.term()) {
      state.follow(response.term(), null);
      return;
    }
    boolean current =
        switch (response.ballot()) {
          case PRE_VOTE ->
              state.phase == Phase.PRE_VOTING
                  && response.askedTerm() == state.quorum.nextTerm(state.term());
          case VOTE, HANDOVER ->
              state.phase == Phase.VOTING && response.askedTerm() == state.term();
          case FORMATION -> false;
        };
    if (current && response.verdict() == Verdict.GRANTED && grants.add(from)) {
      count();
    }
  }

  /** Someone of the same lineage asks, or this node has no log. */
  void onRequest(Member from, VoteRequest request) {
    boolean preVote = request.ballot() == Ballot.PRE_VOTE;
    boolean refused = request.ballot() != Ballot.HANDOVER && isLed(preVote);
    if (!preVote && !refused && request.term() > state.term()) {
      state.follow(request.term(), null);
    }
    Verdict verdict;
    if (state.observes(request.lineage())) {
      verdict = Verdict.ABSTAINED; // E4, F7
    } else if (!refused && (preVote ? wouldGrant(request) : grants(from, request))) {
      verdict = Verdict.GRANTED;
    } else {
      verdict = Verdict.DENIED;
    }
    state.send(from, answer(request, verdict));
  }

  /** It stands where this node doesn't act any more (G5). */
  void refuse(Member from, VoteRequest request) {
    state.send(from, answer(request, Verdict.DENIED));
  }

  /**
   * Whether there is a leader, as far as this node can know: then it disturbs nobody (E2), and
   * gives no vote to another, nor takes over its term, so that the leader can rely on that (T1).
   */
  private boolean isLed(boolean preVote) {
    return isLed() && (preVote || state.keeps(Rule.LED_MEMBERS_REFUSE));
  }

  boolean isLed() {
    return state.heardOfLeaderLately() || (state.leads() && replication.hasQuorum());
  }

  private boolean wouldGrant(VoteRequest request) {
    return request.term() > state.term() && isUpToDate(request.last());
  }

  private boolean grants(Member from, VoteRequest request) {
    return grants(from, request.term(), request.last());
  }

  /** E3: stores the vote if it gives it. */
  boolean grants(Member from, long term, LogPosition last) {
    boolean free =
        state.vote() == null || from.equals(state.vote()) || !state.keeps(Rule.ONE_VOTE_A_TERM);
    if (term != state.term() || !free || !isUpToDate(last)) {
      return false;
    }
    if (!from.equals(state.vote())) {
      state.voteFor(from);
    }
    state.resetElectionDeadline();
    return true;
  }

  private boolean isUpToDate(LogPosition last) {
    return last.isAtLeastAsUpToDateAs(state.log.last()) || !state.keeps(Rule.UP_TO_DATE_CANDIDATE);
  }

  VoteResponse answer(VoteRequest request, Verdict verdict) {
    boolean goesOn = state.goesOnIn(request.lineage()); // its log is of an epoch before (G5)
    return new VoteResponse(
        goesOn ? request.lineage() : state.log.lineage(),
        state.term(),
        request.ballot(),
        request.term(),
        verdict,
        !state.log.isEmpty(),
        state.leader);
  }
}
