package io.mosaik.groups.history;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiPredicate;

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
      if (!over) {
        over = true;
        open.remove(this);
        answeredCount++;
        copies
            .computeIfAbsent(copy, name -> new TreeMap<>())
            .computeIfAbsent(cell, name -> new ArrayList<>())
            .add(new Operation<>(client, action, calledAt, ++events, answer));
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
          unknownCount++;
          unknown
              .computeIfAbsent(cell, name -> new ArrayList<>())
              .add(
                  new Unknown(
                      number, new Operation<>(client, action, calledAt, Operation.NEVER, null)));
        }
      }
    }
  }

  /** What nobody knows the outcome of. */
  private record Unknown(long number, Operation<CellAction, Long> operation) {}

  private final Map<String, Map<String, List<Operation<CellAction, Long>>>> copies =
      new TreeMap<>();
  private final Map<String, List<Unknown>> unknown = new TreeMap<>();
  private final List<Pending> open = new ArrayList<>();
  private long events;
  private long numbers;
  private int answeredCount;
  private int unknownCount;

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
    return answeredCount;
  }

  /** How many operations that change something have an outcome that nobody knows. */
  public int unknownCount() {
    return unknownCount;
  }

  /**
   * Judges each cell of each copy; what is still open may have taken effect or not.
   *
   * @throws AssertionError if a single copy could not have given these answers
   */
  public void requireLinearizable() {
    requireLinearizable((copy, number) -> true);
  }

  /**
   * The same, where more is known of what has no known outcome.
   *
   * @param mayHave whether a copy may have done what was called by this number
   */
  public void requireLinearizable(BiPredicate<String, Long> mayHave) {
    List.copyOf(open).forEach(Pending::unknown);
    copies.forEach((copy, cells) ->
        cells.forEach((cell, answered) -> {
          var operations = new ArrayList<>(answered);
          for (Unknown one : unknown.getOrDefault(cell, List.of())) {
            if (mayHave.test(copy, one.number)) {
              operations.add(one.operation);
            }
          }
          var verdict = Linearizability.check(CellAction.CELL, operations);
          if (!verdict.isLinearizable()) {
            throw new AssertionError("cell " + cell + " of " + copy + " is " + verdict);
          }
        }));
  }
}
