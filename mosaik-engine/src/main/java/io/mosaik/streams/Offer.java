package io.mosaik.streams;

/** What became of a datum that was offered to a producer. */
enum Offer {
  /** It will be handed to the subscribers. */
  TAKEN,
  /** The online condition does not hold. */
  OFFLINE,
  /** There is no room, or others wait already. */
  FULL,
  /** The producer is closed. */
  CLOSED
}
