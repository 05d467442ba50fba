package io.mosaik.groups.history;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a history is linearizable: whether each operation can have taken effect at one
 * moment between its call and its answer, so that all answers are those of a single copy.
 *
 * <p>A depth-first search (Wing and Gong, 1993) over configurations (which operations have taken
 * effect, and the state), none of which is looked at twice (Lowe, 2017; Horn and Kroening, 2015).
 * Operations take effect just in time: the next one to be answered is tried first, and others
 * before it only where that fails, so that what has no known end is used only where it explains
 * something. That such an operation never took effect needs no case of its own: it may as well come
 * after all that were answered.
 */
public final class Linearizability {

  /** A history that needs more than this is no use as a proof: an error. */
  private static final long MOST_CONFIGURATIONS = 4_000_000;

  private Linearizability() {}

  /**
   * Judges a history of one object.
   *
   * @throws IllegalStateException if the search would be too long
   */
  public static <S, I, O> Verdict<I, O> check(
      Model<S, I, O> model, List<Operation<I, O>> operations) {
    return new Search<>(model, operations).run();
  }

  /**
   * Whether the operations can have taken effect in this order, none after one that was called when
   * it had been answered: what the search looks for, where it is known already.
   */
  public static <S, I, O> boolean explains(
      Model<S, I, O> model, List<Operation<I, O>> inThisOrder) {
    S state = model.initial();
    long lastCall = Long.MIN_VALUE;
    for (Operation<I, O> operation : inThisOrder) {
      S after = model.step(state, operation.input(), operation.output());
      if (after == null || operation.returnedAt() <= lastCall) {
        return false;
      }
      state = after;
      lastCall = Math.max(lastCall, operation.calledAt());
    }
    return true;
  }

  private record Configuration<S>(BitSet done, S state) {}

  /** An operation that took effect, and how things were before. */
  private record Step<S>(int operation, S stateBefore, int answeredBefore) {}

  private static final class Search<S, I, O> {

    private static final int NONE = -1;

    private final Model<S, I, O> model;

    /** By call. */
    private final List<Operation<I, O>> operations;

    /** The operations that were answered, by answer. */
    private final int[] answers;

    /**
     * Those that have not taken effect, by call: a list through two arrays, with a head at the end.
     */
    private final int[] next;

    private final int[] previous;
    private final int head;

    private final BitSet done = new BitSet();
    private final Set<Configuration<S>> seen = new HashSet<>();
    private final ArrayDeque<Step<S>> steps = new ArrayDeque<>();
    private List<Operation<I, O>> longest = List.of();
    private @Nullable Operation<I, O> unexplained;
    private S state;

    /** So many of the {@link #answers} have taken effect, without a gap. */
    private int answered;

    Search(Model<S, I, O> model, List<Operation<I, O>> history) {
      this.model = model;
      operations = new ArrayList<>(history);
      operations.sort(Comparator.comparingLong(Operation::calledAt));
      int count = operations.size();
      var byAnswer = new ArrayList<Integer>();
      for (int i = 0; i < count; i++) {
        if (operations.get(i).isComplete()) {
          byAnswer.add(i);
        }
      }
      byAnswer.sort(Comparator.comparingLong(i -> operations.get(i).returnedAt()));
      answers = byAnswer.stream().mapToInt(Integer::intValue).toArray();
      head = count;
      next = new int[count + 1];
      previous = new int[count + 1];
      for (int i = 0; i <= count; i++) {
        next[i] = i == count ? 0 : i + 1;
        previous[i] = i == 0 ? count : i - 1;
      }
      state = model.initial();
    }

    Verdict<I, O> run() {
      int tried = NONE;
      while (skipDone()) {
        int target = answers[answered];
        int candidate = candidateAfter(tried, target);
        if (candidate != NONE) {
          tried = takeEffect(candidate) ? NONE : candidate;
        } else {
          remember(target);
          if (steps.isEmpty()) {
            return new Verdict<>(longest, unexplained, seen.size());
          }
          tried = takeBack();
        }
      }
      return new Verdict<>(order(), null, seen.size());
    }

    /** Goes on to the next answer that is to be explained; false if there is none. */
    private boolean skipDone() {
      while (answered < answers.length && done.get(answers[answered])) {
        answered++;
      }
      return answered < answers.length;
    }

    /** The target first, then all others that were called before it was answered. */
    private int candidateAfter(int tried, int target) {
      if (tried == NONE) {
        return target;
      }
      int candidate = next[tried == target ? head : tried];
      if (candidate == target) {
        candidate = next[candidate];
      }
      boolean called =
          candidate != head
              && operations.get(candidate).calledAt() < operations.get(target).returnedAt();
      return called ? candidate : NONE;
    }

    private boolean takeEffect(int candidate) {
      Operation<I, O> operation = operations.get(candidate);
      S after = model.step(state, operation.input(), operation.output());
      if (after == null) {
        return false;
      }
      done.set(candidate);
      if (!seen.add(new Configuration<>((BitSet) done.clone(), after))) {
        done.clear(candidate);
        return false;
      }
      if (seen.size() > MOST_CONFIGURATIONS) {
        throw new IllegalStateException(
            "more than %,d configurations of a history of %,d operations"
                .formatted(MOST_CONFIGURATIONS, operations.size()));
      }
      steps.push(new Step<>(candidate, state, answered));
      next[previous[candidate]] = next[candidate];
      previous[next[candidate]] = previous[candidate];
      state = after;
      return true;
    }

    /** Returns the operation that no longer has taken effect. */
    private int takeBack() {
      Step<S> last = steps.pop();
      int operation = last.operation();
      next[previous[operation]] = operation;
      previous[next[operation]] = operation;
      done.clear(operation);
      state = last.stateBefore();
      answered = last.answeredBefore();
      return operation;
    }

    private void remember(int target) {
      if (unexplained == null || steps.size() > longest.size()) {
        longest = order();
        unexplained = operations.get(target);
      }
    }

    private List<Operation<I, O>> order() {
      var order = new ArrayList<Operation<I, O>>();
      steps.descendingIterator().forEachRemaining(s -> order.add(operations.get(s.operation())));
      return order;
    }
  }
}
