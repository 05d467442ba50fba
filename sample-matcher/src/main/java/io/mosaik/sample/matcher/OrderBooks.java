package io.mosaik.sample.matcher;

import io.mosaik.sample.Fill;
import io.mosaik.sample.Order;
import io.mosaik.sample.OrderKind;
import io.mosaik.sample.Positions;
import io.mosaik.sample.SequenceSet;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The replicated state: one {@link OrderBook} per pair, which orders have been applied, and every
 * fill since the beginning. Replicas that apply the same orders in the same sequence are equal, and
 * {@link #digest()} shows it.
 *
 * <p>An order is applied once: {@link #apply} remembers every {@code (trader, sequence)} it has
 * seen, so it does not matter how many matchers submit the same order, or how often.
 *
 * <p>Everything is bounded: orders per book, pairs, traders, gaps in a trader's sequences, and the
 * latest fills that are kept for reporters that missed some. Not thread-safe.
 */
final class OrderBooks {

  /** How many orders may rest on one book. */
  static final int MAX_RESTING = 100_000;

  /** How many pairs may be traded. */
  static final int MAX_PAIRS = 1_000;

  /** How many traders may ever have sent an order. */
  static final int MAX_TRADERS = 10_000;

  /** How many gaps a trader's sequences may have. */
  static final int MAX_GAPS = 1_000;

  /** How many of the latest fills are kept. */
  static final int MAX_KEPT_FILLS = 500_000;

  private final TreeMap<String, OrderBook> books = new TreeMap<>();
  private final TreeMap<String, SequenceSet> applied = new TreeMap<>();
  private final ArrayDeque<Fill> keptFills = new ArrayDeque<>();
  private final Positions positions = new Positions();
  private final EnumMap<Outcome, Long> outcomes = new EnumMap<>(Outcome.class);
  private long orders;
  private long lastFill;

  /**
   * Applies one order.
   *
   * @param order the order
   * @param fills told of each fill, in sequence
   * @return what became of it
   */
  Outcome apply(Order order, Consumer<Fill> fills) {
    Outcome outcome = decide(order, fills);
    outcomes.merge(outcome, 1L, Long::sum);
    return outcome;
  }

  private Outcome decide(Order order, Consumer<Fill> fills) {
    SequenceSet seen = applied.get(order.trader());
    if (seen == null) {
      if (applied.size() == MAX_TRADERS) {
        return Outcome.REFUSED_FULL;
      }
      seen = new SequenceSet(MAX_GAPS);
      applied.put(order.trader(), seen);
    }
    if (!seen.add(order.sequence())) {
      return Outcome.DUPLICATE;
    }
    orders++;
    OrderBook book = books.get(order.pair());
    if (book == null) {
      if (order.kind() == OrderKind.CANCEL) {
        return Outcome.NOTHING_TO_CANCEL;
      }
      if (books.size() == MAX_PAIRS) {
        return Outcome.REFUSED_FULL;
      }
      book = new OrderBook(MAX_RESTING);
      books.put(order.pair(), book);
    }
    return switch (order.kind()) {
      case NEW -> book.place(order, (taker, maker, lots) -> fill(taker, maker, lots, fills));
      case CANCEL -> book.cancel(order.trader(), order.orderId());
    };
  }

  private void fill(Order taker, OrderBook.Resting maker, long quantityLots, Consumer<Fill> fills) {
    var fill =
        new Fill(
            ++lastFill,
            taker.pair(),
            maker.priceTicks,
            quantityLots,
            taker.side(),
            maker.key.trader(),
            maker.key.orderId(),
            taker.trader(),
            taker.orderId(),
            taker.submittedAtMicros());
    positions.add(fill);
    keptFills.addLast(fill);
    if (keptFills.size() > MAX_KEPT_FILLS) {
      keptFills.removeFirst();
    }
    fills.accept(fill);
  }

  /**
   * Whether an order was applied.
   *
   * @param trader its trader
   * @param sequence its sequence
   * @return whether {@link #apply} would call it a duplicate
   */
  boolean isApplied(String trader, long sequence) {
    SequenceSet seen = applied.get(trader);
    return seen != null && seen.contains(sequence);
  }

  /** How many different orders were applied, cancels and refused ones included. */
  long orders() {
    return orders;
  }

  /** How many orders had the given outcome. */
  long count(Outcome outcome) {
    return outcomes.getOrDefault(outcome, 0L);
  }

  /** Sequence of the latest fill, which is also the number of fills. */
  long lastFill() {
    return lastFill;
  }

  /** How many orders rest on all books. */
  int resting() {
    return books.values().stream().mapToInt(OrderBook::resting).sum();
  }

  /** What the fills add up to. */
  Positions positions() {
    return positions;
  }

  /** How many orders of each trader were applied. */
  Map<String, Long> ordersByTrader() {
    Map<String, Long> counts = new TreeMap<>();
    applied.forEach((trader, seen) -> counts.put(trader, seen.size()));
    return counts;
  }

  /**
   * Fills of the past.
   *
   * @param fromSequence the first wanted
   * @param limit how many at most
   * @return the fills from there on that are still kept, in sequence
   */
  List<Fill> fillsFrom(long fromSequence, int limit) {
    List<Fill> found = new ArrayList<>();
    Fill oldest = keptFills.peekFirst();
    if (oldest != null) {
      long skip = Math.max(0, fromSequence - oldest.sequence());
      keptFills.stream().skip(skip).limit(limit).forEach(found::add);
    }
    return found;
  }

  /**
   * A digest of the whole state: what rests in which place, what was applied, what was filled.
   * Costs time in proportion to the resting orders.
   *
   * @return 16 hex digits; equal on replicas that have applied the same orders in the same sequence
   */
  String digest() {
    var digest = new StateDigest();
    books.forEach((pair, book) -> {
      digest.add(pair);
      digest.add(book.resting());
      book.forEachResting(order -> {
        digest.add(order.key.trader());
        digest.add(order.key.orderId());
        digest.add(order.side.name());
        digest.add(order.priceTicks);
        digest.add(order.remainingLots());
      });
    });
    applied.forEach((trader, seen) -> {
      digest.add(trader);
      seen.ranges()
          .forEach((first, last) -> {
            digest.add(first);
            digest.add(last);
          });
    });
    digest.add(lastFill);
    digest.add(positions.fillsDigest());
    return digest.hex();
  }

  private static final class StateDigest {
    private final MessageDigest sha256;

    StateDigest() {
      try {
        sha256 = MessageDigest.getInstance("SHA-256");
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every Java platform has SHA-256", e);
      }
    }

    void add(long value) {
      sha256.update(ByteBuffer.allocate(Long.BYTES).putLong(value).flip());
    }

    void add(String text) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      add(bytes.length);
      sha256.update(bytes);
    }

    String hex() {
      return HexFormat.of().formatHex(sha256.digest(), 0, 8);
    }
  }
}
