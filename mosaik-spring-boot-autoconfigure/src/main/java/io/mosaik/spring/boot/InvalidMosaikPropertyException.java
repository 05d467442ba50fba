package io.mosaik.spring.boot;

import org.jspecify.annotations.Nullable;

/** A property of {@code mosaik.*} that is missing or malformed. */
public final class InvalidMosaikPropertyException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String property;
  private final String example;

  InvalidMosaikPropertyException(
      String property, String problem, String example, @Nullable Throwable cause) {
    super(problem, cause);
    this.property = property;
    this.example = example;
  }

  /** The property's full name, as {@code mosaik.bootstrap[0]}. */
  public String property() {
    return property;
  }

  /** A right value, as it would stand in {@code application.yml}. */
  public String example() {
    return example;
  }
}
