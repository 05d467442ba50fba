package io.mosaik.groups.raft;

import io.mosaik.groups.log.Entry;
import io.mosaik.groups.log.Lineage;
import io.mosaik.groups.log.LogPosition;
import io.mosaik.groups.log.Member;
import io.mosaik.groups.log.SnapshotManifest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What must hold where the quorum is of those who are bonded: histories part and come together, but
 * a position is of one history only. Whoever applies the entry at some index and term has applied
 * the same before it, and a snapshot of that position holds just that.
 */
final class BondedInvariants extends Invariants {

  /** An applied entry, and what was applied before it. */
  private record Step(long index, Entry entry, @Nullable Step before) {

    /** Whether it is of one history with another step, and not only equal to it. */
    @SuppressWarnings("ReferenceEquality")
    boolean follows(@Nullable Step step) {
      return before == step;
    }

    @Override
    public String toString() {
      return entry + " at " + index;
    }
  }

  private final Map<LogPosition, Step> steps = new HashMap<>();
  private final Map<Member, Step> latest = new HashMap<>();

  BondedInvariants(Set<Rule> broken) {
    super(broken);
  }

  @Override
  void applies(Member member, Lineage lineage, long term, long firstIndex, List<Entry> entries) {
    Step before = firstIndex == 1 ? null : latest.get(member);
    require(
        firstIndex == (before == null ? 1 : before.index + 1),
        member + " applies out of order, at " + firstIndex + " after " + before);
    for (Entry entry : entries) {
      var step = new Step(before == null ? 1 : before.index + 1, entry, before);
      Step known = steps.putIfAbsent(new LogPosition(entry.term(), step.index), step);
      require(
          known == null || (known.entry.equals(entry) && known.follows(before)),
          member + " applies " + step + ", another applied " + known);
      before = known == null ? step : known;
    }
    if (before != null) {
      latest.put(member, before);
    }
  }

  @Override
  List<Entry> restores(Member member, RaftState state, SnapshotManifest snapshot, byte[] bytes) {
    Step last = steps.get(snapshot.position());
    require(last != null, member + " starts from what nobody applied: " + snapshot);
    var covered = new ArrayList<Entry>();
    for (Step step = last; step != null; step = step.before) {
      covered.addFirst(step.entry);
    }
    startsFrom(member, snapshot);
    requireImage(member, snapshot, covered, bytes);
    return covered;
  }

  @Override
  void startsFrom(Member member, @Nullable SnapshotManifest snapshot) {
    Step last = snapshot == null ? null : steps.get(snapshot.position());
    if (last == null) {
      latest.remove(member);
    } else {
      latest.put(member, last);
    }
  }

  @Override
  void hasWhatIsCommitted(Member member, long term, RaftState state) {
    // Nothing is committed for good.
  }

  @Override
  void reverts(Lineage lineage) {
    // Committed entries are given up: that is the policy.
  }
}
