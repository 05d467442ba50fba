package io.mosaik.architecture.violations.transport;

/** Something a core may not hold. */
public interface Link {
  /** Ends it. */
  void close();
}
