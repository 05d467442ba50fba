package io.mosaik.sample.matcher;

/**
 * The query of the order-book group: what the book adds up to, and past fills.
 *
 * @param overview whether the answer shall have the overview
 * @param fromFill the first fill that the answer shall have
 * @param maxFills how many fills the answer shall have at most, 0 to {@value #MAX_FILLS}
 */
record BookQuery(boolean overview, long fromFill, int maxFills) {

  /** How many fills an answer may have. */
  static final int MAX_FILLS = 1_000;

  /** Refuses what would make an answer too large. */
  BookQuery {
    if (maxFills < 0 || maxFills > MAX_FILLS) {
      throw new IllegalArgumentException(
          "maxFills is " + maxFills + "; allowed: 0 to " + MAX_FILLS);
    }
  }

  /** What the book adds up to. */
  static BookQuery all() {
    return new BookQuery(true, 1, 0);
  }

  /** Fills of the past. */
  static BookQuery fills(long fromFill) {
    return new BookQuery(false, fromFill, MAX_FILLS);
  }
}
