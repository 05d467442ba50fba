package io.mosaik.groups.history;

import org.jspecify.annotations.Nullable;

/**
 * What an object does when its operations come one after another. Without state of its own.
 *
 * @param <S> states: immutable, equal if nobody can tell them apart
 * @param <I> inputs
 * @param <O> outputs
 */
public interface Model<S, I, O> {

  /** The state in the beginning. */
  S initial();

  /**
   * The state after an operation; null if the operation can't give this output in that state.
   *
   * @param output null if it isn't known: the operation always succeeds then
   */
  @Nullable S step(S state, I input, @Nullable O output);
}
