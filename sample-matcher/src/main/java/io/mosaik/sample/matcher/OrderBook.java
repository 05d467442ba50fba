package io.mosaik.sample.matcher;

import io.mosaik.sample.Order;
import io.mosaik.sample.Side;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The book of one pair, with price-time priority: an arriving order takes the best price first and,
 * within a price, the order that has rested longest; it trades at the resting order's price. An
 * order that fills a resting one in part leaves it its place in the queue. A trader's own orders
 * may meet.
 *
 * <p>Deterministic: what happens depends on the orders and their sequence alone. Not thread-safe.
 */
final class OrderBook {

  /** An order's name: ids are unique per trader only. */
  record Key(String trader, long orderId) {}

  /** An order on the book. */
  static final class Resting {
    final Key key;
    final Side side;
    final long priceTicks;
    private long remainingLots;

    Resting(Key key, Side side, long priceTicks, long remainingLots) {
      this.key = key;
      this.side = side;
      this.priceTicks = priceTicks;
      this.remainingLots = remainingLots;
    }

    long remainingLots() {
      return remainingLots;
    }
  }

  /** Told of each match. */
  @FunctionalInterface
  interface Matches {
    /** The taker got so much of the maker, at the maker's price. */
    void matched(Order taker, Resting maker, long quantityLots);
  }

  private final int maxResting;

  /** Best price first on both sides; within a price, the longest resting first. */
  private final NavigableMap<Long, SequencedMap<Key, Resting>> bids =
      new TreeMap<>(Comparator.reverseOrder());

  private final NavigableMap<Long, SequencedMap<Key, Resting>> asks = new TreeMap<>();

  /** Looked up only, never iterated. */
  private final Map<Key, Resting> resting = new HashMap<>();

  /**
   * An empty book.
   *
   * @param maxResting how many orders may rest on it
   */
  OrderBook(int maxResting) {
    this.maxResting = maxResting;
  }

  /**
   * Applies a new order.
   *
   * @param order of kind {@code NEW}
   * @param matches told of each match, in the order in which they happen
   * @return what became of it; when {@code REFUSED_*}, nothing has changed
   */
  Outcome place(Order order, Matches matches) {
    var key = new Key(order.trader(), order.orderId());
    if (resting.containsKey(key)) {
      return Outcome.REFUSED_ID_IN_USE;
    }
    if (resting.size() >= maxResting && !crosses(order)) {
      return Outcome.REFUSED_FULL;
    }
    long remaining = take(order, matches);
    if (remaining == 0) {
      return Outcome.FILLED;
    }
    // The book is full only if nothing matched; a taker that leaves a rest has emptied a level.
    var rest = new Resting(key, order.side(), order.priceTicks(), remaining);
    side(order.side()).computeIfAbsent(rest.priceTicks, p -> new LinkedHashMap<>()).put(key, rest);
    resting.put(key, rest);
    return Outcome.RESTS;
  }

  /**
   * Applies a cancel.
   *
   * @param trader whose order
   * @param orderId which order
   * @return {@code CANCELLED} or {@code NOTHING_TO_CANCEL}
   */
  Outcome cancel(String trader, long orderId) {
    Resting order = resting.remove(new Key(trader, orderId));
    if (order == null) {
      return Outcome.NOTHING_TO_CANCEL;
    }
    NavigableMap<Long, SequencedMap<Key, Resting>> levels = side(order.side);
    SequencedMap<Key, Resting> level = levels.get(order.priceTicks);
    if (level != null) {
      level.remove(order.key);
      if (level.isEmpty()) {
        levels.remove(order.priceTicks);
      }
    }
    return Outcome.CANCELLED;
  }

  /** How many orders rest here. */
  int resting() {
    return resting.size();
  }

  /** Visits all resting orders: bids then asks, best price first, longest resting first. */
  void forEachResting(Consumer<Resting> visitor) {
    bids.values().forEach(level -> level.values().forEach(visitor));
    asks.values().forEach(level -> level.values().forEach(visitor));
  }

  private long take(Order taker, Matches matches) {
    NavigableMap<Long, SequencedMap<Key, Resting>> others = side(taker.side().opposite());
    long remaining = taker.quantityLots();
    while (remaining > 0 && crosses(taker)) {
      SequencedMap<Key, Resting> level = others.firstEntry().getValue();
      for (Iterator<Resting> makers = level.values().iterator();
          remaining > 0 && makers.hasNext(); ) {
        Resting maker = makers.next();
        long quantity = Math.min(remaining, maker.remainingLots);
        remaining -= quantity;
        maker.remainingLots -= quantity;
        if (maker.remainingLots == 0) {
          makers.remove();
          resting.remove(maker.key);
        }
        matches.matched(taker, maker, quantity);
      }
      if (level.isEmpty()) {
        others.pollFirstEntry();
      }
    }
    return remaining;
  }

  private boolean crosses(Order taker) {
    NavigableMap<Long, SequencedMap<Key, Resting>> others = side(taker.side().opposite());
    if (others.isEmpty()) {
      return false;
    }
    long best = others.firstKey();
    return taker.side() == Side.BUY ? best <= taker.priceTicks() : best >= taker.priceTicks();
  }

  private NavigableMap<Long, SequencedMap<Key, Resting>> side(Side side) {
    return side == Side.BUY ? bids : asks;
  }
}
