package io.mosaik.groups.raft;

import io.mosaik.groups.log.InMemoryLogStorage;
import io.mosaik.groups.log.Lineage;
import io.mosaik.groups.log.LogWrite;
import io.mosaik.groups.log.StoredLog;
import java.util.ArrayDeque;
import java.util.random.RandomGenerator;

/** A disk that forgets what was not synced when its machine crashes, or a part of it. */
final class SimulatedDisk {

  private final InMemoryLogStorage content = new InMemoryLogStorage();
  private final ArrayDeque<LogWrite> unsynced = new ArrayDeque<>();

  private boolean opened;

  StoredLog open(long newIncarnation) {
    opened = true;
    return content.open(newIncarnation);
  }

  Lineage lineage() {
    if (!opened) {
      return Lineage.NONE;
    }
    StoredLog stored = content.open(0);
    return stored.entries().isEmpty() ? Lineage.NONE : stored.hardState().lineage();
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
