package io.mosaik.groups.raft;

import io.mosaik.groups.log.Committee;
import io.mosaik.groups.log.Lineage;
import io.mosaik.groups.log.Member;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The majority of this member and those it is bonded with at the moment, observers left out (B1).
 * Members that can't see each other each have one of their own, down to a single member: nothing is
 * committed for good.
 *
 * <p>So that two leaders never share a term, a term is a round and the rank of who stands in it:
 * the low half of its incarnation (B2).
 */
final class BondedQuorum implements Quorum {

  private static final int RANK_BITS = 32;
  private static final long RANK = (1L << RANK_BITS) - 1;

  private final RaftState state;

  BondedQuorum(RaftState state) {
    this.state = state;
  }

  @Override
  public List<Member> voters() {
    var voters = new ArrayList<Member>(state.bonded.size() + 1);
    state.bonded.forEach((member, observer) -> {
      if (!observer) {
        voters.add(member);
      }
    });
    if (!state.options.observer()) {
      voters.add(state.self);
    }
    return voters;
  }

  /** For those who look at it: of very many voters, the first. */
  @Override
  public @Nullable Committee committee() {
    List<Member> voters = voters().stream().sorted().limit(Committee.MAX_SIZE).toList();
    return voters.isEmpty() || state.log.isEmpty() ? null : new Committee(voters);
  }

  @Override
  public boolean contains(Member member) {
    return member.equals(state.self)
        ? !state.options.observer()
        : Boolean.FALSE.equals(state.bonded.get(member));
  }

  @Override
  public boolean countsVoteOf(Member member) {
    return contains(member);
  }

  @Override
  public long nextTerm(long term) {
    return state.keeps(Rule.TERMS_OF_ONES_OWN)
        ? (((term >>> RANK_BITS) + 1) << RANK_BITS) | rankOf(state.self)
        : term + 1;
  }

  @Override
  public boolean mayLead(Member member, long term) {
    return (term & RANK) == rankOf(member) || !state.keeps(Rule.TERMS_OF_ONES_OWN);
  }

  private static long rankOf(Member member) {
    return member.incarnation() & RANK;
  }

  @Override
  public Lineage form(RandomGenerator random) {
    return Lineage.BONDED; // B8
  }

  @Override
  public boolean intersects() {
    return false;
  }
}
