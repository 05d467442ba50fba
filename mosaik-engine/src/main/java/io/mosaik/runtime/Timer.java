package io.mosaik.runtime;

/** A task that waits for its time on a {@link Strand}. */
public interface Timer extends Cancellation {

  /**
   * Makes sure that the task doesn't run any more, if called on its strand; from elsewhere it may
   * be running already. Idempotent.
   */
  @Override
  void cancel();
}
