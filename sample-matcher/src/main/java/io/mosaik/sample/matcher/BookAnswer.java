package io.mosaik.sample.matcher;

import io.mosaik.sample.Fill;
import io.mosaik.sample.Positions;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a {@link BookQuery}.
 *
 * @param overview the overview, if asked for
 * @param fills the fills asked for
 */
record BookAnswer(@Nullable Overview overview, List<Fill> fills) {

  /**
   * What the book adds up to.
   *
   * @param orders how many different orders were applied
   * @param duplicates how many submissions were refused because the order was applied before
   * @param ordersByTrader how many different orders of each trader were applied
   * @param resting how many orders rest on the books
   * @param fills how many fills there were, which is the sequence of the latest
   * @param fillsDigest digest of all fills
   * @param stateDigest digest of the whole state
   * @param pairs volume and VWAP by pair
   * @param positions net position in lots by trader and pair
   */
  record Overview(
      long orders,
      long duplicates,
      Map<String, Long> ordersByTrader,
      int resting,
      long fills,
      String fillsDigest,
      String stateDigest,
      Map<String, Positions.PairVolume> pairs,
      Map<String, Map<String, Long>> positions) {

    static Overview of(OrderBooks books) {
      return new Overview(
          books.orders(),
          books.count(Outcome.DUPLICATE),
          books.ordersByTrader(),
          books.resting(),
          books.lastFill(),
          books.positions().fillsDigest(),
          books.digest(),
          books.positions().volumes(),
          books.positions().positions());
    }
  }
}
