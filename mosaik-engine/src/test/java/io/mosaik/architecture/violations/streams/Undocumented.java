package io.mosaik.architecture.violations.streams;

public class Undocumented {

  public void alsoUndocumented() {}

  /** Documented. */
  public void documented() {}

  void notPublic() {}

  @Override
  public String toString() {
    return "inherits its documentation";
  }
}
