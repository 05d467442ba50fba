package io.mosaik.sample.matcher;

import io.mosaik.sample.Order;
import java.util.List;

/**
 * The command of the order-book group: orders to apply, one after the other. Many orders share one
 * entry of the log.
 *
 * @param orders 1 to {@value #MAX_ORDERS} orders
 */
record OrderBatch(List<Order> orders) {

  /** How many orders may share a batch. */
  static final int MAX_ORDERS = 1_000;

  /** Copies the list. */
  OrderBatch {
    orders = List.copyOf(orders);
    if (orders.isEmpty() || orders.size() > MAX_ORDERS) {
      throw new IllegalArgumentException(
          "a batch of " + orders.size() + " orders; allowed: 1 to " + MAX_ORDERS);
    }
  }
}
