package io.mosaik.sample.matcher;

import io.mosaik.sample.Order;
import io.mosaik.sample.OrderKind;
import io.mosaik.sample.Side;
import java.util.HashMap;
import java.util.Map;

/** Makes orders with the next sequence of their trader. */
final class TestOrders {

  static final String PAIR = "BTC-USD";

  private final Map<String, Long> sequences = new HashMap<>();

  Order buy(String trader, long orderId, long price, long lots) {
    return make(trader, orderId, OrderKind.NEW, Side.BUY, price, lots);
  }

  Order sell(String trader, long orderId, long price, long lots) {
    return make(trader, orderId, OrderKind.NEW, Side.SELL, price, lots);
  }

  Order cancel(String trader, long orderId, Side side) {
    return make(trader, orderId, OrderKind.CANCEL, side, 0, 0);
  }

  Order make(String trader, long orderId, OrderKind kind, Side side, long price, long lots) {
    long sequence = sequences.merge(trader, 1L, Long::sum);
    return new Order(trader, sequence, orderId, kind, PAIR, side, price, lots, 1_000 * sequence);
  }
}
