package io.mosaik.streams.criteria;

import java.util.List;
import java.util.stream.Stream;

/**
 * All of several.
 *
 * @param parts at least two, none of them of this kind itself
 */
record AllOf(List<Criteria> parts) implements Criteria {

  /** Takes in the parts of parts, and checks the size. */
  AllOf {
    parts =
        parts.stream()
            .flatMap(part -> part instanceof AllOf(var inner) ? inner.stream() : Stream.of(part))
            .toList();
    Limits.check(parts);
  }

  @Override
  public String toString() {
    return Limits.join(parts, " and ");
  }
}
