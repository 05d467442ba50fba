package io.mosaik.sample.matcher;

/** What became of an order when it was applied. */
public enum Outcome {
  /** All of it matched at once. */
  FILLED,
  /** Some or nothing of it matched; the rest rests on the book. */
  RESTS,
  /** The cancel took its order off the book. */
  CANCELLED,
  /** The cancel's order does not rest here: filled before, cancelled before, or not there yet. */
  NOTHING_TO_CANCEL,
  /** This (trader, sequence) was applied before, so nothing was done. */
  DUPLICATE,
  /** The trader has an order of that id on the book already. */
  REFUSED_ID_IN_USE,
  /** The book of the pair, the list of pairs or the list of traders is full. */
  REFUSED_FULL
}
