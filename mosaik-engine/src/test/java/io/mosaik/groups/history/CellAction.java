package io.mosaik.groups.history;

import org.jspecify.annotations.Nullable;

/** What can be done to a cell, which holds a number and begins with 0. */
public sealed interface CellAction {

  /** Answers the number. */
  record Read() implements CellAction {}

  /** A register: sets the number; answers 0. */
  record Write(long value) implements CellAction {}

  /** Sets the number if it is the expected one; answers 1 if it was, else 0. */
  record CompareAndSet(long expected, long next) implements CellAction {}

  /** A counter: adds to the number; answers the sum. */
  record Add(long amount) implements CellAction {}

  /**
   * What an action did.
   *
   * @param value the number afterwards
   * @param answer the action's answer
   */
  record Done(long value, long answer) {}

  /** A cell by itself. */
  Model<Long, CellAction, Long> CELL =
      new Model<>() {
        @Override
        public Long initial() {
          return 0L;
        }

        @Override
        public @Nullable Long step(Long state, CellAction input, @Nullable Long output) {
          Done done = input.on(state);
          return output == null || output == done.answer() ? (Long) done.value() : null;
        }
      };

  /** Does it to a cell with this number. */
  default Done on(long value) {
    return switch (this) {
      case Read read -> new Done(value, value);
      case Write write -> new Done(write.value(), 0);
      case CompareAndSet swap ->
          value == swap.expected() ? new Done(swap.next(), 1) : new Done(value, 0);
      case Add add -> new Done(value + add.amount(), value + add.amount());
    };
  }
}
