package io.mosaik.sim;

import io.mosaik.groups.log.InMemoryLogStorage;
import io.mosaik.groups.log.LogStorage;
import io.mosaik.groups.log.LogStorageException;
import io.mosaik.groups.log.LogWrite;
import io.mosaik.groups.log.SnapshotManifest;
import io.mosaik.groups.log.SnapshotWriter;
import io.mosaik.groups.log.StoredLog;
import java.util.ArrayDeque;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One log on a {@link SimDisk}: what is durable, and what was written and not yet synced. A crash
 * takes back the latest of what was not synced, all or some of it; finished snapshots stay.
 */
final class SimLog {

  private final SimDisk disk;
  private final InMemoryLogStorage durable = new InMemoryLogStorage();

  /** Changes in their order, which take effect on {@link #durable} when they are synced. */
  private final ArrayDeque<Runnable> unsynced = new ArrayDeque<>();

  /** How many changes were made, and how many of them are durable. */
  private long written;

  private long synced;

  /** Counts the runs and the crashes: an earlier run has no part in it any more. */
  private int generation;

  SimLog(SimDisk disk) {
    this.disk = disk;
  }

  /** Access to it for one run of a member. */
  LogStorage storage() {
    return new Storage(++generation);
  }

  void syncAll() {
    syncThrough(written);
  }

  void loseUnsynced(RandomGenerator random) {
    generation++;
    syncThrough(synced + random.nextInt(unsynced.size() + 1));
    unsynced.clear();
    synced = written;
  }

  private void change(Runnable change) {
    unsynced.add(change);
    written++;
  }

  private void syncThrough(long number) {
    while (synced < number) {
      unsynced.remove().run();
      synced++;
    }
  }

  private final class Storage implements LogStorage {

    private final int mine;

    Storage(int generation) {
      mine = generation;
    }

    private void requireWritable() {
      if (mine != generation) {
        throw new LogStorageException("the simulated log was opened by a later run");
      }
      if (disk.isFull()) {
        throw new LogStorageException("no space left on the simulated disk");
      }
    }

    @Override
    public StoredLog open(long newIncarnation) {
      return durable.open(newIncarnation);
    }

    @Override
    public void write(LogWrite write) {
      requireWritable();
      change(() -> durable.write(write));
    }

    @Override
    public void sync(SyncListener listener) {
      long through = written;
      disk.afterSync(() -> {
        if (mine == generation) {
          syncThrough(through);
          listener.durable();
        }
      });
    }

    @Override
    public void prune(long throughIndex) {
      change(() -> durable.prune(throughIndex));
    }

    @Override
    public SnapshotWriter newSnapshot() {
      SnapshotWriter writer = durable.newSnapshot();
      return new SnapshotWriter() {
        @Override
        public void write(long offset, byte[] bytes) {
          requireWritable();
          writer.write(offset, bytes);
        }

        @Override
        public void finish(SnapshotManifest manifest) {
          requireWritable();
          writer.finish(manifest);
        }

        @Override
        public void abort() {
          writer.abort();
        }
      };
    }

    @Override
    public byte @Nullable [] readSnapshot(SnapshotManifest manifest, int chunk) {
      return durable.readSnapshot(manifest, chunk);
    }

    @Override
    public void dropSnapshot(SnapshotManifest manifest) {
      durable.dropSnapshot(manifest);
    }

    @Override
    public void close() {}
  }
}
