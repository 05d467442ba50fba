package io.mosaik.runtime;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.random.RandomGenerator;

/**
 * What a node stands on: time, randomness and strands. The real one uses the machine's; the
 * simulated one is virtual and decided by one seed. Thread-safe.
 */
public interface Platform {

  /** The time of this node. */
  Clock clock();

  /**
   * A new generator for decisions that need no secrecy (jitter, choices), to be used by one strand.
   */
  RandomGenerator newRandom();

  /** Fresh unpredictable bytes, for keys, incarnations and lineages. */
  byte[] randomBytes(int length);

  /**
   * A new strand for the engine's own workers, whose tasks never block.
   *
   * @param name for logs and thread names
   */
  Strand newStrand(String name);

  /**
   * A new strand for users' code (listeners, state machines, predicates that may be slow), whose
   * tasks may block without stalling any other strand.
   *
   * @param name for logs and thread names
   */
  Strand newUserStrand(String name);

  /**
   * Waits for a result: the one place where the engine blocks a caller. In a simulated world this
   * moves virtual time forward until the result is there.
   *
   * @param stage whose result is awaited
   * @param deadline how long at most
   * @return the result
   * @throws DeadlineExceededException if it isn't there in time; the work itself goes on
   * @throws WaitInterruptedException if the calling thread is interrupted; its flag is set again
   * @throws IllegalStateException if called on one of the engine's own strands, which must not
   *     block
   * @throws RuntimeException the error of the stage itself, unwrapped
   */
  <T> T await(CompletionStage<T> stage, Duration deadline);
}
