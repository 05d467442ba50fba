package io.mosaik.runtime;

/** Takes back what it was returned for: a timer, an observation, an advertisement. */
@FunctionalInterface
public interface Cancellation {

  /** Takes it back. Idempotent, thread-safe, never blocks. */
  void cancel();
}
