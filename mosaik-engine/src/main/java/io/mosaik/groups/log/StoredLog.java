package io.mosaik.groups.log;

import java.util.List;

/**
 * All that a storage has kept.
 *
 * @param incarnation of the storage
 * @param hardState as last written
 * @param entries from index 1 on, as last written
 */
public record StoredLog(long incarnation, HardState hardState, List<Entry> entries) {

  /** Copies the list. */
  public StoredLog {
    entries = List.copyOf(entries);
  }
}
