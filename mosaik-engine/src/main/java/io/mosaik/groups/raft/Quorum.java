package io.mosaik.groups.raft;

import io.mosaik.groups.log.Committee;
import io.mosaik.groups.log.Lineage;
import io.mosaik.groups.log.Member;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.ToLongFunction;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Whose votes, answers and stored entries count, and how many of them are enough (E3, R4, E6). All
 * that counts anything asks here, so that it counts by one rule.
 */
sealed interface Quorum permits CommittedQuorum, BondedQuorum {

  /** The members that count at this moment; none in a node that is unformed. */
  List<Member> voters();

  /** The same as a committee, for those who look at it; null where there are no voters. */
  @Nullable Committee committee();

  /** Whether this very member counts. */
  boolean contains(Member member);

  /** Whether a vote of this member counts (E3). */
  boolean countsVoteOf(Member member);

  /** The term to stand in after this one. */
  long nextTerm(long term);

  /** Whether this member may be the one who leads in a term, by the term alone. */
  boolean mayLead(Member member, long term);

  /** The lineage of a group that forms. */
  Lineage form(RandomGenerator random);

  /**
   * Whether any two majorities, at whatever times, share a member. Then what is committed stays
   * (R3), and a leader can be sure that it leads (T2, Q1); otherwise neither is so (B4, B7).
   */
  boolean intersects();

  /** Whether so many are more than half of the voters. */
  default boolean isMajority(int count) {
    int size = voters().size();
    return size > 0 && count > size / 2;
  }

  /** Whether these members' votes elect. */
  default boolean elects(Set<Member> grants) {
    int granted = 0;
    for (Member member : grants) {
      if (countsVoteOf(member)) {
        granted++;
      }
    }
    return isMajority(granted);
  }

  /** The largest value that more than half of the voters have reached; 0 without voters. */
  default long reached(ToLongFunction<Member> measure) {
    List<Member> voters = voters();
    if (voters.isEmpty()) {
      return 0;
    }
    var values = new long[voters.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = measure.applyAsLong(voters.get(i));
    }
    Arrays.sort(values);
    return values[(values.length - 1) / 2];
  }
}
