package io.mosaik.groups.history;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a check of a history found.
 *
 * @param order one in which the operations could have taken effect; the longest that was found, if
 *     there is none for all
 * @param unexplained the operation whose answer no order explains; null if the history is
 *     linearizable
 * @param configurations how many were looked at
 * @param <I> inputs
 * @param <O> outputs
 */
public record Verdict<I, O>(
    List<Operation<I, O>> order, @Nullable Operation<I, O> unexplained, long configurations) {

  /** Copies the order. */
  public Verdict {
    order = List.copyOf(order);
  }

  /** Whether a single copy could have given these answers. */
  public boolean isLinearizable() {
    return unexplained == null;
  }

  /** The last steps of the order, and what is not to be explained after them. */
  @Override
  public String toString() {
    String steps =
        order.subList(Math.max(0, order.size() - 20), order.size()).stream()
            .map(operation -> "\n  " + operation)
            .collect(Collectors.joining());
    return isLinearizable()
        ? "linearizable, as" + steps
        : "not linearizable: after" + steps + "\nnothing explains\n  " + unexplained;
  }
}
