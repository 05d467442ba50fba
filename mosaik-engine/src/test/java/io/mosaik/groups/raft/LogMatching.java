package io.mosaik.groups.raft;

import io.mosaik.groups.log.Entry;
import io.mosaik.groups.log.Lineage;
import io.mosaik.groups.log.LogPosition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Log matching, as entries are appended: where two logs, of whichever members and times, have an
 * entry of the same index and term, they are the same up to there (§3.5). So each position has one
 * digest of all that leads to it, and each new entry costs one look-up.
 */
final class LogMatching {

  private record Position(Lineage lineage, LogPosition position) {}

  private final Map<Position, Long> digests = new HashMap<>();

  /** One core's log, as it was when it was last looked at. */
  final class Seen {

    private Lineage lineage = Lineage.NONE;
    private final List<Entry> entries = new ArrayList<>();
    private final List<Long> chain = new ArrayList<>();

    /** Checks what is new in it. */
    void look(RaftState state) {
      RaftLog log = state.log;
      if (!log.lineage().equals(lineage)) {
        lineage = log.lineage();
        forgetFrom(0);
      }
      long last = log.lastIndex();
      if (last == entries.size() && (last == 0 || isSeen(log, last))) {
        return;
      }
      // What was cut off was cut off from the end: up to the last entry that is still there, all
      // is.
      int same = (int) Math.min(last, entries.size());
      while (same > 0 && !isSeen(log, same)) {
        same--;
      }
      forgetFrom(same);
      for (Entry entry : log.slice(same + 1L, last)) {
        add(state, entry);
      }
    }

    /** Whether it is the very entry, and not an equal one that came later. */
    @SuppressWarnings("ReferenceEquality")
    private boolean isSeen(RaftLog log, long index) {
      return log.slice(index, index).getFirst() == entries.get((int) index - 1);
    }

    private void forgetFrom(int index) {
      entries.subList(index, entries.size()).clear();
      chain.subList(index, chain.size()).clear();
    }

    private void add(RaftState state, Entry entry) {
      long digest = (chain.isEmpty() ? 0 : chain.getLast()) * 0x9E3779B97F4A7C15L + hash(entry);
      entries.add(entry);
      chain.add(digest);
      var position = new LogPosition(entry.term(), entries.size());
      Long other = digests.putIfAbsent(new Position(lineage, position), digest);
      if (other != null && other != digest) {
        throw new Invariants.ViolatedException(
            state.self + " has another log up to " + position + " than another member had");
      }
    }

    private static long hash(Entry entry) {
      return entry.hashCode() * 31L + entry.term();
    }
  }
}
