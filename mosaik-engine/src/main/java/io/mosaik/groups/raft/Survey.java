package io.mosaik.groups.raft;

import io.mosaik.groups.log.Committee;
import io.mosaik.groups.log.Lineage;
import io.mosaik.groups.log.LogPosition;
import io.mosaik.groups.log.Member;
import io.mosaik.groups.raft.Message.Holding;
import io.mosaik.groups.raft.Message.StateQuery;
import io.mosaik.groups.raft.Message.StateReport;
import io.mosaik.groups.raft.Outage.Remedy;
import io.mosaik.id.PeerId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a member that finds no leader learns of the others: who has what of its lineage, which
 * voters are there, which may come back and which are gone for good (G1, G4). It tells the user
 * what is amiss; what follows from it is decided in {@link Recovery}.
 */
final class Survey {

  /** So many election timeouts pass in vain before anyone asks. */
  private static final int PATIENCE = 3;

  private final RaftState state;
  private final Election election;

  /** How many election timeouts have passed since a leader was known. */
  private int inVain;

  /** The answers to the latest question. */
  private final TreeMap<Member, StateReport> reports = new TreeMap<>();

  private long round;

  /** The voters at the time of the latest question. */
  private Set<Member> askedAbout = Set.of();

  /** Voters whose peers have answered under another incarnation. */
  private final TreeSet<Member> lost = new TreeSet<>();

  /** The peers whose logs are lost, by the word of an operator. */
  private final TreeSet<PeerId> givenUp = new TreeSet<>();

  /** The latest position that others know to be committed, and that this log has. */
  private LogPosition heardCommitted = LogPosition.START;

  private @Nullable Outage outage;

  Survey(RaftState state, Election election) {
    this.state = state;
    this.election = election;
  }

  /** Why there is no leader; null unless there has been none for long, for want of voters. */
  @Nullable Outage outage() {
    return outage;
  }

  /** There is a leader, or the log is another one: what was learnt is void. */
  void reset() {
    inVain = 0;
    outage = null;
    heardCommitted = LogPosition.START;
    givenUp.clear();
    reports.clear();
    lost.clear();
  }

  /** Counts an election timeout; whether so many have passed that one has to ask. */
  boolean isDue() {
    return ++inVain >= PATIENCE;
  }

  /** Whether there has been no leader for so long that elections won't bring one. */
  boolean isHopeless() {
    return inVain >= 3 * PATIENCE;
  }

  /** An operator says that the logs of these peers are lost for good (G4). */
  void giveUp(Set<PeerId> peers) {
    if (!election.isLed() && !state.log.isEmpty()) {
      givenUp.addAll(peers);
      while (givenUp.size() > StateQuery.MAX_LOST) {
        givenUp.pollLast();
      }
      inVain = Math.max(inVain, PATIENCE);
    }
  }

  boolean hasWordOfOperator() {
    return !givenUp.isEmpty();
  }

  /** Asks all others what they have. What they had before doesn't count any more. */
  void ask() {
    reports.clear();
    round++;
    askedAbout = voters();
    state.broadcast(
        new StateQuery(
            state.lineage(), state.term(), round, knownCommitted(), List.copyOf(givenUp)));
  }

  /**
   * The latest position that anyone of those who have answered knows to be committed, as far as it
   * is in this log.
   */
  LogPosition knownCommitted() {
    LogPosition own = state.log.position(state.log.commitIndex());
    return heardCommitted.index() > own.index() ? heardCommitted : own;
  }

  void forget() {
    reports.clear();
  }

  void onQuery(Member from, StateQuery query) {
    Lineage own = state.log.lineage();
    Lineage asked = query.lineage();
    Holding holding;
    if (own.isNone()) {
      holding = state.hasAbandoned(asked) ? Holding.ELSEWHERE : Holding.LACKS;
    } else if (state.lineage().equals(asked) || state.goesOnIn(asked)) {
      holding = state.observes(asked) ? Holding.OBSERVES : Holding.HOLDS;
      if (!query.lost().isEmpty()) {
        giveUp(new TreeSet<>(query.lost()));
      }
    } else {
      holding = Holding.ELSEWHERE;
    }
    boolean led =
        election.isLed()
            && (own.equals(state.leaderLineage)
                || asked.equals(state.leaderLineage)
                || state.leads());
    state.send(
        from,
        new StateReport(
            own,
            state.term(),
            asked,
            query.round(),
            holding,
            led,
            state.options.durable(),
            state.log.last(),
            state.log.position(state.log.commitIndex()),
            !state.log.hasCommitted(query.committed()),
            Math.max(own.epoch(), state.promises.epoch()),
            List.copyOf(own.isNone() ? Set.of() : state.promises.awaitedAfter(asked))));
  }

