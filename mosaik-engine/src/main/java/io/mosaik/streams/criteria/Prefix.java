package io.mosaik.streams.criteria;

/**
 * A text that begins so.
 *
 * @param path the component
 * @param prefix its beginning
 */
record Prefix(Path path, String prefix) implements Criteria {

  /** Checks the length. */
  Prefix {
    Limits.checkText(prefix);
  }

  @Override
  public String toString() {
    return path + " starts with " + new Literal.Text(prefix);
  }
}
