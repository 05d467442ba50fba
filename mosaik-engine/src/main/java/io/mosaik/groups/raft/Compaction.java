package io.mosaik.groups.raft;

import io.mosaik.groups.log.Committee;
import io.mosaik.groups.log.Entry;
import io.mosaik.groups.log.Lineage;
import io.mosaik.groups.log.LogPosition;
import io.mosaik.groups.log.SnapshotManifest;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the log bounded (N1-N5; §5): asks for snapshots, prunes what they cover, and starts over
 * from one where the log lacks what it covers.
 */
final class Compaction {

  private final RaftState state;
  private final Replication replication;
  private final LogRoom room;

  /** The snapshot that the machine is starting over from; nothing is applied meanwhile. */
  private @Nullable SnapshotManifest restoring;

  /** When this member last asked for a cut, as a leader. */
  private long lastCutNs;

  Compaction(RaftState state, Replication replication, LogRoom room) {
    this.state = state;
    this.replication = replication;
    this.room = room;
  }

  boolean isRestoring() {
    return restoring != null;
  }

  /** The log was given up: the machine starts over from nothing. */
  void startOver() {
    restoring = null;
    room.restoring(false);
    state.snapshot = null;
    state.applied = 0;
    state.emit(new Effect.Rebuild(null));
  }

  void start() {
    if (state.snapshot != null) {
      rebuild(state.snapshot);
    }
  }

  private void rebuild(SnapshotManifest snapshot) {
    restoring = snapshot;
    room.restoring(true);
    state.emit(new Effect.Rebuild(snapshot));
  }

  /** N1: a leader whose log has grown enough since the last cut asks for the next one. */
  void tick() {
    LogBounds bounds = state.options.bounds();
    long cut = state.log.lastCutIndex();
    boolean grown =
        state.log.lastIndex() - cut >= bounds.cutEntries()
            || state.log.bytesSinceCut() >= bounds.cutBytes();
    if (!grown && room.isFull() && !room.awaitsImage() && bounds.cutEntries() < Long.MAX_VALUE) {
      grown =
          state.now() - lastCutNs >= state.electionTimeoutNs(); // the last images came to nothing
    }
    boolean frozen =
        state.log.standstill().isFrozen(); // no snapshot ever covers a freeze that is in force (L2)
    if (grown && !frozen && replication.isOpen() && cut <= state.log.commitIndex()) {
      state.append(new Entry.SnapshotCut(state.term()));
      lastCutNs = state.now();
    }
  }

  /**
   * Gives the machine what is newly committed, with a cut behind the last entry that asks for one
   * (N2): where several came at once, the earlier ones would be of no use any more.
   *
   * @return what was given
   */
  List<Entry> apply() {
    long commit = state.log.commitIndex();
    long from = state.applied + 1;
    boolean still = restoring != null && state.keeps(Rule.STILL_WHILE_RESTORING);
    if (still || from > commit) {
      return List.of();
    }
    state.applied = commit;
    List<Entry> entries = state.log.slice(from, commit);
    int cut = entries.size() - 1;
    while (cut >= 0 && !(entries.get(cut) instanceof Entry.SnapshotCut)) {
      cut--;
    }
    give(from, entries.subList(0, cut + 1));
    if (cut >= 0) {
      LogBase base = state.log.baseAt(from + cut);
      Committee committee = Objects.requireNonNull(base.committee());
      room.cutting(true);
      state.emit(new Effect.Cut(base.lineage(), base.position(), committee, base.committeeIndex()));
      if (!state.keeps(Rule.PRUNED_WHEN_COVERED)) {
        prune(from + cut);
      }
    }
    give(from + cut + 1, entries.subList(cut + 1, entries.size()));
    return entries;
  }

  private void give(long firstIndex, List<Entry> entries) {
    if (!entries.isEmpty()) {
      state.emit(new Effect.Apply(firstIndex, List.copyOf(entries)));
    }
  }

