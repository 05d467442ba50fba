package io.mosaik.groups.raft;

import io.mosaik.groups.log.InMemoryLogStorage;
import io.mosaik.groups.log.Lineage;
import io.mosaik.groups.log.LogWrite;
import io.mosaik.groups.log.SnapshotManifest;
import io.mosaik.groups.log.SnapshotOutput;
import io.mosaik.groups.log.SnapshotWriter;
import io.mosaik.groups.log.StoredLog;
import java.util.ArrayDeque;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** A disk that forgets what was not synced when its machine crashes, or a part of it. */
final class SimulatedDisk {

  private final InMemoryLogStorage content = new InMemoryLogStorage();
  private final ArrayDeque<LogWrite> unsynced = new ArrayDeque<>();

  private boolean opened;
  private @Nullable SnapshotManifest snapshot;

  /** The one before is kept a while, as in a shell. */
  private @Nullable SnapshotManifest older;

  StoredLog open(long newIncarnation) {
    opened = true;
    return content.open(newIncarnation);
  }

  Lineage lineage() {
    if (!opened) {
      return Lineage.NONE;
    }
    StoredLog stored = content.open(0);
    return stored.hardState().lineage();
  }

  /** Drops what is durable; what is not yet may come after it. */
  void prune(long throughIndex) {
    content.prune(throughIndex);
  }

  /** A snapshot is written beside the log, and durable as a whole. */
  SnapshotManifest store(Effect.Cut cut, byte[] bytes) {
    var out = new SnapshotOutput(content.newSnapshot());
    out.write(bytes, 0, bytes.length);
    return replace(
        out.finish(cut.lineage(), cut.position(), cut.committee(), cut.committeeIndex()));
  }

  /** A snapshot that nobody wants any more when it is finished: it is found by the next run. */
  void leave(Effect.Cut cut, byte[] bytes) {
    var out = new SnapshotOutput(content.newSnapshot());
    out.write(bytes, 0, bytes.length);
    var unused = out.finish(cut.lineage(), cut.position(), cut.committee(), cut.committeeIndex());
  }

  /** A snapshot of another disk. */
  void store(SnapshotManifest manifest, byte[] bytes) {
    SnapshotWriter writer = content.newSnapshot();
    writer.write(0, bytes);
    writer.finish(manifest);
    replace(manifest);
  }

  private SnapshotManifest replace(SnapshotManifest next) {
    if (older != null && !older.equals(next)) {
      content.dropSnapshot(older);
    }
    older = snapshot;
    snapshot = next;
    return next;
  }

  /** The bytes of a snapshot, which are few; null if it is not there. */
  byte @Nullable [] read(SnapshotManifest manifest) {
    return content.readSnapshot(manifest, 0);
  }

  void write(LogWrite write) {
    unsynced.add(write);
  }

  void sync() {
    for (LogWrite write = unsynced.poll(); write != null; write = unsynced.poll()) {
      content.write(write);
    }
  }

  void crash(RandomGenerator random) {
    int survive = unsynced.isEmpty() ? 0 : random.nextInt(unsynced.size() + 1);
    for (int i = 0; i < survive; i++) {
      content.write(unsynced.remove());
    }
    unsynced.clear();
  }

  void forgetUnsynced() {
    unsynced.clear();
  }
}
