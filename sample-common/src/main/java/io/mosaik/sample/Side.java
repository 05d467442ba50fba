package io.mosaik.sample;

/** Which side of the book an order is on. */
public enum Side {
  /** Wants to buy. */
  BUY,
  /** Wants to sell. */
  SELL;

  /**
   * The other side.
   *
   * @return {@code SELL} for {@code BUY} and the reverse
   */
  public Side opposite() {
    return this == BUY ? SELL : BUY;
  }
}
