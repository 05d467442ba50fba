package io.mosaik.sample;

import static io.mosaik.sample.Limits.requireBetween;

import io.mosaik.streams.Datum;

/**
 * An order as traders publish it. {@code (trader, sequence)} identifies it for ever: whoever
 * receives or submits it twice can tell.
 *
 * @param trader id of the trader, unique per run of a trader
 * @param sequence 1, 2, 3... per trader, without a gap
 * @param orderId names the order within its trader; a cancel carries the id of the order to cancel
 * @param kind new order or cancel
 * @param pair the traded pair, as {@code BTC-USD}
 * @param side the side; for a cancel, the side of the order to cancel
 * @param priceTicks limit price in ticks; 0 for a cancel
 * @param quantityLots quantity in lots; 0 for a cancel
 * @param submittedAtMicros wall clock of the trader when it sent the order, microseconds since 1970
 */
@Datum("orders")
public record Order(
    String trader,
    long sequence,
    long orderId,
    OrderKind kind,
    String pair,
    Side side,
    long priceTicks,
    long quantityLots,
    long submittedAtMicros) {

  /** Refuses values that no order may have, whatever way it came in. */
  public Order {
    Limits.requireTrader(trader);
    requireBetween("sequence", sequence, 1, SequenceSet.HIGHEST);
    requireBetween("submission time", submittedAtMicros, 0, Long.MAX_VALUE);
    OrderLine.check(orderId, kind, pair, side, priceTicks, quantityLots);
  }
}
