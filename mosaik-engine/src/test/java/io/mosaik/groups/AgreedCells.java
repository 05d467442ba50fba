package io.mosaik.groups;

import io.mosaik.groups.CellMachine.Change;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the members of a group have applied, as far as any of them has: all must agree on it, and
 * whoever answers from its own state must answer what the cells were at that index.
 */
final class AgreedCells {

  private record Applied(Change change, long result) {}

  private final TreeMap<Long, Applied> log = new TreeMap<>();

  /** For each cell, its numbers by the index since which it had them. */
  private final TreeMap<String, TreeMap<Long, Long>> values = new TreeMap<>();

  private final Set<Long> numbers = new HashSet<>();
  private final List<String> violations = new ArrayList<>();

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
      if (!numbers.add(change.number())) {
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

  private long valueAt(String cell, long index) {
    var entry = values.getOrDefault(cell, new TreeMap<>()).floorEntry(index);
    return entry == null ? 0 : entry.getValue();
  }

  /** A command came back to its caller. */
  void executed(long index, Change change, long result) {
    @Nullable Applied known = log.get(index);
    if (known == null || !known.equals(new Applied(change, result))) {
      violations.add("a caller is told " + change + " = " + result + " at " + index + ": " + known);
    }
  }

  /** A member shows a user the state of an index, after that of another. */
  void seen(String user, long before, long index) {
    if (index < before) {
      violations.add(user + " is shown the state of " + index + " after that of " + before);
    }
  }

  /** A member answers from the state that it has at this index. */
  void answered(String member, String cell, long index, long answer) {
    if (answer != valueAt(cell, index)) {
      violations.add(
          member
              + " answers "
              + answer
              + " for "
              + cell
              + " at "
              + index
              + ", where it was "
              + valueAt(cell, index));
    }
  }
}
