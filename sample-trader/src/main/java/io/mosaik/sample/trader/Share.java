package io.mosaik.sample.trader;

import io.mosaik.sample.OrderLine;

/**
 * One trader's part of a file that several traders share. An order and its cancel always fall to
 * the same trader.
 *
 * @param part which part, from 1
 * @param parts how many parts there are
 */
public record Share(int part, int parts) {

  /** Refuses parts that are none. */
  public Share {
    if (parts < 1 || part < 1 || part > parts) {
      throw new IllegalArgumentException(
          "share " + part + "/" + parts + "; allowed: 1/1, or 1/2 and 2/2, and so on");
    }
  }

  /**
   * Reads {@code 1/2}; Spring converts the property with it, which is why it is public.
   *
   * @throws IllegalArgumentException if the text is something else
   */
  public static Share valueOf(String text) {
    String[] parts = text.split("/", -1);
    try {
      if (parts.length == 2) {
        return new Share(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("share \"" + text + "\"; allowed: as 1/2", e);
    }
    throw new IllegalArgumentException("share \"" + text + "\"; allowed: as 1/2");
  }

  boolean has(OrderLine line) {
    return line.orderId() % parts == part - 1;
  }
}
