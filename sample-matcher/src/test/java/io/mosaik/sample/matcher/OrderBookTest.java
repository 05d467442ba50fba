package io.mosaik.sample.matcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.sample.Order;
import io.mosaik.sample.Side;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OrderBookTest {

  private final OrderBook book = new OrderBook(4);
  private final TestOrders orders = new TestOrders();
  private final List<String> matches = new ArrayList<>();

  @Test
  void the_best_price_trades_first_at_the_makers_price() {
    place(orders.sell("a", 1, 102, 5));
    place(orders.sell("a", 2, 101, 5));
    assertThat(place(orders.buy("b", 1, 105, 7))).isEqualTo(Outcome.FILLED);
    assertThat(matches).containsExactly("a/2 5@101", "a/1 2@102");
  }

  @Test
  void within_a_price_the_longest_resting_trades_first_and_keeps_its_place() {
    place(orders.buy("a", 1, 100, 5));
    place(orders.buy("b", 1, 100, 5));
    place(orders.sell("c", 1, 100, 2));
    place(orders.sell("c", 2, 99, 4));
    assertThat(matches).containsExactly("a/1 2@100", "a/1 3@100", "b/1 1@100");
  }

  @Test
  void what_is_not_matched_rests() {
    place(orders.sell("a", 1, 100, 5));
    assertThat(place(orders.buy("b", 1, 100, 8))).isEqualTo(Outcome.RESTS);
    assertThat(book.resting()).isEqualTo(1);
    assertThat(place(orders.sell("c", 1, 100, 3))).isEqualTo(Outcome.FILLED);
    assertThat(book.resting()).isZero();
  }

  @Test
  void prices_that_do_not_cross_do_not_trade() {
    place(orders.sell("a", 1, 101, 5));
    assertThat(place(orders.buy("b", 1, 100, 5))).isEqualTo(Outcome.RESTS);
    assertThat(matches).isEmpty();
    assertThat(book.resting()).isEqualTo(2);
  }

  @Test
  void a_cancelled_order_no_longer_trades() {
    place(orders.sell("a", 1, 100, 5));
    assertThat(book.cancel("b", 1)).as("another trader's").isEqualTo(Outcome.NOTHING_TO_CANCEL);
    assertThat(book.cancel("a", 1)).isEqualTo(Outcome.CANCELLED);
    assertThat(book.cancel("a", 1)).isEqualTo(Outcome.NOTHING_TO_CANCEL);
    assertThat(place(orders.buy("b", 1, 100, 5))).isEqualTo(Outcome.RESTS);
  }

  @Test
  void an_id_in_use_is_refused_and_free_again_when_its_order_is_gone() {
    place(orders.sell("a", 1, 100, 5));
    assertThat(place(orders.sell("a", 1, 101, 5))).isEqualTo(Outcome.REFUSED_ID_IN_USE);
    assertThat(place(orders.sell("b", 1, 101, 5))).isEqualTo(Outcome.RESTS);
    book.cancel("a", 1);
    assertThat(place(orders.sell("a", 1, 101, 5))).isEqualTo(Outcome.RESTS);
  }

  @Test
  void a_full_book_still_trades_and_takes_no_more_to_rest() {
    for (int i = 1; i <= 4; i++) {
      place(orders.sell("a", i, 100 + i, 5));
    }
    assertThat(place(orders.buy("b", 1, 100, 5))).isEqualTo(Outcome.REFUSED_FULL);
    assertThat(place(orders.buy("b", 2, 101, 9))).isEqualTo(Outcome.RESTS);
    assertThat(book.resting()).isEqualTo(4);
    assertThat(matches).containsExactly("a/1 5@101");
  }

  @Test
  void resting_orders_are_visited_bids_first_best_first() {
    place(orders.sell("a", 1, 103, 1));
    place(orders.sell("a", 2, 102, 1));
    place(orders.buy("b", 1, 100, 1));
    place(orders.buy("b", 2, 101, 1));
    List<Long> prices = new ArrayList<>();
    List<Side> sides = new ArrayList<>();
    book.forEachResting(order -> {
      prices.add(order.priceTicks);
      sides.add(order.side);
    });
    assertThat(prices).containsExactly(101L, 100L, 102L, 103L);
    assertThat(sides).containsExactly(Side.BUY, Side.BUY, Side.SELL, Side.SELL);
  }

  private Outcome place(Order order) {
    return book.place(
        order,
        (taker, maker, lots) ->
            matches.add(
                maker.key.trader()
                    + "/"
                    + maker.key.orderId()
                    + " "
                    + lots
                    + "@"
                    + maker.priceTicks));
  }
}
