package io.mosaik.groups.raft;

import io.mosaik.groups.log.Committee;
import io.mosaik.groups.log.Entry;
import io.mosaik.groups.log.Lineage;
import io.mosaik.groups.log.LogPosition;
import io.mosaik.groups.log.Member;
import io.mosaik.groups.raft.Message.Ballot;
import io.mosaik.groups.raft.Message.StateQuery;
import io.mosaik.groups.raft.Message.StateReport;
import io.mosaik.groups.raft.Message.Verdict;
import io.mosaik.groups.raft.Message.VoteRequest;
import io.mosaik.groups.raft.Message.VoteResponse;
import io.mosaik.groups.raft.RaftState.Phase;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** The birth of a group: an election whose committee is whoever is there (F1-F4). */
final class Formation {

  private final RaftState state;
  private final Election election;
  private final Replication replication;

  /** S, the members that are asked, this one included. */
  private final TreeSet<Member> electorate = new TreeSet<>();

  private final TreeSet<Member> answered = new TreeSet<>();
  private final TreeSet<Member> granted = new TreeSet<>();

  /** Whether someone had a log when this node last asked. */
  private boolean groupMet;

  Formation(RaftState state, Election election, Replication replication) {
    this.state = state;
    this.election = election;
    this.replication = replication;
  }

  /** The largest committee that is wanted for so many eligible members (C3). */
  static int targetSize(int eligible, int most) {
    int size = Math.min(eligible, most);
    if (size <= 2) {
      return eligible == 2 || size < 2 ? size : 1;
    }
    return size % 2 == 1 ? size : size - 1;
  }

  /** No leader was heard of for the election timeout and the bootstrap delay (F1). */
  void stand() {
    electorate.clear();
    electorate.add(state.self);
    state.bonded.forEach((member, observer) -> {
      if (!observer) {
        electorate.add(member);
      }
    });
    if (electorate.size() < state.config.bootstrapExpect()) {
      state.phase = Phase.FOLLOWING;
      state.resetElectionDeadlineForRetry();
      return;
    }
    if (groupMet) {
      // F3: it asks again first, without standing, so that terms don't outrun that group's.
      groupMet = false;
      state.phase = Phase.FOLLOWING;
      state.leader = null;
      state.resetElectionDeadlineForRetry();
      send(new StateQuery(Lineage.NONE, state.term(), 0, LogPosition.START, List.of()));
      return;
    }
    state.standInNextTerm(Phase.FORMING); // F2
    state.resetElectionDeadlineForRetry();
    answered.clear();
    granted.clear();
    answered.add(state.self);
    granted.add(state.self);
    send(new VoteRequest(Lineage.NONE, state.term(), Ballot.FORMATION, LogPosition.START));
    count();
  }

  private void send(Message question) {
    for (Member member : electorate) {
      if (!member.equals(state.self)) {
        state.send(member, question);
      }
    }
  }

  /** F3: someone tells what it has. */
  void onReport(Member from, StateReport report) {
    groupMet |= electorate.contains(from) && !report.lineage().isNone();
  }

  void onRequest(Member from, VoteRequest request) {
    if (!state.log.isEmpty() && state.keeps(Rule.NONE_WITH_A_LOG)) {
      // F3. The term of one who stands outside must not disturb a group: it isn't taken over. Only
      // who has no leader takes it, for the one who stands may be the voter that it needs.
      if (request.term() > state.term() && !election.isLed()) {
        state.follow(request.term(), null);
      }
      state.send(from, election.answer(request, Verdict.DENIED));
      return;
    }
    if (request.term() > state.term()) {
      state.follow(request.term(), null);
    }
    Verdict verdict;
    if (state.options.observer()) {
      verdict = Verdict.ABSTAINED;
    } else if (!state.heardOfLeaderLately()
        && election.grants(from, request.term(), request.last())) {
      verdict = Verdict.GRANTED;
    } else {
      verdict = Verdict.DENIED;
    }
    state.send(from, election.answer(request, verdict));
  }

  void onResponse(Member from, VoteResponse response) {
    groupMet |= response.hasLog() && state.log.isEmpty();
    if (state.phase != Phase.FORMING
        || response.askedTerm() != state.term()
        || !electorate.contains(from)) {
      return;
    }
    boolean group = response.hasLog() && state.keeps(Rule.NONE_WITH_A_LOG);
    if (group || response.leader() != null) {
      // F3: there is a group already, which will take this node in.
      state.phase = Phase.FOLLOWING;
      state.resetElectionDeadline();
      return;
    }
    if (response.term() > state.term()) {
      state.follow(response.term(), null);
      return;
    }
    answered.add(from);
    if (response.verdict() == Verdict.GRANTED) {
      granted.add(from);
    }
    count();
  }

  private void count() {
    boolean allAnswered = answered.size() == electorate.size() || !state.keeps(Rule.ALL_ANSWER);
    if (!allAnswered || granted.size() < electorate.size() / 2 + 1) {
      return;
    }
    // F4. Those who granted come first: they are there.
    int size = targetSize(electorate.size(), state.config.maxCommitteeSize());
    var chosen = new ArrayList<Member>(List.of(state.self));
    electorate.stream()
        .filter(member -> !member.equals(state.self))
        .sorted((a, b) -> {
          int byGrant = Boolean.compare(granted.contains(b), granted.contains(a));
          return byGrant != 0 ? byGrant : a.compareTo(b);
        })
        .limit(size - 1L)
        .forEach(chosen::add);
    replication.lead(
        new Entry.Formation(state.term(), state.quorum.form(state.random), Committee.of(chosen)));
  }
}
