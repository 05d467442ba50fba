package io.mosaik.groups.log;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One change of what is stored, to be made as a whole or not at all.
 *
 * @param hardState the new hard state; null to leave it as it is
 * @param firstIndex everything stored from this index on is dropped before the entries are
 *     appended; 0 to leave the entries as they are. An index beyond the end of what is stored, or
 *     before its beginning, drops all of it: a finished snapshot covers what comes before
 * @param entries the entries from {@code firstIndex} on; may be none
 */
public record LogWrite(@Nullable HardState hardState, long firstIndex, List<Entry> entries) {

  /** Checks and copies. */
  public LogWrite {
    entries = List.copyOf(entries);
    if (firstIndex < 0 || (firstIndex == 0 && !entries.isEmpty())) {
      throw new IllegalArgumentException("entries begin at index 1, not at " + firstIndex);
    }
  }

  /** The position of the last of its entries; null if it has none. */
  public @Nullable LogPosition last() {
    return entries.isEmpty()
        ? null
        : new LogPosition(entries.getLast().term(), firstIndex + entries.size() - 1);
  }
}
