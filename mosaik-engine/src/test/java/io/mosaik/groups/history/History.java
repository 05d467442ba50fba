package io.mosaik.groups.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What happened to some cells, in the order in which it happened. There may be several copies of
 * the cells, as there are where groups form apart: each answer is of one of them, and what nobody
 * knows the outcome of may have an effect on any. Used on one thread at a time, as all of a
 * simulated world is.
 */
public final class History {

  /** An operation that was called. */
  public final class Pending {

    private final String client;
    private final String cell;
    private final CellAction action;
    private final long number;
    private final long calledAt;
    private boolean over;

    private Pending(String client, String cell, CellAction action, long number) {
      this.client = client;
      this.cell = cell;
      this.action = action;
      this.number = number;
      calledAt = ++events;
    }

    /** It was answered, by the copy of this name. */
    public void answered(String copy, long answer) {
      answered(copy, answer, UNPLACED);
    }

    /** It was answered, by the copy of this name, behind so many commands. */
    public void answered(String copy, long answer, long index) {
      if (!over) {
        over = true;
        open.remove(this);
        answered.add(
            new Done(
                copy, this, index, new Operation<>(client, action, calledAt, ++events, answer)));
      }
    }

    /** It surely never has any effect. */
    public void refused() {
      over = true;
      open.remove(this);
    }

    /** It may have an effect at any time from its call on, or never. */
    public void unknown() {
      if (!over) {
        over = true;
        open.remove(this);
        if (!(action instanceof CellAction.Read)) {
          unknown.add(this);
        }
      }
    }

    private Operation<CellAction, Long> withoutEnd() {
      return new Operation<>(client, action, calledAt, Operation.NEVER, null);
    }
  }

  /** What copies are known to have done. */
  public interface Log {

    /** Nothing is known. */
    Log NONE = (copy, number) -> UNPLACED;

    /**
     * The index at which a copy has done what was called by this number; {@link #UNPLACED} if that
     * isn't known, {@link #ABSENT} if it never has.
     */
    long indexOf(String copy, long number);
  }

  /** An index that isn't known. */
  public static final long UNPLACED = -1;

  /** The index of what is not there. */
  public static final long ABSENT = -2;

  /** An answer of a copy, behind so many commands. */
  private record Done(
      String copy, Pending call, long index, Operation<CellAction, Long> operation) {}

  /** An operation at its place among the others, as far as that is known. */
  private record Placed(long index, boolean command, Operation<CellAction, Long> operation) {}

  private static final Comparator<Placed> AS_PLACED =
      Comparator.comparingLong(Placed::index)
          .thenComparing(placed -> !placed.command)
          .thenComparingLong(placed -> placed.operation.calledAt());

  private final List<Done> answered = new ArrayList<>();
  private final List<Pending> unknown = new ArrayList<>();
  private final List<Pending> open = new ArrayList<>();
  private long events;
  private long numbers;

  /** A number that nobody has used yet, far from the others. */
  public long unique() {
    return ++numbers * 1_000_000;
  }

  /** A client calls an operation. */
  public Pending call(String client, String cell, CellAction action) {
    return call(client, cell, action, 0);
  }

  /** A client calls an operation by which it can be known again. */
  public Pending call(String client, String cell, CellAction action, long number) {
    var pending = new Pending(client, cell, action, number);
    open.add(pending);
    return pending;
  }

  /** How many operations were answered. */
  public int answeredCount() {
    return answered.size();
  }

  /** How many operations that change something have an outcome that nobody knows. */
  public int unknownCount() {
    return unknown.size();
  }

  /**
   * Judges each cell of each copy; what is still open may have taken effect or not.
   *
   * @throws AssertionError if a single copy could not have given these answers
   */
  public void requireLinearizable() {
    requireLinearizable(Log.NONE);
  }

  /**
   * The same, where more is known: what has an unknown outcome, or was answered by another copy,
   * counts where a copy has done it. The order of a copy's own log is tried first; if it doesn't
   * explain the answers, any other may.
   */
  public void requireLinearizable(Log log) {
    List.copyOf(open).forEach(Pending::unknown);
    answered.stream()
        .map(done -> new Part(done.copy, done.call.cell))
        .distinct()
        .forEach(part -> requireLinearizable(part, log));
  }

  /** A cell of a copy. */
  private record Part(String copy, String cell) {}

  private void requireLinearizable(Part part, Log log) {
    var placed = new ArrayList<Placed>();
    for (Done done : answered) {
      if (done.call.cell.equals(part.cell)) {
        if (done.copy.equals(part.copy)) {
          placed.add(new Placed(done.index, done.call.number != 0, done.operation));
        } else if (log.indexOf(part.copy, done.call.number) >= 0) {
          placed.add(unanswered(done.call, part, log));
        }
      }
    }
    for (Pending call : unknown) {
      if (call.cell.equals(part.cell) && log.indexOf(part.copy, call.number) != ABSENT) {
        placed.add(unanswered(call, part, log));
      }
    }
    placed.sort(AS_PLACED);
    List<Operation<CellAction, Long>> operations = placed.stream().map(Placed::operation).toList();
    if (!Linearizability.explains(CellAction.CELL, operations)) {
      var verdict = Linearizability.check(CellAction.CELL, operations);
      if (!verdict.isLinearizable()) {
        throw new AssertionError("cell " + part.cell + " of " + part.copy + " is " + verdict);
      }
    }
  }

  private static Placed unanswered(Pending call, Part part, Log log) {
    return new Placed(log.indexOf(part.copy, call.number), true, call.withoutEnd());
  }
}
