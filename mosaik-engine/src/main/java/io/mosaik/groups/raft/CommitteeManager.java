package io.mosaik.groups.raft;

import io.mosaik.groups.log.Committee;
import io.mosaik.groups.log.Entry;
import io.mosaik.groups.log.Member;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Lets the committee follow the living, one committed change at a time (C1-C5; §4.1 with the
 * correction of 2015). It runs on the leader, at each heartbeat and whenever something changes.
 */
final class CommitteeManager {

  /** A learner this close to the end of the leader's log may vote, in any case. */
  static final int WINDOW_ENTRIES = 1_000;

  private final RaftState state;
  private final Replication replication;
  private final Pace pace;

  /** Members that said that they leave. */
  private final TreeSet<Member> departed = new TreeSet<>();

  CommitteeManager(RaftState state, Replication replication) {
    this.state = state;
    this.replication = replication;
    pace = new Pace(state);
  }

  void onDeparted(Member member) {
    departed.add(member);
  }

  void onBondUp(Member member) {
    departed.remove(member);
  }

  void onBondDown(Member member) {
    if (!state.quorum.contains(member)) {
      departed.remove(member);
    }
  }

  boolean hasDeparted(Member member) {
    return departed.contains(member);
  }

  /** Changes the committee by one member, if it should and may. */
  void tick() {
    Committee committee = state.quorum.committee();
    if (committee == null || !state.leads() || !state.quorum.intersects()) { // B1: none is named
      return;
    }
    pace.observe();
    boolean open = replication.isOpen() || !state.keeps(Rule.CHANGE_AFTER_OWN_TERM); // C2
    boolean settled =
        state.log.committeeIndex() <= state.log.commitIndex()
            || !state.keeps(Rule.ONE_CHANGE_AT_A_TIME); // C1
    if (!open || !settled) {
      return;
    }
    Committee next = next(committee);
    if (next != null) {
      state.append(new Entry.CommitteeChange(state.term(), next));
      replication.advanceCommit();
    }
  }

  private @Nullable Committee next(Committee committee) {
    Member lost = toRemove(committee);
    if (lost != null) {
      if (!state.bonded.containsKey(lost)) {
        departed.remove(lost);
      }
      return committee.without(lost);
    }
    int eligible = eligible(committee);
    int target = Formation.targetSize(eligible, state.config.maxCommitteeSize());
    if (committee.size() < target) {
      Member learner = toPromote(committee);
      if (learner == null) {
        return null;
      }
      Committee more = committee.with(learner);
      if (!state.keeps(Rule.ONE_MEMBER_A_CHANGE)) {
        for (Member second = toPromote(more); second != null; second = toPromote(more)) {
          more = more.with(second);
        }
      }
      return more;
    }
    if (committee.size() > target && committee.size() % 2 == 0) {
      return withoutSpare(committee);
    }
    return null;
  }

  /** C4, C5: a voter that is gone, or of no use; null if there is none that may be removed. */
  private @Nullable Member toRemove(Committee committee) {
    for (Member member : committee.members()) {
      if (!member.equals(state.self)
          && isLost(committee, member)
          && canDoWithout(committee, member)) {
        return member;
      }
    }
    return null;
  }

  private boolean isLost(Committee committee, Member member) {
    Boolean observer = state.bonded.get(member);
    if (departed.contains(member) || hasOtherIncarnation(member)) {
      return true;
    }
    long silentNs = replication.silentNs(member);
    if (observer == null && silentNs >= state.config.deadAfter().toNanos()) {
      return true;
    }
    Progress known = replication.progressOf(member);
    if ((observer != null && observer) || (known != null && known.observes)) {
      return true;
    }
    if (known != null && lags(known)) {
      return true;
    }
    // C5: of an even committee exactly half is reachable, this leader included.
    return committee.size() % 2 == 0
        && silentNs > state.electionTimeoutNs()
        && replication.reachable(committee.members()) == committee.size() / 2;
  }

  private boolean hasOtherIncarnation(Member voter) {
    // Members are ordered by peer first.
    Member least = new Member(voter.peer(), 0);
    Member next = state.bonded.ceilingKey(least);
    return next != null && next.peer().equals(voter.peer()) && !next.equals(voter);
  }

  /** A change that the remaining voters could not commit would only stand in the way. */
  private boolean canDoWithout(Committee committee, Member member) {
    if (committee.size() == 1) {
      return false;
    }
    Committee rest = committee.without(member);
    return replication.reachable(rest.members()) >= rest.majority();
  }

  private int eligible(Committee committee) {
    int count = committee.contains(state.self) ? 1 : 0;
    for (var bond : state.bonded.entrySet()) {
      Progress known = replication.progressOf(bond.getKey());
      boolean observer = bond.getValue() || (known != null && known.observes);
      if (!observer && !departed.contains(bond.getKey())) {
        count++;
      }
    }
    return count;
  }

  /** C3: a bonded learner that has caught up, and knows that the formation is committed. */
  private @Nullable Member toPromote(Committee committee) {
    for (var bond : state.bonded.entrySet()) {
      Member member = bond.getKey();
      if (bond.getValue() || departed.contains(member) || committee.containsPeer(member.peer())) {
        continue;
      }
      Progress known = replication.progressOf(member);
      if (known != null
          && known.settled
          && !known.observes
          && isCaughtUp(known)
          && replication.silentNs(member) <= state.electionTimeoutNs()) {
        return member;
      }
    }
    return null;
  }

  /**
   * An even committee of four or more survives no more failures than one with a member less: where
   * all its voters live and none can be added, the one furthest behind becomes a learner.
   */
  private @Nullable Committee withoutSpare(Committee committee) {
    Member spare = null;
    long least = Long.MAX_VALUE;
    for (Member member : committee.members()) {
      if (member.equals(state.self)) {
        continue;
      }
      Progress known = replication.progressOf(member);
      if (known == null
          || !state.bonded.containsKey(member)
          || replication.silentNs(member) > state.electionTimeoutNs()) {
        return null;
      }
      if (known.matchIndex <= least) {
        least = known.matchIndex;
        spare = member;
      }
    }
    return spare == null ? null : committee.without(spare);
  }

  /** A few entries behind, or where the log ended an election timeout ago. */
  private boolean isCaughtUp(Progress known) {
    Pace.Sample ago = pace.ago();
    return state.log.lastIndex() - known.knownIndex <= WINDOW_ENTRIES
        || (ago != null && known.knownIndex >= ago.lastIndex());
  }

  /** Far from where the majority was an election timeout ago: others keep up, and it does not. */
  private boolean lags(Progress known) {
    Pace.Sample ago = pace.ago();
    return ago != null && ago.commitIndex() - known.knownIndex > WINDOW_ENTRIES;
  }
}
