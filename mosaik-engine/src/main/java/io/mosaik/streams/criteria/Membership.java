package io.mosaik.streams.criteria;

import java.util.List;

/**
 * One of some values.
 *
 * @param path the component
 * @param values at least one, of one kind, sorted, each once
 */
record Membership(Path path, List<Literal> values) implements Criteria {

  /** Sorts the values and checks them. */
  Membership {
    if (values.isEmpty()) {
      throw new IllegalArgumentException("criteria: '" + path + "' is compared with no value");
    }
    if (values.size() >= MAX_SIZE) {
      throw new IllegalArgumentException(
          "criteria: '" + path + "' is compared with " + values.size() + " values, too many");
    }
    for (Literal value : values) {
      if (value.getClass() != values.get(0).getClass()) {
        throw new IllegalArgumentException(
            "criteria: '" + path + "' is compared with values of different kinds: " + values);
      }
    }
    values = values.stream().distinct().sorted().toList();
  }

  @Override
  public String toString() {
    return values.size() == 1 ? path + " = " + values.get(0) : path + " in " + values;
  }
}
