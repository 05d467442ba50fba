package io.mosaik.groups.raft;

import io.mosaik.groups.log.Committee;
import io.mosaik.groups.log.Entry;
import io.mosaik.groups.log.Lineage;
import io.mosaik.groups.log.LogPosition;
import io.mosaik.groups.log.LogStorageException;
import io.mosaik.groups.log.LogWrite;
import io.mosaik.groups.log.SnapshotManifest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The log as the core sees it: the entries behind its base, the committee they name last, what is
 * committed, and what of it the storage has been told and has confirmed. Indices begin at 1; where
 * the log was pruned, its entries begin behind a {@link LogBase} of which only the position is
 * left.
 */
final class RaftLog {

  /** The end of what a snapshot is to cover, and how many bytes the log had up to there. */
  private record Cut(long index, long throughBytes) {}

  private LogBase base = LogBase.NONE;

  /** So many entries fit into a message at most; fewer in tests, whose logs are short. */
  int batchEntries = Message.MAX_BATCH_ENTRIES;

  private Lineage lineage = Lineage.NONE;
  private final ArrayList<Entry> entries = new ArrayList<>();

  private final NamedCommittees committees = new NamedCommittees(this);

  /** The entries that ask for a snapshot, in order. */
  private final ArrayList<Cut> cuts = new ArrayList<>();

  /** The bytes of all entries that were appended and not truncated, pruned ones included. */
  private long throughBytes;

  private long prunedBytes;

  /** The bytes of the entries behind {@link #storedThrough}. */
  private long unstoredBytes;

  private final Standstill standstill = new Standstill(this);

  private long commitIndex;

  /** Entries from here on have not been given to the storage. */
  private long unwrittenFrom;

  /** Entries up to here are durable. */
  private long storedThrough;

  /** Whether the storage has entries at or after {@link #unwrittenFrom} that are void. */
  private boolean truncated;

  /** Whether all entries that the storage has are void, also those that lie before the base. */
  private boolean replaced;

  /** Whether what is committed is in every later leader's log; otherwise it may be given up. */
  private final boolean committedStays;

  /**
   * Committed entries that were given up (B4).
   *
   * @param from up to where the log was committed
   * @param to what is known to be left of that
   */
  record GivenUp(LogPosition from, LogPosition to) {}

  /** What was given up and not told yet; null if nothing was. */
  private @Nullable GivenUp givenUp;

  /**
   * What a storage has kept, reconciled: the snapshot counts, and those of the entries that follow
   * it. Others are dropped, and {@link #takeUnwritten} tells the storage so.
   *
   * <p>Where committed entries may have been given up since the snapshot was made, it counts only
   * if the log has its last entry, or has lost its beginning to it (B5).
   *
   * @param snapshot of this log; null if there is none
   * @param committedStays whether what is committed is never given up
   * @throws LogStorageException if there is a gap between snapshot and entries
   */
  RaftLog(
      @Nullable SnapshotManifest snapshot,
      long firstIndex,
      List<Entry> stored,
      boolean committedStays) {
    this.committedStays = committedStays;
    boolean counts = committedStays || firstIndex > 1 || stored.isEmpty();
    if (snapshot != null && (counts || has(snapshot.position(), stored))) {
      base = LogBase.of(snapshot);
      lineage = base.lineage();
      commitIndex = base.index();
    }
    long covered = stored.isEmpty() ? 0 : base.index() - firstIndex + 1;
    boolean mayStartOver = snapshot != null && !committedStays;
    if (covered < 0 && !mayStartOver) {
      throw new LogStorageException(
          "the stored log begins at index %d, and nothing stored covers what comes before"
              .formatted(firstIndex));
    }
    boolean fits =
        covered == 0
            || (covered > 0
                && covered <= stored.size()
                && stored.get((int) (covered - 1)).term() == base.position().term());
    if (fits) {
      stored.subList((int) covered, stored.size()).forEach(this::append);
    } else {
      replaced = !stored.isEmpty();
    }
    unwrittenFrom = lastIndex() + 1;
    storedThrough(lastIndex());
  }

  private static boolean has(LogPosition position, List<Entry> whole) {
    return position.index() <= whole.size()
        && whole.get((int) position.index() - 1).term() == position.term();
  }

  private void note(long index, Entry entry) {
    switch (entry) {
      case Entry.Formation formation -> {
        lineage = formation.lineage();
        committees.note(index);
      }
      case Entry.CommitteeChange change -> committees.note(index);
      case Entry.Recovery recovery -> {
        lineage = recovery.lineage();
        committees.note(index);
      }
      case Entry.SnapshotCut cut -> cuts.add(new Cut(index, throughBytes));
      case Entry.Freeze freeze -> standstill.note(index);
      case Entry.Unfreeze unfreeze -> standstill.note(index);
      case Entry.Dissolve dissolve -> standstill.note(index);
      case Entry.Noop noop -> {}
      case Entry.Command command -> {}
    }
  }

  boolean isEmpty() {
    return lastIndex() == 0;
  }

