package io.mosaik.groups.raft;

import io.mosaik.groups.log.Committee;
import io.mosaik.groups.log.EndedLineage;
import io.mosaik.groups.log.Entry;
import io.mosaik.groups.log.Lineage;
import io.mosaik.groups.log.LogPosition;
import io.mosaik.groups.log.Member;
import io.mosaik.groups.log.Promise;
import io.mosaik.groups.raft.Message.EpochRequest;
import io.mosaik.groups.raft.Message.EpochResponse;
import io.mosaik.groups.raft.Message.Holding;
import io.mosaik.groups.raft.Message.LineageEnded;
import io.mosaik.groups.raft.Message.StateReport;
import io.mosaik.groups.raft.RaftState.Phase;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What remains of a group whose majority is gone for good begins its next epoch (G2, G3): the
 * member with the most complete log asks all that are there to promise that they go on with it.
 * When all have, its log gets a {@code Recovery} entry, from which on it is the log of the next
 * epoch.
 */
final class Recovery {

  private final RaftState state;
  private final Election election;
  private final Replication replication;
  private final Survey survey;

  /** Who is asked, in an attempt that runs, and who has agreed. */
  private final TreeSet<Member> electorate = new TreeSet<>();

  private final TreeSet<Member> agreed = new TreeSet<>();

  /** Who was there when it began. */
  private Set<Member> known = Set.of();

  /** What is asked for; null while no attempt runs. */
  private @Nullable Promise asked;

  /** The epoch of the attempts of this run; none of them has succeeded. */
  private Lineage attempted = Lineage.NONE;

  Recovery(RaftState state, Election election, Replication replication, Survey survey) {
    this.state = state;
    this.election = election;
    this.replication = replication;
    this.survey = survey;
  }

  /**
   * No leader was heard of for an election timeout.
   *
   * @return whether an attempt to begin the next epoch runs now
   */
  boolean onElectionTimeout() {
    if (!survey.isDue()) {
      return false;
    }
    survey.assess();
    if (mayBegin() && stand()) {
      return true;
    }
    survey.ask();
    return false;
  }

  /** G2: all that could know better are there and have answered, and none does. */
  private boolean mayBegin() {
    boolean complete = survey.haveAllAnswered() || !state.keeps(Rule.SURVIVORS_AGREE);
    boolean allowed = survey.hasWordOfOperator() || survey.areAllPresent();
    return complete
        && allowed
        && !survey.needsOperator()
        && isCalledFor()
        && !state.promises.isFull()
        && survey.reports().entrySet().stream()
            .noneMatch(answer -> knowsBetter(answer.getKey(), answer.getValue()));
  }

  /** Whether elections can't end it: there are too few voters, or none that would be elected. */
  private boolean isCalledFor() {
    return survey.isMajorityGone() || !state.promises.isEmpty() || survey.isHopeless();
  }

  /** Whether there is a leader, a later epoch, or a log that has more or comes first. */
  private boolean knowsBetter(Member other, StateReport report) {
    Lineage own = state.log.lineage();
    boolean led = report.led() && report.holding() != Holding.ELSEWHERE;
    if (led || report.lineage().isEpochAfter(own)) {
      return true;
    }
    if (isElsewhere(report)
        || !report.lineage().equals(own)
        || !state.keeps(Rule.MOST_COMPLETE_GOES_ON)) {
      return false;
    }
    if (state.keeps(Rule.KNOWN_COMMITTED_GOES_ON)) {
      if (!state.log.hasCommitted(report.committed())) {
        return true;
      }
      if (report.lacks()) {
        return false; // What it has beyond was never committed.
      }
    }
    int byLog = report.last().compareTo(state.log.last());
    boolean observes = report.holding() == Holding.OBSERVES;
    if (byLog == 0 && observes != state.observes(own)) {
      return !observes;
    }
    return byLog > 0 || (byLog == 0 && other.compareTo(state.self) < 0);
  }

  /**
   * The committee of the next epoch: of those that hold a log, voters first; where only observers
   * do, of the others. Null if there are none but observers.
   */
  private @Nullable Committee nextCommittee() {
    var holders = new ArrayList<Member>();
    var others = new ArrayList<Member>();
    if (!state.options.observer()) {
      holders.add(state.self);
    }
    survey
        .reports()
        .forEach((member, report) -> {
          boolean observer = state.bonded.getOrDefault(member, true);
          boolean elsewhere = isElsewhere(report);
          if (!observer && !elsewhere) {
            (report.lineage().isNone() ? others : holders).add(member);
          }
        });
    List<Member> pool = holders.isEmpty() ? others : holders;
    Set<Member> gone = survey.gone();
    Set<Member> voters = survey.voters();
    pool.sort((a, b) ->
        Boolean.compare(
            voters.contains(b) && !gone.contains(b), voters.contains(a) && !gone.contains(a)));
    int size = Formation.targetSize(pool.size(), state.config.maxCommitteeSize());
    return size == 0 ? null : Committee.of(pool.subList(0, size));
  }

  /** It holds a log that is none of this lineage: it has no part in this. */
  private static boolean isElsewhere(StateReport report) {
    return report.holding() == Holding.ELSEWHERE && !report.lineage().isNone();
  }

