package io.mosaik.streams;

import io.mosaik.discovery.PeerEntry;
import io.mosaik.id.Tag;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Which producers a consumer takes from, of those that satisfy its predicates: the best few, by
 * their round-trip time, by their tags, or by a function of their entries. Immutable.
 *
 * <p>Where one of the chosen fails, the next best is taken from at once, and the failed one is
 * tried again beside it. Otherwise the choice changes only for good: when others have been better
 * for the {@linkplain #steadyFor steady time} without a break, and, by round-trip time, better by
 * more than a fifth.
 */
public final class Preference {

  /** How long others must be better before the consumer moves, unless said otherwise. */
  public static final Duration DEFAULT_STEADY_TIME = Duration.ofSeconds(10);

  private final int count;
  private final @Nullable ToDoubleFunction<? super PeerEntry> cost;
  private final Duration steadyTime;

  private Preference(
      int count, @Nullable ToDoubleFunction<? super PeerEntry> cost, Duration steadyTime) {
    this.count = count;
    this.cost = cost;
    this.steadyTime = steadyTime;
  }

  private static Preference of(int count, @Nullable ToDoubleFunction<? super PeerEntry> cost) {
    if (count < 1) {
      throw new IllegalArgumentException(
          "a consumer takes from at least 1 producer, not from " + count);
    }
    return new Preference(count, cost, DEFAULT_STEADY_TIME);
  }

  /** The nearest producers. One whose round-trip time is not known yet comes last. */
  public static Preference nearest(int count) {
    return of(count, null);
  }

  /**
   * The producers with the first of these tags; where these are too few, with the second, and so
   * on; those with none of them last.
   */
  public static Preference tagged(int count, Tag... tags) {
    List<Tag> order = List.of(tags);
    return of(
        count,
        entry -> {
          int rank = 0;
          while (rank < order.size() && !entry.tags().contains(order.get(rank))) {
            rank++;
          }
          return rank;
        });
  }

  /**
   * The producers of the least cost.
   *
   * @param cost of a producer; the less, the better. Asked when its entry changes, on the strand of
   *     users' code. What is not a number, or an exception, counts as the worst
   */
  public static Preference cheapest(int count, ToDoubleFunction<? super PeerEntry> cost) {
    return of(count, Objects.requireNonNull(cost));
  }

  /**
   * The same, moving when others have been better for this long.
   *
   * @param time not negative; zero moves at once
   */
  public Preference steadyFor(Duration time) {
    if (time.isNegative()) {
      throw new IllegalArgumentException("a steady time is not negative, it is " + time);
    }
    return new Preference(count, cost, time);
  }

  int count() {
    return count;
  }

  Duration steadyTime() {
    return steadyTime;
  }

  /** Whether it is by round-trip time, which changes without a new entry. */
  boolean isByRtt() {
    return cost == null;
  }

  /** The cost by the entry, infinite where the function has none to say; zero if by the time. */
  double cost(PeerEntry entry) {
    if (cost == null) {
      return 0;
    }
    double value = cost.applyAsDouble(entry);
    return Double.isNaN(value) ? Double.POSITIVE_INFINITY : value;
  }
}
