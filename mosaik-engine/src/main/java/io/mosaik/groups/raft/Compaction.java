package io.mosaik.groups.raft;

import io.mosaik.groups.log.Committee;
import io.mosaik.groups.log.Entry;
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

  /** The snapshot that the machine is starting over from; nothing is applied meanwhile. */
  private @Nullable SnapshotManifest restoring;

  Compaction(RaftState state, Replication replication) {
    this.state = state;
    this.replication = replication;
  }

  boolean isRestoring() {
    return restoring != null;
  }

  /** The log was given up: the machine starts over from nothing. */
  void onLineageEnded() {
    restoring = null;
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
    state.emit(new Effect.Rebuild(snapshot));
  }

  /** N1: a leader whose log has grown enough since the last cut asks for the next one. */
  void tick() {
    LogBounds bounds = state.options.bounds();
    long cut = state.log.lastCutIndex();
    boolean grown =
        state.log.lastIndex() - cut >= bounds.cutEntries()
            || state.log.bytesSinceCut() >= bounds.cutBytes();
    boolean frozen = state.log.isFrozen(); // no snapshot ever covers a freeze that is in force (L2)
    if (grown && !frozen && replication.isOpen() && cut <= state.log.commitIndex()) {
      state.append(new Entry.SnapshotCut(state.term()));
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
    if (restoring != null || from > commit) {
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
      state.emit(new Effect.Cut(base.lineage(), base.position(), committee, base.committeeIndex()));
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
   * @return whether they do
   */
  boolean onStored(SnapshotManifest stored) {
    if (!isOurs(stored)) {
      return false;
    }
    long index = stored.position().index();
    boolean known = index <= state.log.commitIndex() || state.leads();
    if (known && !state.log.has(stored.position())) {
      throw new BrokenLogException(
          "%s is not of this log, which is %s there"
              .formatted(stored, state.log.position(Math.min(index, state.log.lastIndex()))));
    }
    SnapshotManifest before = state.snapshot;
    if (before == null
        || !before.lineage().equals(stored.lineage())
        || before.position().index() < index) {
      state.snapshot = stored;
    }
    boolean installs = index > state.applied;
    if (installs) {
      state.install(stored);
      rebuild(stored);
    }
    prune(index);
    return installs;
  }

  private boolean isOurs(SnapshotManifest stored) {
    return state.log.isEmpty()
        ? stored.lineage().equals(state.leaderLineage) && !state.isOver(stored.lineage())
        : stored.lineage().equals(state.log.lineage());
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
    return true;
  }
}
