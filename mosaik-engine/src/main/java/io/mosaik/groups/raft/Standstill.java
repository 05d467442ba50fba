package io.mosaik.groups.raft;

import io.mosaik.groups.log.Entry;
import java.util.ArrayList;
import java.util.List;

/** The entries of a log that freeze, unfreeze or dissolve its lineage (L2). */
final class Standstill {

  private final RaftLog log;
  private final List<Long> indices = new ArrayList<>();

  Standstill(RaftLog log) {
    this.log = log;
  }

  /** Whether the log as it was appended, committed or not, stands still. */
  boolean isFrozen() {
    return !indices.isEmpty() && !(log.entry(indices.getLast()) instanceof Entry.Unfreeze);
  }

  /** Whether an entry that freezes, unfreezes or dissolves the lineage is not committed yet. */
  boolean isFreezingOrThawing() {
    return !indices.isEmpty() && indices.getLast() > log.commitIndex();
  }

  /** The index of the {@code Freeze} that is committed and in force; 0 if none is. */
  long frozenIndex() {
    for (int i = indices.size() - 1; i >= 0; i--) {
      long index = indices.get(i);
      if (index <= log.commitIndex()) {
        switch (log.entry(index)) {
          case Entry.Freeze freeze -> {
            return index;
          }
          case Entry.Unfreeze unfreeze -> {
            return 0;
          }
          default -> {} // a Dissolve: what counts is where it was frozen before
        }
      }
    }
    return 0;
  }

  /** Such an entry was appended. */
  void note(long index) {
    indices.add(index);
  }

  void truncateFrom(long index) {
    indices.removeIf(each -> each >= index);
  }

  void prune(long throughIndex) {
    indices.removeIf(each -> each <= throughIndex);
  }

  void clear() {
    indices.clear();
  }
}
