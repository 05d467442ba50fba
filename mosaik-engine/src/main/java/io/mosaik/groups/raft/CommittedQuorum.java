package io.mosaik.groups.raft;

import io.mosaik.groups.log.Committee;
import io.mosaik.groups.log.Lineage;
import io.mosaik.groups.log.Member;
import java.util.List;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The majority of the committee that the log names last, committed or not (§4.1). */
final class CommittedQuorum implements Quorum {

  private final RaftLog log;
  private final boolean ofVoters;
  private final boolean byIncarnation;

  /**
   * Of the committee in a log.
   *
   * @param keeps the rules that are not broken
   */
  CommittedQuorum(RaftLog log, Predicate<Rule> keeps) {
    this.log = log;
    ofVoters = keeps.test(Rule.VOTES_OF_VOTERS);
    byIncarnation = keeps.test(Rule.INCARNATION);
  }

  @Override
  public List<Member> voters() {
    Committee committee = log.committee();
    return committee == null ? List.of() : committee.members();
  }

  @Override
  public @Nullable Committee committee() {
    return log.committee();
  }

  @Override
  public boolean contains(Member member) {
    Committee committee = log.committee();
    return committee != null && committee.contains(member);
  }

  @Override
  public boolean countsVoteOf(Member member) {
    Committee committee = log.committee();
    if (committee == null || !ofVoters) {
      return committee != null;
    }
    return byIncarnation ? committee.contains(member) : committee.containsPeer(member.peer());
  }

  @Override
  public long nextTerm(long term) {
    return term + 1;
  }

  @Override
  public boolean mayLead(Member member, long term) {
    return true;
  }

  @Override
  public Lineage form(RandomGenerator random) {
    return Lineage.formed(random);
  }

  @Override
  public boolean intersects() {
    return true;
  }
}