  /**
   * A snapshot is durable here: what it covers can be pruned (N3). If it goes further than what was
   * applied, the log and the machine go on behind it (N4).
   *
   * @param fetched whether it came from another member, because the log lacks it
   * @return whether they do
   */
  boolean onStored(SnapshotManifest stored, boolean fetched) {
    if ((!fetched && !isOurs(stored)) || isOfWhatWasGivenUp(stored, fetched)) {
      return false;
    }
    long index = stored.position().index();
    boolean has = state.log.has(stored.position());
    boolean known = index <= state.log.commitIndex() || state.leads();
    if (known && !has && state.quorum.intersects()) {
      throw new BrokenLogException(
          "%s is not of this log, which is %s there"
              .formatted(stored, state.log.position(Math.min(index, state.log.lastIndex()))));
    }
    boolean installs = index > state.applied || !has;
    SnapshotManifest before = state.snapshot;
    if (before == null
        || installs
        || !before.lineage().equals(stored.lineage())
        || before.position().index() < index) {
      state.snapshot = stored;
    }
    if (installs) {
      Lineage appliedIn =
          state.applied == 0 ? state.log.lineage() : state.log.lineageAt(state.applied);
      state.install(stored);
      rebuild(stored);
      if (stored.lineage().isEpochAfter(appliedIn)) {
        state.emit(Effect.Recovered.bySnapshot(stored.lineage()));
      }
    }
    prune(index);
    return installs;
  }

  /** B5: its end was dropped from the log while it was being made, or this member leads since. */
  private boolean isOfWhatWasGivenUp(SnapshotManifest stored, boolean fetched) {
    boolean follows = fetched && !state.leads();
    boolean committed =
        state.log.has(stored.position()) && stored.position().index() <= state.log.commitIndex();
    return !state.quorum.intersects()
        && !follows
        && !committed
        && state.keeps(Rule.SNAPSHOT_OF_THE_LOG);
  }

  /**
   * B5, B6: if committed entries were given up, the machine starts over from the last snapshot that
   * is still of this log, or from the beginning; where that was pruned, the rest of the log is of
   * no use and is dropped too.
   *
   * @return whether any were
   */
  boolean onGivenUp() {
    RaftLog.GivenUp givenUp = state.log.takeGivenUp();
    if (givenUp == null) {
      return false;
    }
    forgetVoidSnapshot();
    boolean isVoid =
        restoring == null
            ? state.applied > givenUp.to().index()
            : !state.log.has(restoring.position());
    if (isVoid && state.snapshot != null) {
      state.applied = state.snapshot.position().index();
      rebuild(state.snapshot);
    } else if (isVoid) {
      if (state.log.base().index() > 0) {
        state.dropLog();
      }
      startOver();
    }
    LogPosition left = state.log.takeGivenUp() == null ? givenUp.to() : LogPosition.START;
    state.emit(new Effect.Reverted(givenUp.from(), left, Lineage.BONDED, Lineage.BONDED));
    return true;
  }

  private void forgetVoidSnapshot() {
    boolean isVoid = state.snapshot != null && !state.log.has(state.snapshot.position());
    if (isVoid && (state.keeps(Rule.SNAPSHOT_OF_THE_LOG) || state.log.isEmpty())) {
      state.snapshot = null;
    }
  }

  private boolean isOurs(SnapshotManifest stored) {
    return state.log.isEmpty()
        ? stored.lineage().equals(state.leaderLineage) && !state.isOver(stored.lineage())
        : stored.lineage().equals(state.log.lineageAt(stored.position().index()));
  }

  private void prune(long index) {
    LogBounds bounds = state.options.bounds();
    long through = state.log.pruneBefore(index, bounds.keptEntries(), bounds.keptBytes());
    if (through > state.log.base().index()) {
      state.log.prune(through);
      state.emit(new Effect.Prune(through));
    }
  }

  /** The machine has started over (N5); false if it has to do so again. */
  boolean onRestored(SnapshotManifest snapshot) {
    if (!snapshot.equals(restoring)) {
      return false;
    }
    restoring = null;
    room.restoring(false);
    return true;
  }
}