  /** G3: asks all, in a term later than those of all. */
  private boolean stand() {
    Committee committee = nextCommittee();
    Set<Member> gone = survey.gone();
    var bound = new ArrayList<>(survey.voters());
    bound.removeAll(gone);
    if (committee == null || bound.size() + gone.size() > Committee.MAX_SIZE) {
      return false;
    }
    long latest = state.term();
    int epoch = Math.max(state.log.lineage().epoch(), state.promises.epoch());
    electorate.clear();
    for (var answer : survey.reports().entrySet()) {
      if (!isElsewhere(answer.getValue())) {
        electorate.add(answer.getKey());
        latest = Math.max(latest, answer.getValue().term());
        epoch = Math.max(epoch, answer.getValue().epoch());
      }
    }
    if (epoch >= Lineage.MAX_EPOCH) {
      return false;
    }
    boolean again =
        attempted.isEpochAfter(state.log.lineage())
            && attempted.epoch() >= epoch
            && !state.promises.includeOtherThan(attempted);
    if (!again) {
      attempted = state.log.lineage().recovered(epoch + 1, state.random);
    }
    state.follow(latest, null);
    state.standInNextTerm(Phase.RECOVERING);
    state.resetElectionDeadline();
    asked = new Promise(state.term(), attempted, List.copyOf(gone), committee.members());
    state.promises.add(asked);
    agreed.clear();
    known = new TreeSet<>(state.bonded.keySet());
    survey.forget();
    LogPosition last = state.log.last();
    var request =
        new EpochRequest(
            state.lineage(), state.term(), last, survey.knownCommitted(), bound, asked);
    for (Member member : electorate) {
      state.send(member, request);
    }
    count();
    return true;
  }

  /** Someone is to go on in the next epoch (G3). */
  void onRequest(Member from, EpochRequest request) {
    boolean agrees = false;
    boolean known = state.keeps(Rule.KNOWN_COMMITTED_GOES_ON);
    boolean has = !known || state.log.commitIndex() <= request.committed().index();
    if (!election.isLed() && isOfThisLog(request) && isLastHope(request) && has) {
      if (request.term() > state.term()) {
        state.follow(request.term(), null);
      }
      boolean ranks =
          state.keeps(Rule.MOST_COMPLETE_GOES_ON)
              && (!known || state.log.hasCommitted(request.committed()));
      agrees = election.grants(from, request.term(), ranks ? request.last() : state.log.last());
    }
    if (agrees && !state.log.isEmpty() && state.keeps(Rule.KEPT_PROMISE)) {
      state.promises.add(request.promise());
    }
    state.send(from, new EpochResponse(state.log.lineage(), state.term(), request.term(), agrees));
  }

  /** Whether this log, if there is one, is a part of what it is to go on with. */
  private boolean isOfThisLog(EpochRequest request) {
    return state.log.isEmpty()
        || state.lineage().equals(request.lineage())
        || state.goesOnIn(request.lineage());
  }

  /** Whether all that may have begun what was promised before are gone, or asked too. */
  private boolean isLastHope(EpochRequest request) {
    return state.log.isEmpty()
        || (state.promises.awaitedAfter(request.lineage()).stream()
                .allMatch(member ->
                    request.bound().contains(member) || request.promise().gone().contains(member))
            && (!state.promises.isFull() || state.promises.include(request.promise().next())));
  }

  void onResponse(Member from, EpochResponse response) {
    if (state.phase != Phase.RECOVERING
        || response.askedTerm() != state.term()
        || !electorate.contains(from)) {
      return;
    }
    if (response.agrees()) {
      agreed.add(from);
      count();
    } else {
      state.follow(Math.max(state.term(), response.term()), null);
    }
  }

  private void count() {
    boolean all = agreed.containsAll(electorate) || !state.keeps(Rule.SURVIVORS_AGREE);
    if (asked == null || !all) {
      return;
    }
    if (!known.containsAll(state.bonded.keySet())) {
      state.follow(state.term(), null); // Someone has come who may know better.
    } else {
      Promise promise = asked;
      asked = null;
      attempted = Lineage.NONE;
      replication.lead(
          new Entry.Recovery(
              state.term(),
              promise.next(),
              state.log.lineage(),
              promise.gone(),
              new Committee(promise.committee())));
    }
  }

  /**
   * G6: where the majority is gone and another lineage has a leader, this one is over without its
   * log: a later epoch of it, of which this member has promised nothing; or, for one who only
   * observes, whatever group there is. Null if it is not so.
   */
  @Nullable EndedLineage refuge() {
    Lineage own = state.log.lineage();
    boolean counts =
        state.log.committees().possibleVoters().contains(state.self) && !state.observes(own);
    for (StateReport report : survey.reports().values()) {
      Lineage other = report.lineage();
      boolean led = report.led() && !other.isNone() && !other.equals(own) && !state.isOver(other);
      boolean later = other.isEpochAfter(own) && !state.goesOnIn(other);
      if (led && (later ? !counts || survey.isMajorityGone() : isForlorn())) {
        return later ? EndedLineage.dissolved(own, other) : EndedLineage.abandoned(own);
      }
    }
    return null;
  }

  /** Whether nobody is left in this lineage but such as have no vote in it. */
  private boolean isForlorn() {
    return state.observes(state.log.lineage())
        && survey.isMajorityGone()
        && survey.areAllPresent()
        && survey.haveAllAnswered()
        && survey.reports().values().stream()
            .noneMatch(report -> report.holding() == Holding.HOLDS);
  }

  /** G6: others went on without this member, which they took for lost. */
  void tellIfGivenUp(Member from, Lineage lineage) {
    EndedLineage end = state.endOf(lineage);
    if (end != null && end.isRecovered() && end.gone().contains(from)) {
      state.send(from, new LineageEnded(state.log.lineage(), state.term(), end));
    }
  }
}