  /** What is known of the log before its first entry. */
  LogBase beginning() {
    return base;
  }

  /** The last position before the first entry; {@link LogPosition#START} in a log that is whole. */
  LogPosition base() {
    return base.position();
  }

  /**
   * The one that is named last, committed or not, by its formation or by a recovery; {@link
   * Lineage#NONE} if it is empty.
   */
  Lineage lineage() {
    return lineage;
  }

  long lastIndex() {
    return base.index() + entries.size();
  }

  /** The entry at an index behind the base. */
  Entry entry(long index) {
    return entries.get((int) (index - base.index() - 1));
  }

  LogPosition last() {
    return position(lastIndex());
  }

  /** The position at an index not before the base, or {@link LogPosition#START} for 0. */
  LogPosition position(long index) {
    return new LogPosition(termAt(index), index);
  }

  /** The term at an index not before the base. */
  long termAt(long index) {
    return index == base.index() ? base.position().term() : entry(index).term();
  }

  /**
   * Whether the log is known to have an entry of this term at this index. Of what was pruned the
   * term is not known any more, but where it stays committed no leader's log has another there.
   */
  boolean has(LogPosition position) {
    return (position.index() < base.index() && committedStays)
        || (position.index() >= base.index()
            && position.index() <= lastIndex()
            && termAt(position.index()) == position.term());
  }

  /** Whether it has what is committed up to there, by what someone in this lineage knows. */
  boolean hasCommitted(LogPosition position) {
    return position.index() <= commitIndex || has(position);
  }

  /** Whether the log has no such entry, and none was pruned there either. */
  boolean contradicts(LogPosition position) {
    return position.index() >= base.index() && !has(position);
  }

