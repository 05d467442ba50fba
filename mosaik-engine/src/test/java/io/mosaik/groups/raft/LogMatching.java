package io.mosaik.groups.raft;

import io.mosaik.groups.log.Committee;
import io.mosaik.groups.log.Entry;
import io.mosaik.groups.log.Lineage;
import io.mosaik.groups.log.LogPosition;
import io.mosaik.groups.log.Member;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What logs must be as entries are appended. Terms never go back, and changes of the committee
 * overlap with what was before. And log matching: where two logs, of whichever members and times,
 * have an entry of the same index and term, they are the same up to there (§3.5). So each position
 * has one digest of all that leads to it, and each new entry costs one look-up.
 */
final class LogMatching {

  private record Position(Lineage lineage, LogPosition position) {}

  /**
   * All that leads to a position, as a digest.
   *
   * @param by who alone has had it; null if several have
   */
  private record Past(long digest, @Nullable Seen by) {}

  private final Map<Position, Past> pasts = new HashMap<>();

  private @Nullable Long digestAt(Lineage lineage, LogPosition position) {
    Past past = pasts.get(new Position(lineage, position));
    return past == null ? null : past.digest;
  }

  /** One core's log, as it was when it was last looked at. */
  final class Seen {

    private @Nullable Member self;
    private Lineage lineage = Lineage.NONE;

    /** The entries behind this index are known; all up to it a snapshot has brought. */
    private long start;

    private long startTerm;

    /** The digest of the log up to there; null if nobody was seen to have it. */
    private @Nullable Long startDigest = 0L;

    private final List<Entry> entries = new ArrayList<>();
    private final List<Long> chain = new ArrayList<>();

    /** Checks what is new in it. */
    void look(RaftState state) {
      RaftLog log = state.log;
      self = state.self;
      if (!log.lineage().equals(lineage) || isReplaced(log)) {
        lineage = log.lineage();
        entries.clear();
        chain.clear();
        start = log.base().index();
        startTerm = log.base().term();
        startDigest = digestAt(lineage, log.base());
        if (start == 0) {
          startDigest = 0L;
        }
      }
      long base = Math.max(start, log.base().index());
      long last = log.lastIndex();
      if (last == end() && (last == base || isSeen(log, last))) {
        return;
      }
      // What was cut off was cut off from the end: up to the last entry that is still there, all
      // is.
      long same = Math.min(last, end());
      while (same > base && !isSeen(log, same)) {
        same--;
      }
      forgetFrom((int) (same - start));
      for (Entry entry : log.slice(same + 1L, last)) {
        add(state, entry);
        if (entry instanceof Entry.CommitteeChange change) {
          overlaps(state, change);
        }
      }
    }

    /** A change counts from the moment it is in a log (§4.1), not only when it is committed. */
    private void overlaps(RaftState state, Entry.CommitteeChange change) {
      Committee before = state.log.baseAt(end() - 1).committee();
      Invariants.require(
          before != null && Invariants.overlap(before, change.committee()),
          state.self + " has " + change + " behind " + before + ", with no overlap");
    }

    private long end() {
      return start + entries.size();
    }

    /**
     * Whether a snapshot has taken the place of entries that were not, or not the same; or all was
     * dropped, and began anew.
     */
    private boolean isReplaced(RaftLog log) {
      LogPosition base = log.base();
      return base.index() < start
          || (base.index() == start && base.term() != startTerm)
          || base.index() > end()
          || (base.index() > start
              && entries.get((int) (base.index() - start - 1)).term() != base.term());
    }

    /** Whether it is the very entry, and not an equal one that came later. */
    @SuppressWarnings("ReferenceEquality")
    private boolean isSeen(RaftLog log, long index) {
      return log.entry(index) == entries.get((int) (index - start - 1));
    }

    private void forgetFrom(int index) {
      entries.subList(index, entries.size()).clear();
      if (!chain.isEmpty()) {
        chain.subList(index, chain.size()).clear();
      }
    }

    private void add(RaftState state, Entry entry) {
      long termBefore = entries.isEmpty() ? startTerm : entries.getLast().term();
      Invariants.require(
          entry.term() >= termBefore,
          state.self + " has " + entry + " behind an entry of term " + termBefore);
      entries.add(entry);
      Long before = chain.isEmpty() ? startDigest : chain.getLast();
      if (before == null) {
        return;
      }
      long digest = before * 0x9E3779B97F4A7C15L + hash(entry);
      chain.add(digest);
      var position = new LogPosition(entry.term(), end());
      Past known = pasts.put(new Position(lineage, position), new Past(digest, this));
      if (known == null || isLostWith(known.by)) {
        return;
      }
      if (known.digest != digest) {
        throw new Invariants.ViolatedException(
            state.self + " has another log up to " + position + " than another member had");
      }
      pasts.put(new Position(lineage, position), known.by == this ? known : new Past(digest, null));
    }

    /** Whether that was this member, before it crashed, and nobody else. */
    private boolean isLostWith(@Nullable Seen by) {
      return by != null && by != this && by.self != null && by.self.equals(self);
    }

    private static long hash(Entry entry) {
      return entry.hashCode() * 31L + entry.term();
    }
  }
}
