package io.mosaik.sample;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a set of fills adds up to: volume and VWAP per pair, and each trader's position. The book
 * keeps one beside its state and every reporter keeps one of what it heard; they must come out
 * equal. Adding is commutative: the order of the fills does not matter, only that each is added
 * once.
 *
 * <p>Not thread-safe.
 */
public final class Positions {

  private final TreeMap<String, Volume> volumes = new TreeMap<>();
  private final TreeMap<String, TreeMap<String, Long>> positions = new TreeMap<>();
  private long fills;
  private long fillsDigest;

  /**
   * What was traded of one pair.
   *
   * @param fills how many fills
   * @param quantityLots how many lots changed hands
   * @param notional sum of price times quantity, in ticks times lots
   * @param vwapTicks volume-weighted average price in ticks, to six decimals
   */
  public record PairVolume(
      long fills, long quantityLots, BigInteger notional, BigDecimal vwapTicks) {}

  private static final class Volume {
    long fills;
    long quantityLots;
    BigInteger notional = BigInteger.ZERO;
  }

  /**
   * Adds a fill. The caller sees to it that each is added once.
   *
   * @param fill the fill
   */
  public void add(Fill fill) {
    Volume volume = volumes.computeIfAbsent(fill.pair(), pair -> new Volume());
    volume.fills++;
    volume.quantityLots += fill.quantityLots();
    // At the highest price and quantity a long overflows after some 9,000 fills.
    volume.notional =
        volume.notional.add(
            BigInteger.valueOf(Math.multiplyExact(fill.priceTicks(), fill.quantityLots())));
    move(fill.buyer(), fill.pair(), fill.quantityLots());
    move(fill.seller(), fill.pair(), -fill.quantityLots());
    fills++;
    fillsDigest += fill.fingerprint();
  }

  private void move(String trader, String pair, long lots) {
    positions.computeIfAbsent(trader, t -> new TreeMap<>()).merge(pair, lots, Long::sum);
  }

  /**
   * How many fills were added.
   *
   * @return the count
   */
  public long fills() {
    return fills;
  }

  /**
   * A digest of the added fills that does not depend on their order.
   *
   * @return 16 hex digits
   */
  public String fillsDigest() {
    return "%016x".formatted(fillsDigest);
  }

  /**
   * What was traded, by pair.
   *
   * @return a copy, pairs in alphabetical order
   */
  public Map<String, PairVolume> volumes() {
    Map<String, PairVolume> copy = new LinkedHashMap<>();
    volumes.forEach((pair, volume) ->
        copy.put(
            pair,
            new PairVolume(
                volume.fills,
                volume.quantityLots,
                volume.notional,
                new BigDecimal(volume.notional)
                    .divide(BigDecimal.valueOf(volume.quantityLots), 6, RoundingMode.HALF_EVEN))));
    return copy;
  }

  /**
   * Net position in lots by trader and pair; positive is long. Over all traders, a pair adds up to
   * zero.
   *
   * @return a copy, in alphabetical order
   */
  public Map<String, Map<String, Long>> positions() {
    Map<String, Map<String, Long>> copy = new LinkedHashMap<>();
    positions.forEach((trader, byPair) -> copy.put(trader, new LinkedHashMap<>(byPair)));
    return copy;
  }
}
