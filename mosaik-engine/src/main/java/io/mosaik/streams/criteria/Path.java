package io.mosaik.streams.criteria;

import java.util.List;

/**
 * Which component: its name, after the names of the components that lead to it.
 *
 * @param names at least one
 */
record Path(List<String> names) {

  /** Copies the names. */
  Path {
    names = List.copyOf(names);
  }

  /** Reads names that are joined by dots. */
  static Path of(String text) {
    Limits.checkText(text);
    List<String> names = List.of(text.split("\\.", -1));
    if (!names.stream().allMatch(Path::isIdentifier) || names.size() > Criteria.MAX_DEPTH) {
      throw new IllegalArgumentException(
          "criteria: a name that no component has; give one as \"price\" or \"account.country\", of"
              + " at most "
              + Criteria.MAX_DEPTH
              + " names");
    }
    return new Path(names);
  }

  private static boolean isIdentifier(String name) {
    return !name.isEmpty() && name.codePoints().allMatch(Character::isJavaIdentifierPart);
  }

  @Override
  public String toString() {
    return String.join(".", names);
  }
}
