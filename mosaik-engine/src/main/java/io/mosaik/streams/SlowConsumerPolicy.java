package io.mosaik.streams;

/**
 * What a producer does about a subscriber for whom as many datums wait as the buffer holds, because
 * it does not take them.
 */
public enum SlowConsumerPolicy {
  /**
   * Disconnects it as too slow (10_413). It comes back later by itself, and misses what was sent
   * meanwhile. The others notice nothing.
   */
  DISCONNECT,
  /**
   * Waits for it: {@code send} blocks, {@code trySend} says {@code FULL}. Nothing is lost while the
   * subscription lives, and every consumer gets no more than the slowest takes.
   */
  BLOCK,
  /** Leaves out the oldest datums that wait for it, and counts them. */
  DROP_OLDEST
}
