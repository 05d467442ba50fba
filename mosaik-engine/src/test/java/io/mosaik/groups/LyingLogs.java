package io.mosaik.groups;

import io.mosaik.groups.log.InMemoryLogStorage;
import io.mosaik.groups.log.LogStorage;
import io.mosaik.groups.log.LogStorageException;
import io.mosaik.groups.log.LogWrite;
import io.mosaik.groups.log.SnapshotManifest;
import io.mosaik.groups.log.SnapshotWriter;
import io.mosaik.groups.log.StoredLog;
import org.jspecify.annotations.Nullable;

/** Storages that break the promises of {@link LogStorage}. */
final class LyingLogs {

  private LyingLogs() {}

  /** Keeps its incarnation over a restart, and nothing else. */
  static final class Forgetful implements LogStorage {

    private final LogStorage disk;
    private final LogStorage memory = new InMemoryLogStorage();

    Forgetful(LogStorage disk) {
      this.disk = disk;
    }

    @Override
    public StoredLog open(long newIncarnation) {
      return memory.open(disk.open(newIncarnation).incarnation());
    }

    @Override
    public void write(LogWrite write) {
      memory.write(write);
    }

    @Override
    public void sync(SyncListener listener) {
      memory.sync(listener);
    }

    @Override
    public void prune(long throughIndex) {
      memory.prune(throughIndex);
    }

    @Override
    public SnapshotWriter newSnapshot() {
      return memory.newSnapshot();
    }

    @Override
    public byte @Nullable [] readSnapshot(SnapshotManifest manifest, int chunk) {
      return memory.readSnapshot(manifest, chunk);
    }

    @Override
    public void dropSnapshot(SnapshotManifest manifest) {
      memory.dropSnapshot(manifest);
    }

    @Override
    public void close() {}
  }

  /** Says that everything is durable at once, and syncs when it comes to it: the next time. */
  static final class Hasty implements LogStorage {

    private static final SyncListener NOBODY =
        new SyncListener() {
          @Override
          public void durable() {}

          @Override
          public void failed(LogStorageException reason) {}
        };

    private final LogStorage disk;
    private int syncs;

    Hasty(LogStorage disk) {
      this.disk = disk;
    }

    @Override
    public StoredLog open(long newIncarnation) {
      return disk.open(newIncarnation);
    }

    @Override
    public void write(LogWrite write) {
      disk.write(write);
    }

    @Override
    public void sync(SyncListener listener) {
      if (++syncs % 50 == 0) {
        disk.sync(NOBODY);
      }
      listener.durable();
    }

    @Override
    public void prune(long throughIndex) {
      disk.prune(throughIndex);
    }

    @Override
    public SnapshotWriter newSnapshot() {
      return disk.newSnapshot();
    }

    @Override
    public byte @Nullable [] readSnapshot(SnapshotManifest manifest, int chunk) {
      return disk.readSnapshot(manifest, chunk);
    }

    @Override
    public void dropSnapshot(SnapshotManifest manifest) {
      disk.dropSnapshot(manifest);
    }

    @Override
    public void close() {}
  }
}
