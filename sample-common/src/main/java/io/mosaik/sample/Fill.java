package io.mosaik.sample;

import static io.mosaik.sample.Limits.requireBetween;
import static java.util.Objects.requireNonNull;

import io.mosaik.streams.Datum;

/**
 * Two orders met. The replicated book numbers its fills 1, 2, 3... so every replica publishes the
 * same fill under the same sequence, and a reader that hears it three times can tell.
 *
 * @param sequence 1, 2, 3... over all pairs, without a gap
 * @param pair the traded pair
 * @param priceTicks the price, which is the maker's
 * @param quantityLots how much changed hands
 * @param takerSide the side of the order that arrived later
 * @param maker trader of the order that rested
 * @param makerOrderId id of the order that rested
 * @param taker trader of the order that arrived
 * @param takerOrderId id of the order that arrived
 * @param takerSubmittedAtMicros when the taker's trader sent it, microseconds since 1970
 */
@Datum("fills")
public record Fill(
    long sequence,
    String pair,
    long priceTicks,
    long quantityLots,
    Side takerSide,
    String maker,
    long makerOrderId,
    String taker,
    long takerOrderId,
    long takerSubmittedAtMicros) {

  /** Refuses values that no fill may have, whatever way it came in. */
  public Fill {
    requireBetween("sequence", sequence, 1, SequenceSet.HIGHEST);
    Limits.requirePair(pair);
    requireBetween("price in ticks", priceTicks, 1, Limits.MAX_PRICE_TICKS);
    requireBetween("quantity in lots", quantityLots, 1, Limits.MAX_QUANTITY_LOTS);
    requireNonNull(takerSide, "takerSide");
    Limits.requireTrader(maker);
    Limits.requireTrader(taker);
  }

  /**
   * Who bought.
   *
   * @return the buying trader
   */
  public String buyer() {
    return takerSide == Side.BUY ? taker : maker;
  }

  /**
   * Who sold.
   *
   * @return the selling trader
   */
  public String seller() {
    return takerSide == Side.BUY ? maker : taker;
  }

  /**
   * A hash over every field, the same in every JVM. The sum of the hashes of a set of fills, {@link
   * Positions#fillsDigest()}, does not depend on the order in which they arrived.
   *
   * @return 64 well-mixed bits
   */
  public long fingerprint() {
    long h = mix(0x9E37_79B9_7F4A_7C15L, sequence);
    h = mix(h, pair);
    h = mix(h, priceTicks);
    h = mix(h, quantityLots);
    h = mix(h, takerSide.name());
    h = mix(h, maker);
    h = mix(h, makerOrderId);
    h = mix(h, taker);
    h = mix(h, takerOrderId);
    return mix(h, takerSubmittedAtMicros);
  }

  private static long mix(long h, String text) {
    long mixed = mix(h, text.length());
    for (int i = 0; i < text.length(); i++) {
      mixed = (mixed ^ text.charAt(i)) * 0x0000_0100_0000_01B3L;
    }
    return mix(mixed, 0);
  }

  /** The finalizer of MurmurHash3, which spreads every input bit over all output bits. */
  private static long mix(long h, long value) {
    long z = h * 31 + value;
    z = (z ^ (z >>> 33)) * 0xFF51_AFD7_ED55_8CCDL;
    z = (z ^ (z >>> 33)) * 0xC4CE_B9FE_1A85_EC53L;
    return z ^ (z >>> 33);
  }
}
