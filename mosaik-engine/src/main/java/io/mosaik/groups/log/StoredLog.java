package io.mosaik.groups.log;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that a storage has kept. Snapshot and entries need not fit each other: a crash may have come
 * between the end of a snapshot and what was to follow. Consensus knows which entries still count.
 *
 * @param incarnation of the storage
 * @param hardState as last written
 * @param snapshot that was finished last; null if none was
 * @param firstIndex the index of the first of the entries; where there are none, of the next one
 * @param entries as last written, without those that were pruned
 */
public record StoredLog(
    long incarnation,
    HardState hardState,
    @Nullable SnapshotManifest snapshot,
    long firstIndex,
    List<Entry> entries) {

  /** Copies the list. */
  public StoredLog {
    entries = List.copyOf(entries);
    if (firstIndex < 1) {
      throw new IllegalArgumentException("entries begin at index 1, not at " + firstIndex);
    }
  }

  /** What a storage has that was written to but for snapshots, from index 1 on. */
  public static StoredLog whole(long incarnation, HardState hardState, List<Entry> entries) {
    return new StoredLog(incarnation, hardState, null, 1, entries);
  }
}
