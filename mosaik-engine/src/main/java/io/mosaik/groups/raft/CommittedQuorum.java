package io.mosaik.groups.raft;

import io.mosaik.groups.log.Committee;
import io.mosaik.groups.log.Lineage;
import io.mosaik.groups.log.Member;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The majority of the committee that the log names last, committed or not (§4.1). */
final class CommittedQuorum implements Quorum {

  private final RaftLog log;
  private final boolean byIncarnation;

  /**
   * Of the committee in a log.
   *
   * @param byIncarnation whether votes count by full members; false in tests that break this rule
   */
  CommittedQuorum(RaftLog log, boolean byIncarnation) {
    this.log = log;
    this.byIncarnation = byIncarnation;
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
    return committee != null
        && (byIncarnation ? committee.contains(member) : committee.containsPeer(member.peer()));
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
