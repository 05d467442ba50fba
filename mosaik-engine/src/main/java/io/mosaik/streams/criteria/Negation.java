package io.mosaik.streams.criteria;

import java.util.List;

/**
 * The opposite.
 *
 * @param part of what
 */
record Negation(Criteria part) implements Criteria {

  /** Checks the size. */
  Negation {
    Limits.check(List.of(part));
  }

  @Override
  public Criteria negate() {
    return part;
  }

  @Override
  public String toString() {
    return "not (" + part + ")";
  }
}
