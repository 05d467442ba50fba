package io.mosaik.streams.criteria;

/**
 * On one side of a value.
 *
 * @param path the component
 * @param order which side
 * @param bound a number or a text
 */
record Ordering(Path path, Order order, Literal bound) implements Criteria {

  /** On which side, with or without the value itself. */
  enum Order {
    LESS_THAN("<"),
    AT_MOST("<="),
    AT_LEAST(">="),
    GREATER_THAN(">");

    private final String sign;

    Order(String sign) {
      this.sign = sign;
    }

    /** Whether a value that compares so with the bound is on this side. */
    boolean holds(int comparison) {
      return switch (this) {
        case LESS_THAN -> comparison < 0;
        case AT_MOST -> comparison <= 0;
        case AT_LEAST -> comparison >= 0;
        case GREATER_THAN -> comparison > 0;
      };
    }
  }

  /** Checks the kind of the bound. */
  Ordering {
    if (bound instanceof Literal.Flag) {
      throw new IllegalArgumentException("criteria: booleans have no order, '" + path + "'");
    }
  }

  @Override
  public String toString() {
    return path + " " + order.sign + " " + bound;
  }
}
