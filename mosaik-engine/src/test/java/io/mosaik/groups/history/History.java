package io.mosaik.groups.history;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What happened to some cells, in the order in which it happened. Used on one thread at a time, as
 * all of a simulated world is.
 */
public final class History {

  /** An operation that was called. */
  public final class Pending {

    private final String client;
    private final String cell;
    private final CellAction action;
    private final long calledAt;
    private boolean over;

    private Pending(String client, String cell, CellAction action) {
      this.client = client;
      this.cell = cell;
      this.action = action;
      calledAt = ++events;
    }

    /** It was answered. */
    public void answered(long answer) {
      if (!over) {
        over = true;
        open.remove(this);
        answeredCount++;
        operations(cell).add(new Operation<>(client, action, calledAt, ++events, answer));
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
          operations(cell).add(new Operation<>(client, action, calledAt, Operation.NEVER, null));
        }
      }
    }
  }

  private final Map<String, List<Operation<CellAction, Long>>> cells = new TreeMap<>();
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
    var pending = new Pending(client, cell, action);
    open.add(pending);
    return pending;
  }

  private List<Operation<CellAction, Long>> operations(String cell) {
    return cells.computeIfAbsent(cell, name -> new ArrayList<>());
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
   * Judges each cell; what is still open may have taken effect or not.
   *
   * @throws AssertionError if a single copy could not have given these answers
   */
  public void requireLinearizable() {
    List.copyOf(open).forEach(Pending::unknown);
    cells.forEach((cell, operations) -> {
      var verdict = Linearizability.check(CellAction.CELL, operations);
      if (!verdict.isLinearizable()) {
        throw new AssertionError("cell " + cell + " is " + verdict);
      }
    });
  }
}
