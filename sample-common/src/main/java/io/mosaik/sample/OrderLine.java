package io.mosaik.sample;

import static io.mosaik.sample.Limits.requireBetween;
import static java.util.Objects.requireNonNull;

/**
 * What a trader wants, before it is given the trader's name, a sequence and a time: one line of an
 * orders file, or one order of {@link OrderGenerator}.
 *
 * @param orderId names the order within its trader; a cancel carries the id of the order to cancel
 * @param kind new order or cancel
 * @param pair the traded pair, as {@code BTC-USD}
 * @param side the side; for a cancel, the side of the order to cancel
 * @param priceTicks limit price in ticks; 0 for a cancel
 * @param quantityLots quantity in lots; 0 for a cancel
 */
public record OrderLine(
    long orderId, OrderKind kind, String pair, Side side, long priceTicks, long quantityLots) {

  /** Refuses values that no order may have. */
  public OrderLine {
    check(orderId, kind, pair, side, priceTicks, quantityLots);
  }

  static void check(
      long orderId, OrderKind kind, String pair, Side side, long priceTicks, long quantityLots) {
    requireBetween("order id", orderId, 1, Long.MAX_VALUE);
    requireNonNull(kind, "kind");
    requireNonNull(side, "side");
    Limits.requirePair(pair);
    switch (kind) {
      case NEW -> {
        requireBetween("price in ticks", priceTicks, 1, Limits.MAX_PRICE_TICKS);
        requireBetween("quantity in lots", quantityLots, 1, Limits.MAX_QUANTITY_LOTS);
      }
      case CANCEL -> {
        requireBetween("price of a cancel", priceTicks, 0, 0);
        requireBetween("quantity of a cancel", quantityLots, 0, 0);
      }
    }
  }

  /**
   * The order to send.
   *
   * @param trader id of the trader that sends it
   * @param sequence the trader's next sequence, counted from 1 without a gap
   * @param submittedAtMicros wall clock of the trader, microseconds since 1970
   * @return the order
   */
  public Order by(String trader, long sequence, long submittedAtMicros) {
    return new Order(
        trader, sequence, orderId, kind, pair, side, priceTicks, quantityLots, submittedAtMicros);
  }
}
