package io.mosaik.groups;

import io.mosaik.groups.CellMachine.Change;
import io.mosaik.groups.history.History;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the members of a group have applied in one lineage, as far as any of them has: all must
 * agree on it, and whoever answers from its own state must answer what the cells were at that
 * index.
 */
final class AgreedCells {

  private record Applied(Change change, long result) {}

  /** What was applied in the epoch before, as far as that counts on. */
  interface Past {

    /** What a cell was behind an index. */
    long valueAt(String cell, long index);

    /** The index of a change; {@link History#ABSENT} if it doesn't count. */
    long indexOf(long number);
  }

  private final Past past;

  private final TreeMap<Long, Applied> log = new TreeMap<>();

  /** For each cell, its numbers by the index since which it had them. */
  private final TreeMap<String, TreeMap<Long, Long>> values = new TreeMap<>();

  /** The index of each change, by its number. */
  private final Map<Long, Long> indices = new TreeMap<>();

  private final List<String> violations = new ArrayList<>();

  AgreedCells(Past past) {
    this.past = past;
  }

  List<String> violations() {
    return List.copyOf(violations);
  }

  int size() {
    return log.size();
  }

  /** A member applies a command. */
  void applied(String member, long index, Change change, long result) {
    var applied = new Applied(change, result);
    Applied known = log.putIfAbsent(index, applied);
    if (known == null) {
      if (indices.putIfAbsent(change.number(), index) != null) {
        violations.add(change + " is applied twice, the second time at " + index);
      }
      long before = valueAt(change.cell(), index);
      values
          .computeIfAbsent(change.cell(), cell -> new TreeMap<>())
          .put(index, change.action().on(before).value());
    } else if (!known.equals(applied)) {
      violations.add(member + " applies " + applied + " at " + index + ", another " + known);
    }
  }

  /** The index at which a change of this number was applied. */
  long indexOf(long number) {
    Long index = indices.get(number);
    return index == null ? past.indexOf(number) : index;
  }

  /** What a cell was behind an index. */
  long valueAt(String cell, long index) {
    var entry = values.getOrDefault(cell, new TreeMap<>()).floorEntry(index);
    return entry == null ? past.valueAt(cell, index) : entry.getValue();
  }

  /** Whether this was applied at this index, with this result. */
  boolean has(long index, Change change, long result) {
    @Nullable Applied known = log.get(index);
    return known != null && known.equals(new Applied(change, result));
  }
}
