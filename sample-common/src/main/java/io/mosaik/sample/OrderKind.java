package io.mosaik.sample;

/** What an order asks for. */
public enum OrderKind {
  /** A new limit order: match what crosses its price, rest with what remains. */
  NEW,
  /** Take the named order of the same trader off the book, if it still rests there. */
  CANCEL
}
