package io.mosaik.groups;

import io.mosaik.groups.log.ForwardingLogStorage;
import io.mosaik.groups.log.InMemoryLogStorage;
import io.mosaik.groups.log.LogStorage;
import io.mosaik.groups.log.LogStorageException;
import io.mosaik.groups.log.StoredLog;

/** Storages that break the promises of {@link LogStorage}. */
final class LyingLogs {

  private LyingLogs() {}

  /** Keeps its incarnation over a restart, and nothing else. */
  static final class Forgetful extends ForwardingLogStorage {

    private final LogStorage disk;

    Forgetful(LogStorage disk) {
      super(new InMemoryLogStorage());
      this.disk = disk;
    }

    @Override
    public StoredLog open(long newIncarnation) {
      return super.open(disk.open(newIncarnation).incarnation());
    }
  }

  /** Says that everything is durable at once, and syncs when it comes to it: the next time. */
  static final class Hasty extends ForwardingLogStorage {

    private static final SyncListener NOBODY =
        new SyncListener() {
          @Override
          public void durable() {}

          @Override
          public void failed(LogStorageException reason) {}
        };

    private int syncs;

    Hasty(LogStorage disk) {
      super(disk);
    }

    @Override
    public void sync(SyncListener listener) {
      if (++syncs % 50 == 0) {
        super.sync(NOBODY);
      }
      listener.durable();
    }

    @Override
    public void close() {}
  }
}