  void onReport(Member from, StateReport report) {
    if (report.round() != round
        || state.log.isEmpty()
        || !report.asked().equals(state.lineage())
        || !state.bonded.containsKey(from)) {
      return;
    }
    reports.put(from, report);
    boolean counts = report.holding() == Holding.HOLDS || report.holding() == Holding.OBSERVES;
    if (counts
        && report.committed().index() > heardCommitted.index()
        && state.log.hasCommitted(report.committed())) {
      heardCommitted = report.committed();
    }
    for (Member voter : askedAbout) {
      if (voter.peer().equals(from.peer()) && !voter.equals(from)) {
        lost.add(voter); // It answers now, and the voter was there before.
      }
    }
  }

  Map<Member, StateReport> reports() {
    return reports;
  }

  /**
   * All that may have a vote: of the committees that may be in force, and of those that may have
   * begun a later epoch.
   */
  Set<Member> voters() {
    var voters = new TreeSet<>(state.log.committees().possibleVoters());
    voters.addAll(state.promises.awaitedAfter(state.log.lineage()));
    for (StateReport report : reports.values()) {
      if (report.holding() == Holding.HOLDS || report.holding() == Holding.OBSERVES) {
        voters.addAll(report.awaited());
      }
    }
    return voters;
  }

  /** The voters that never act in this lineage again, by proof or by an operator's word. */
  Set<Member> gone() {
    Set<Member> voters = voters();
    var gone = new TreeSet<Member>();
    voters.remove(state.self);
    for (Member voter : voters) {
      StateReport report = reports.get(voter);
      boolean elsewhere =
          report != null
              && (report.holding() == Holding.ELSEWHERE || report.holding() == Holding.OBSERVES);
      boolean given = givenUp.contains(voter.peer()) && !state.bonded.containsKey(voter);
      boolean before = voter.peer().equals(state.self.peer()) && !voter.equals(state.self);
      if (lost.contains(voter) || elsewhere || given || before) {
        gone.add(voter);
      }
    }
    return gone;
  }

  /** Whether no majority of the last committee can ever return. */
  boolean isMajorityGone() {
    Committee committee = state.quorum.committee();
    Set<Member> gone = gone();
    return committee != null
        && committee.members().stream().filter(member -> !gone.contains(member)).count()
            < committee.majority();
  }

  /** Whether all bonds have answered, and every voter that is not gone is among them. */
  boolean haveAllAnswered() {
    Set<Member> gone = gone();
    return reports.keySet().containsAll(state.bonded.keySet())
        && voters().stream()
            .allMatch(voter ->
                voter.equals(state.self) || gone.contains(voter) || reports.containsKey(voter));
  }

  /** Whether so many are there as the group was to form with (F2). */
  boolean areAllPresent() {
    int present = state.options.observer() ? 0 : 1;
    for (boolean observer : state.bonded.values()) {
      present += observer ? 0 : 1;
    }
    return present >= state.config.bootstrapExpect();
  }

  /**
   * G4: what was on a disk may be found again; that it won't be is for a person to say. Who is
   * there and has given up its log itself has lost none.
   */
  boolean needsOperator() {
    boolean durable =
        state.options.durable() || reports.values().stream().anyMatch(StateReport::durable);
    return durable
        && gone().stream()
            .anyMatch(voter -> !reports.containsKey(voter) && !givenUp.contains(voter.peer()));
  }

  /** G1: tells who is not there, where too few are there for a leader. */
  void assess() {
    Committee committee = state.quorum.committee();
    if (committee == null) {
      return;
    }
    reports.keySet().retainAll(state.bonded.keySet());
    Set<Member> gone = gone();
    var missing = new ArrayList<Member>();
    for (Member voter : voters()) {
      if (!voter.equals(state.self) && !state.bonded.containsKey(voter) && !gone.contains(voter)) {
        missing.add(voter);
      }
    }
    long there =
        committee.members().stream()
            .filter(member -> !gone.contains(member) && !missing.contains(member))
            .count();
    Outage now = null;
    boolean few = there < committee.majority() || !state.promises.isEmpty();
    if (few || inVain >= 2 * PATIENCE) {
      boolean waits = !missing.isEmpty() || (!areAllPresent() && !hasWordOfOperator());
      boolean possible = few && !isMajorityGone() && state.promises.isEmpty();
      Remedy remedy =
          waits && possible
              ? Remedy.RETURN
              : needsOperator() ? Remedy.OPERATOR : waits ? Remedy.RETURN : Remedy.AGREEMENT;
      LogPosition committed = state.log.position(state.log.commitIndex());
      now = new Outage(List.copyOf(gone), missing, committed, remedy);
    }
    if (now != null && !now.equals(outage)) {
      state.emit(new Effect.OutageSeen(now));
    }
    outage = now;
  }
}
