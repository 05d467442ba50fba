package io.mosaik.runtime;

/** The time as one node sees it. Thread-safe, never blocks. */
public interface Clock {

  /** Monotonic time in nanoseconds from an arbitrary origin; only differences mean something. */
  long nanoTime();

  /** Wall time in milliseconds since 1970-01-01T00:00Z; may jump, and differs between machines. */
  long currentTimeMillis();
}
