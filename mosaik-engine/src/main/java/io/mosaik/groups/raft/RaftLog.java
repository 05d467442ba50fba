package io.mosaik.groups.raft;

import io.mosaik.groups.log.Committee;
import io.mosaik.groups.log.Entry;
import io.mosaik.groups.log.Lineage;
import io.mosaik.groups.log.LogPosition;
import io.mosaik.groups.log.LogWrite;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The log as the core sees it: the entries, the committee they name last, what is committed, and
 * what of it the storage has been told and has confirmed. Indices begin at 1.
 */
final class RaftLog {

  private final ArrayList<Entry> entries;

  /** The indices of the entries that name a committee, in order. */
  private final ArrayList<Long> committeeIndices = new ArrayList<>();

  private Lineage lineage = Lineage.NONE;
  private long commitIndex;

  /** Entries from here on have not been given to the storage. */
  private long unwrittenFrom;

  /** Entries up to here are durable. */
  private long storedThrough;

  /** Whether the storage has entries at or after {@link #unwrittenFrom} that are void. */
  private boolean truncated;

  RaftLog(List<Entry> stored) {
    entries = new ArrayList<>(stored);
    for (int i = 0; i < entries.size(); i++) {
      note(i + 1L, entries.get(i));
    }
    unwrittenFrom = entries.size() + 1L;
    storedThrough = entries.size();
  }

  private void note(long index, Entry entry) {
    switch (entry) {
      case Entry.Formation formation -> {
        lineage = formation.lineage();
        committeeIndices.add(index);
      }
      case Entry.CommitteeChange change -> committeeIndices.add(index);
      case Entry.Noop noop -> {}
      case Entry.Command command -> {}
    }
  }

  boolean isEmpty() {
    return entries.isEmpty();
  }

  /** That of the formation at its beginning; {@link Lineage#NONE} if it is empty. */
  Lineage lineage() {
    return lineage;
  }

  long lastIndex() {
    return entries.size();
  }

  LogPosition last() {
    return position(lastIndex());
  }

  /** The position at an index of the log, or {@link LogPosition#START} for 0. */
  LogPosition position(long index) {
    return index == 0 ? LogPosition.START : new LogPosition(termAt(index), index);
  }

  long termAt(long index) {
    return index == 0 ? 0 : entries.get((int) (index - 1)).term();
  }

  /** Whether the log has an entry of this term at this index. */
  boolean has(LogPosition position) {
    return position.index() <= lastIndex() && termAt(position.index()) == position.term();
  }

  /** The latest position of this log whose index and term are both not above the given one's. */
  LogPosition latestNotAfter(LogPosition bound) {
    long low = 0;
    long high = Math.min(bound.index(), lastIndex());
    while (low < high) {
      long middle = (low + high + 1) >>> 1;
      if (termAt(middle) <= bound.term()) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return position(low);
  }

  /** So many of the entries from {@code from} to {@code through} as one message may carry. */
  List<Entry> batch(long from, long through) {
    long end = Math.min(through, lastIndex());
    int count = 0;
    long sizeBytes = 0;
    while (from + count <= end
        && count < Message.MAX_BATCH_ENTRIES
        && (count == 0 || sizeBytes <= Message.MAX_BATCH_BYTES)) {
      sizeBytes += entries.get((int) (from + count - 1)).sizeBytes();
      count++;
    }
    return List.copyOf(entries.subList((int) (from - 1), (int) (from - 1 + count)));
  }

  List<Entry> slice(long from, long through) {
    return List.copyOf(entries.subList((int) (from - 1), (int) through));
  }

  /** The committee that is named last, committed or not; null in an empty log. */
  @Nullable Committee committee() {
    return committeeIndices.isEmpty() ? null : committeeAt(committeeIndex());
  }

  /** The index of the entry that names the committee; 0 in an empty log. */
  long committeeIndex() {
    return committeeIndices.isEmpty() ? 0 : committeeIndices.getLast();
  }

  private Committee committeeAt(long index) {
    return switch (entries.get((int) (index - 1))) {
      case Entry.Formation formation -> formation.committee();
      case Entry.CommitteeChange change -> change.committee();
      case Entry.Noop noop -> throw new IllegalStateException("no committee at index " + index);
      case Entry.Command command ->
          throw new IllegalStateException("no committee at index " + index);
    };
  }

  void append(Entry entry) {
    entries.add(entry);
    note(lastIndex(), entry);
  }

  /** Drops the entries from an index on, which the caller knows not to be committed. */
  void truncateFrom(long index) {
    if (index <= commitIndex) {
      throw new BrokenLogException(
          "a committed entry would be dropped: index "
              + index
              + ", committed up to "
              + commitIndex
              + " in lineage "
              + lineage);
    }
    entries.subList((int) (index - 1), entries.size()).clear();
    while (!committeeIndices.isEmpty() && committeeIndices.getLast() >= index) {
      committeeIndices.removeLast();
    }
    if (index < unwrittenFrom) {
      unwrittenFrom = index;
      truncated = true;
    }
    storedThrough = Math.min(storedThrough, index - 1);
    if (entries.isEmpty()) {
      lineage = Lineage.NONE;
    }
  }

  long commitIndex() {
    return commitIndex;
  }

  void commitTo(long index) {
    commitIndex = index;
  }

  /** Up to where the entries are known to be durable. */
  long storedThrough() {
    return storedThrough;
  }

  /** The storage has confirmed an entry; positions that were truncated meanwhile are void. */
  void stored(LogPosition position) {
    if (has(position)) {
      storedThrough = Math.max(storedThrough, position.index());
    }
  }

  /** What the storage has to be told; null if nothing. Counts as told from here on. */
  @Nullable LogWrite takeUnwritten() {
    if (!truncated && unwrittenFrom > lastIndex()) {
      return null;
    }
    var write = new LogWrite(null, unwrittenFrom, slice(unwrittenFrom, lastIndex()));
    unwrittenFrom = lastIndex() + 1;
    truncated = false;
    return write;
  }
}
