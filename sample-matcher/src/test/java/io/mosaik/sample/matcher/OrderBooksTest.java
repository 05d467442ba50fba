package io.mosaik.sample.matcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.sample.Fill;
import io.mosaik.sample.Order;
import io.mosaik.sample.OrderGenerator;
import io.mosaik.sample.OrderKind;
import io.mosaik.sample.Side;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OrderBooksTest {

  /** An order book as one would explain it: a list, searched from end to end for each order. */
  private static final class NaiveBook {
    static final class Rest {
      final Order order;
      long lots;

      Rest(Order order, long lots) {
        this.order = order;
        this.lots = lots;
      }
    }

    final List<Rest> resting = new ArrayList<>();
    final List<String> fills = new ArrayList<>();

    void apply(Order order) {
      if (order.kind() == OrderKind.CANCEL) {
        resting.removeIf(rest ->
            rest.order.trader().equals(order.trader()) && rest.order.orderId() == order.orderId());
        return;
      }
      long lots = order.quantityLots();
      while (lots > 0) {
        Rest best =
            resting.stream()
                .filter(rest -> rest.order.pair().equals(order.pair()))
                .filter(rest -> rest.order.side() != order.side())
                .filter(rest ->
                    order.side() == Side.BUY
                        ? rest.order.priceTicks() <= order.priceTicks()
                        : rest.order.priceTicks() >= order.priceTicks())
                // min takes the first of equals, which has rested longest.
                .min(
                    Comparator.comparingLong(rest ->
                        order.side() == Side.BUY
                            ? rest.order.priceTicks()
                            : -rest.order.priceTicks()))
                .orElse(null);
        if (best == null) {
          resting.add(new Rest(order, lots));
          return;
        }
        long traded = Math.min(lots, best.lots);
        lots -= traded;
        best.lots -= traded;
        if (best.lots == 0) {
          resting.remove(best);
        }
        fills.add(text(order, best.order, traded));
      }
    }

    static String text(Order taker, Order maker, long lots) {
      return "%s %d@%d %s/%d took %s/%d"
          .formatted(
              taker.pair(),
              lots,
              maker.priceTicks(),
              taker.trader(),
              taker.orderId(),
              maker.trader(),
              maker.orderId());
    }
  }

  @Test
  void it_matches_as_a_naive_book_does() {
    for (long seed = 1; seed <= 60; seed++) {
      List<Order> orders = randomOrders(seed, 400);
      var naive = new NaiveBook();
      orders.forEach(naive::apply);
      List<Fill> fills = new ArrayList<>();
      var books = new OrderBooks();
      orders.forEach(order -> books.apply(order, fills::add));

      assertThat(fills.stream().map(OrderBooksTest::text).toList())
          .as("seed %s", seed)
          .isEqualTo(naive.fills);
      assertThat(books.resting()).as("seed %s", seed).isEqualTo(naive.resting.size());
    }
  }

  @Test
  void no_lot_is_made_or_lost() {
    for (long seed = 100; seed <= 130; seed++) {
      List<Order> orders = randomOrders(seed, 400);
      var books = new OrderBooks();
      orders.forEach(order -> books.apply(order, fill -> {}));
      books
          .positions()
          .positions()
          .values()
          .forEach(byPair -> assertThat(byPair.keySet()).isSubsetOf("BTC-USD", "ETH-USD"));
      long net =
          books.positions().positions().values().stream()
              .flatMap(byPair -> byPair.values().stream())
              .mapToLong(Long::longValue)
              .sum();
      assertThat(net).as("seed %s", seed).isZero();
    }
  }

  @Test
  void an_order_is_applied_once_however_often_it_is_submitted() {
    for (long seed = 1; seed <= 40; seed++) {
      var random = new Random(seed);
      List<Order> once = randomOrders(seed, 200);
      List<Order> submitted = new ArrayList<>();
      for (Order order : once) {
        submitted.add(order);
        while (random.nextInt(3) == 0) {
          submitted.add(submitted.get(random.nextInt(submitted.size())));
        }
      }
      var clean = new OrderBooks();
      once.forEach(order -> clean.apply(order, fill -> {}));
      var repeated = new OrderBooks();
      List<Long> sequences = new ArrayList<>();
      submitted.forEach(order -> repeated.apply(order, fill -> sequences.add(fill.sequence())));

      assertThat(repeated.digest()).as("seed %s", seed).isEqualTo(clean.digest());
      assertThat(repeated.orders()).isEqualTo(once.size());
      assertThat(repeated.count(Outcome.DUPLICATE)).isEqualTo(submitted.size() - once.size());
      for (int i = 0; i < sequences.size(); i++) {
        assertThat(sequences.get(i)).isEqualTo(i + 1);
      }
    }
  }

  @Test
  void orders_that_come_out_of_sequence_are_applied_when_they_come() {
    var orders = new TestOrders();
    Order first = orders.sell("a", 1, 100, 1);
    Order second = orders.sell("a", 2, 100, 1);
    var books = new OrderBooks();
    assertThat(books.apply(second, fill -> {})).isEqualTo(Outcome.RESTS);
    assertThat(books.isApplied("a", 1)).isFalse();
    assertThat(books.apply(first, fill -> {})).isEqualTo(Outcome.RESTS);
    assertThat(books.apply(second, fill -> {})).isEqualTo(Outcome.DUPLICATE);
    assertThat(books.isApplied("a", 1)).isTrue();
    assertThat(books.ordersByTrader()).containsEntry("a", 2L);
  }

  @Test
  void the_digest_shows_one_different_lot_and_one_different_place_in_the_queue() {
    var orders = new TestOrders();
    Order a = orders.sell("a", 1, 100, 1);
    Order b = orders.sell("b", 1, 100, 1);
    Order more = new TestOrders().sell("b", 1, 100, 2);
    assertThat(digestOf(a, b)).isEqualTo(digestOf(a, b));
    assertThat(digestOf(a, b)).isNotEqualTo(digestOf(b, a));
    assertThat(digestOf(a, b)).isNotEqualTo(digestOf(a, more));
    assertThat(digestOf(a, b)).isNotEqualTo(digestOf(a));
  }

  @Test
  void past_fills_can_be_asked_for() {
    var orders = new TestOrders();
    var books = new OrderBooks();
    List<Fill> fills = new ArrayList<>();
    for (int i = 1; i <= 10; i++) {
      books.apply(orders.sell("a", i, 100, 1), fills::add);
      books.apply(orders.buy("b", i, 100, 1), fills::add);
    }
    assertThat(books.fillsFrom(1, 100)).isEqualTo(fills).hasSize(10);
    assertThat(books.fillsFrom(4, 3)).isEqualTo(fills.subList(3, 6));
    assertThat(books.fillsFrom(11, 3)).isEmpty();
    assertThat(new OrderBooks().fillsFrom(1, 3)).isEmpty();
  }

  @Test
  void a_cancel_for_a_pair_nobody_has_traded_does_nothing() {
    var books = new OrderBooks();
    assertThat(books.apply(new TestOrders().cancel("a", 1, Side.BUY), fill -> {}))
        .isEqualTo(Outcome.NOTHING_TO_CANCEL);
    assertThat(books.orders()).isEqualTo(1);
  }

  @Test
  void generated_orders_trade_a_good_deal_and_some_cancels_hit() {
    var generator = new OrderGenerator(7);
    var books = new OrderBooks();
    for (int i = 1; i <= 5_000; i++) {
      books.apply(generator.get().by("t", i, i), fill -> {});
    }
    assertThat(books.lastFill()).isGreaterThan(1_000);
    assertThat(books.count(Outcome.CANCELLED)).isGreaterThan(100);
    assertThat(books.resting()).isBetween(100, 2_500);
  }

  private static String digestOf(Order... orders) {
    var books = new OrderBooks();
    for (Order order : orders) {
      books.apply(order, fill -> {});
    }
    return books.digest();
  }

  /** Few prices and few traders, so that nearly everything that can happen does. */
  private static List<Order> randomOrders(long seed, int count) {
    var random = new Random(seed);
    long[] sequences = new long[3];
    List<Order> orders = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      int trader = random.nextInt(3);
      String name = "t" + trader;
      long sequence = ++sequences[trader];
      List<Order> own =
          orders.stream()
              .filter(o -> o.trader().equals(name) && o.kind() == OrderKind.NEW)
              .toList();
      if (!own.isEmpty() && random.nextInt(5) == 0) {
        Order target = own.get(random.nextInt(own.size()));
        orders.add(
            new Order(
                name,
                sequence,
                target.orderId(),
                OrderKind.CANCEL,
                target.pair(),
                target.side(),
                0,
                0,
                i));
      } else {
        orders.add(
            new Order(
                name,
                sequence,
                i,
                OrderKind.NEW,
                random.nextBoolean() ? "BTC-USD" : "ETH-USD",
                random.nextBoolean() ? Side.BUY : Side.SELL,
                95 + random.nextInt(10),
                1 + random.nextInt(9),
                i));
      }
    }
    return Collections.unmodifiableList(orders);
  }

  private static String text(Fill fill) {
    return "%s %d@%d %s/%d took %s/%d"
        .formatted(
            fill.pair(),
            fill.quantityLots(),
            fill.priceTicks(),
            fill.taker(),
            fill.takerOrderId(),
            fill.maker(),
            fill.makerOrderId());
  }
}
