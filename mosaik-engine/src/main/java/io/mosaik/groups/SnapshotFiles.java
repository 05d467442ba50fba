package io.mosaik.groups;

import io.mosaik.groups.log.LogStorage;
import io.mosaik.groups.log.SnapshotManifest;
import io.mosaik.groups.log.SnapshotWriter;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The snapshots in a log storage. A machine that starts over reads one while another is written and
 * a third is read for others, each on its own strand: here their calls come one after another, as
 * the storage wants it. Each may block, for one chunk's time.
 */
final class SnapshotFiles {

  private final LogStorage storage;
  private final ReentrantLock lock = new ReentrantLock();

  SnapshotFiles(LogStorage storage) {
    this.storage = storage;
  }

  private <T extends @Nullable Object> T locked(Supplier<T> call) {
    lock.lock();
    try {
      return call.get();
    } finally {
      lock.unlock();
    }
  }

  private void locked(Runnable call) {
    lock.lock();
    try {
      call.run();
    } finally {
      lock.unlock();
    }
  }

  byte @Nullable [] read(SnapshotManifest manifest, int chunk) {
    lock.lock();
    try {
      return storage.readSnapshot(manifest, chunk);
    } finally {
      lock.unlock();
    }
  }

  void drop(SnapshotManifest manifest) {
    locked(() -> storage.dropSnapshot(manifest));
  }

  SnapshotWriter newSnapshot() {
    SnapshotWriter writer = locked(storage::newSnapshot);
    return new SnapshotWriter() {
      @Override
      public void write(long offset, byte[] bytes) {
        locked(() -> writer.write(offset, bytes));
      }

      @Override
      public void finish(SnapshotManifest manifest) {
        locked(() -> writer.finish(manifest));
      }

      @Override
      public void abort() {
        locked(writer::abort);
      }
    };
  }
}
