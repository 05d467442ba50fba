package io.mosaik.groups.raft;

import io.mosaik.groups.log.Lineage;
import io.mosaik.groups.log.Member;
import io.mosaik.groups.raft.Message.AppendEntries;
import io.mosaik.id.PeerId;
import java.util.Set;
import java.util.TreeSet;

/** Notices leaders of another group that formed from the same key, and tells of each once. */
final class OtherLineages {

  /** So many leaders are told of at most. */
  private static final int MAX_TOLD = 1_000;

  private final RaftState state;
  private final Set<PeerId> told = new TreeSet<>();

  OtherLineages(RaftState state) {
    this.state = state;
  }

  /** A leader speaks. */
  void onAppendEntries(Member from, AppendEntries entries) {
    Lineage other = entries.lineage();
    boolean met =
        state.formationCommitted()
            && entries.commitIndex() > 0
            && !other.isNone()
            && !other.equals(state.log.lineage());
    if (met && told.size() < MAX_TOLD && told.add(from.peer())) {
      state.emit(new Effect.LineagesMet(from, other));
    }
  }
}