  /**
   * The latest position of this log whose index and term are both not above the given one's; the
   * base, if there is none behind it.
   */
  LogPosition latestNotAfter(LogPosition bound) {
    long low = base.index();
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
        && count < batchEntries
        && (count == 0 || sizeBytes <= Message.MAX_BATCH_BYTES)) {
      sizeBytes += entry(from + count).sizeBytes();
      count++;
    }
    return slice(from, from + count - 1);
  }

  List<Entry> slice(long from, long through) {
    return List.copyOf(
        entries.subList((int) (from - base.index() - 1), (int) (through - base.index())));
  }

  /** The committee that is named last, committed or not; null in an empty log. */
  @Nullable Committee committee() {
    return committees.named(committeeIndex());
  }

  /** The index of the entry that names the committee; 0 in an empty log. */
  long committeeIndex() {
    return committees.lastIndex();
  }

  /** What would be known of the log up to an index, if it were pruned up to there. */
  LogBase baseAt(long index) {
    return committees.baseAt(index);
  }

  /** The lineage that is in force at an index; that of the base or the end if it is outside. */
  Lineage lineageAt(long index) {
    return baseAt(Math.max(base.index(), Math.min(index, lastIndex()))).lineage();
  }

  /** The committees that it names, of which more than the last may be in force. */
  NamedCommittees committees() {
    return committees;
  }

  /** Where the log stands still, and where it goes on (L2). */
  Standstill standstill() {
    return standstill;
  }

  void append(Entry entry) {
    entries.add(entry);
    throughBytes += entry.sizeBytes();
    unstoredBytes += entry.sizeBytes();
    note(lastIndex(), entry);
  }

  /** Drops the entries from an index on; not those that are committed and have to stay. */
  void truncateFrom(long index) {
    if (index <= commitIndex && !committedStays) {
      giveUp(position(index - 1));
      commitIndex = index - 1;
    } else if (index <= commitIndex) {
      throw new BrokenLogException(
          "a committed entry would be dropped: index "
              + index
              + ", committed up to "
              + commitIndex
              + " in lineage "
              + lineage);
    }
    unstoredBytes -= bytesBehind(Math.max(index - 1, storedThrough), lastIndex());
    List<Entry> dropped = entries.subList((int) (index - base.index() - 1), entries.size());
    throughBytes -= bytesOf(dropped);
    dropped.clear();
    committees.truncateFrom(index);
    standstill.truncateFrom(index);
    while (!cuts.isEmpty() && cuts.getLast().index() >= index) {
      cuts.removeLast();
    }
    if (index < unwrittenFrom) {
      unwrittenFrom = index;
      truncated = true;
    }
    storedThrough = Math.min(storedThrough, index - 1);
    lineage = baseAt(lastIndex()).lineage();
  }

  private long bytesBehind(long after, long through) {
    int from = (int) (Math.max(after, base.index()) - base.index());
    int to = (int) (through - base.index());
    return from < to ? bytesOf(entries.subList(from, to)) : 0;
  }

  private static long bytesOf(List<Entry> entries) {
    long bytes = 0;
    for (Entry entry : entries) {
      bytes += entry.sizeBytes();
    }
    return bytes;
  }

  /** Forgets the entries up to an index, all of which a snapshot covers. */
  void prune(long throughIndex) {
    long count = throughIndex - base.index();
    if (count <= 0) {
      return;
    }
    if (throughIndex > commitIndex) {
      throw new IllegalStateException("only what is committed is pruned, not " + throughIndex);
    }
    storedThrough(Math.max(storedThrough, throughIndex)); // by the snapshot that covers it
    LogBase next = baseAt(throughIndex);
    List<Entry> pruned = entries.subList(0, (int) count);
    prunedBytes += bytesOf(pruned);
    pruned.clear();
    committees.prune(throughIndex);
    standstill.prune(throughIndex);
    while (cuts.size() > 1 && cuts.get(1).index() <= throughIndex) {
      cuts.removeFirst();
    }
    base = next;
  }

  /**
   * Starts from a snapshot of what this log lacks: what fits behind it stays (§7 of the Raft
   * paper), all else is dropped.
   *
   * @param checked whether what stays has to fit; false in tests that break this rule
   */
  void install(SnapshotManifest snapshot, boolean checked) {
    LogPosition end = snapshot.position();
    if (end.index() <= lastIndex() && (has(end) || !checked)) {
      commitIndex = Math.max(commitIndex, end.index());
      storedThrough(Math.max(storedThrough, end.index()));
      return;
    }
    if (!committedStays) {
      giveUp(LogPosition.START); // Where the logs part is not known any more.
    }
    base = LogBase.of(snapshot);
    lineage = base.lineage();
    entries.clear();
    committees.clear();
    standstill.clear();
    cuts.clear();
    prunedBytes = throughBytes;
    commitIndex = end.index();
    storedThrough = end.index();
    unstoredBytes = 0;
    unwrittenFrom = end.index() + 1;
    replaced = true;
  }

  /**
   * Where to prune, so that so much is left of what comes before an index.
   *
   * @return the index to prune through; the base if nothing is to be pruned
   */
  long pruneBefore(long index, long keptEntries, long keptBytes) {
    long through = index;
    long bytes = 0;
    while (through > base.index() && index - through < keptEntries) {
      bytes += entry(through).sizeBytes();
      if (bytes > keptBytes) {
        break;
      }
      through--;
    }
    return through;
  }

  /** How many entries are held. */
  long heldEntries() {
    return entries.size();
  }

  /** How many bytes the held entries have. */
  long heldBytes() {
    return throughBytes - prunedBytes;
  }

  /** The index of the last entry that asks for a snapshot; the base if there is none behind it. */
  long lastCutIndex() {
    return cuts.isEmpty() ? base.index() : cuts.getLast().index();
  }

  /** How many bytes the entries behind {@link #lastCutIndex} have. */
  long bytesSinceCut() {
    return throughBytes - (cuts.isEmpty() ? prunedBytes : cuts.getLast().throughBytes());
  }

  private void giveUp(LogPosition to) {
    if (givenUp != null) {
      givenUp = new GivenUp(givenUp.from, to.index() < givenUp.to.index() ? to : givenUp.to);
    } else if (commitIndex > 0) {
      givenUp = new GivenUp(position(commitIndex), to);
    }
  }

  /** What was given up since the last call; null if nothing was. */
  @Nullable GivenUp takeGivenUp() {
    GivenUp taken = givenUp;
    givenUp = null;
    return taken;
  }

  /** Gives up all of it, committed or not: its lineage is over, or nothing of it is left (B4). */
  void drop() {
    if (!committedStays) {
      giveUp(LogPosition.START);
    }
    base = LogBase.NONE;
    lineage = Lineage.NONE;
    entries.clear();
    committees.clear();
    standstill.clear();
    cuts.clear();
    throughBytes = 0;
    prunedBytes = 0;
    commitIndex = 0;
    storedThrough = 0;
    unstoredBytes = 0;
    unwrittenFrom = 1;
    truncated = true;
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
    if (position.index() < base.index() || has(position)) {
      storedThrough(Math.max(storedThrough, position.index()));
    }
  }

  private void storedThrough(long index) {
    unstoredBytes -= bytesBehind(storedThrough, Math.min(index, lastIndex()));
    storedThrough = index;
  }

  /** How many bytes the entries have that are not known to be durable. */
  long unstoredBytes() {
    return unstoredBytes;
  }

  /**
   * What the storage has to be told, in order; may be nothing. Counts as told from here on.
   *
   * <p>A log that was replaced by a snapshot is dropped there from its first entry on. If those
   * before the base were left, the next start would find that they contradict the snapshot, and
   * would drop what was stored behind it with them.
   */
  List<LogWrite> takeUnwritten() {
    var writes = new ArrayList<LogWrite>(2);
    if (replaced) {
      writes.add(new LogWrite(null, 1, List.of()));
    }
    if ((truncated && !replaced) || unwrittenFrom <= lastIndex()) {
      writes.add(new LogWrite(null, unwrittenFrom, slice(unwrittenFrom, lastIndex())));
    }
    unwrittenFrom = lastIndex() + 1;
    truncated = false;
    replaced = false;
    return writes;
  }
}
