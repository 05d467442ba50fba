package io.mosaik.sample;

import java.util.regex.Pattern;

/** The values that orders and fills may have; every way in (file, network) is held to these. */
final class Limits {

  /** Highest price, in ticks. */
  static final long MAX_PRICE_TICKS = 1_000_000_000L;

  /** Largest quantity, in lots. */
  static final long MAX_QUANTITY_LOTS = 1_000_000L;

  /** Longest trader id. */
  static final int MAX_TRADER_CHARS = 64;

  /** What a pair looks like, in words for error messages. */
  static final String PAIR_RULE = "BASE-QUOTE of 2 to 10 capital letters or digits each (BTC-USD)";

  private static final Pattern PAIR = Pattern.compile("[A-Z0-9]{2,10}-[A-Z0-9]{2,10}");

  private Limits() {}

  static boolean isPair(String text) {
    return PAIR.matcher(text).matches();
  }

  static void requirePair(String pair) {
    if (!isPair(pair)) {
      throw new IllegalArgumentException("pair \"" + pair + "\" is not " + PAIR_RULE);
    }
  }

  static void requireTrader(String trader) {
    if (trader.isEmpty() || trader.length() > MAX_TRADER_CHARS) {
      throw new IllegalArgumentException(
          "trader id has " + trader.length() + " characters; allowed: 1 to " + MAX_TRADER_CHARS);
    }
  }

  static void requireBetween(String what, long value, long lowest, long highest) {
    if (value < lowest || value > highest) {
      throw new IllegalArgumentException(
          what + " is " + value + "; allowed: " + lowest + " to " + highest);
    }
  }
}
