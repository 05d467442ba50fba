package io.mosaik.groups;

import io.mosaik.groups.CellMachine.Change;
import io.mosaik.groups.history.History;
import io.mosaik.groups.log.Lineage;
import io.mosaik.groups.raft.Watcher;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What each lineage of a group has applied: one, unless members formed apart. */
final class Copies {

  /** With what each epoch began; null for what began with nothing. */
  interface Inheritances {
    Watcher.@Nullable Inheritance of(Lineage lineage);
  }

  private final Inheritances inheritances;
  private final Map<Lineage, AgreedCells> copies = new LinkedHashMap<>();
  private final List<String> violations = new ArrayList<>();

  Copies(Inheritances inheritances) {
    this.inheritances = inheritances;
  }

  List<String> violations() {
    var all = new ArrayList<>(violations);
    copies.values().forEach(copy -> all.addAll(copy.violations()));
    return all;
  }

  /** How many commands were applied, in all of them. */
  int size() {
    return copies.values().stream().mapToInt(AgreedCells::size).sum();
  }

  /** How many lineages have applied any command. */
  int count() {
    return copies.size();
  }

  /** A member applies a command. */
  void applied(String member, Lineage lineage, long index, Change change, long result) {
    if (lineage.isNone()) {
      violations.add(member + " applies " + change + " of no lineage at " + index);
    }
    copies
        .computeIfAbsent(lineage, of -> new AgreedCells(new Inherited(of)))
        .applied(member, index, change, result);
  }

  /** A command came back to its caller: from which lineage. Null, and wrong, if from none. */
  @Nullable Lineage executed(long index, Change change, long result) {
    for (var copy : copies.entrySet()) {
      if (copy.getValue().has(index, change, result)) {
        return copy.getKey();
      }
    }
    violations.add("a caller is told " + change + " = " + result + " at " + index);
    return null;
  }

  /** The index at which the lineage of this name has applied a change of this number. */
  long indexOf(String lineage, long number) {
    return copies.entrySet().stream()
        .filter(copy -> copy.getKey().toString().equals(lineage))
        .mapToLong(copy -> copy.getValue().indexOf(number))
        .findFirst()
        .orElse(History.ABSENT);
  }

  /**
   * A member answers from the state that it has at an index, and changed lineage meanwhile perhaps.
   *
   * @return whose state that was; null if that can't be told
   */
  @Nullable Lineage answered(
      String user, String cell, Lineage before, Lineage after, long index, long answer) {
    long asBefore = valueAt(before, cell, index);
    if (answer != asBefore && answer != valueAt(after, cell, index)) {
      violations.add(
          "%s is answered %d for %s at %d, where it was %d"
              .formatted(user, answer, cell, index, asBefore));
    }
    return before.equals(after) && !before.isNone() ? before : null;
  }

  private long valueAt(Lineage lineage, String cell, long index) {
    AgreedCells copy = copies.get(lineage);
    return copy == null ? new Inherited(lineage).valueAt(cell, index) : copy.valueAt(cell, index);
  }

  /** What an epoch goes on with. */
  private final class Inherited implements AgreedCells.Past {

    private final Lineage epoch;

    Inherited(Lineage epoch) {
      this.epoch = epoch;
    }

    @Override
    public long valueAt(String cell, long index) {
      Watcher.Inheritance from = inheritances.of(epoch);
      return from == null
          ? 0
          : Copies.this.valueAt(from.lineage(), cell, Math.min(index, from.kept()));
    }

    @Override
    public long indexOf(long number) {
      Watcher.Inheritance from = inheritances.of(epoch);
      if (from == null) {
        return History.ABSENT;
      }
      AgreedCells before = copies.get(from.lineage());
      long index =
          before == null ? new Inherited(from.lineage()).indexOf(number) : before.indexOf(number);
      return index <= from.kept() ? index : History.ABSENT;
    }
  }

  /** A user is shown the state of an index, after that of another one of the same lineage. */
  void seen(String user, long before, long index) {
    if (index < before) {
      violations.add(user + " is shown the state of " + index + " after that of " + before);
    }
  }
}
