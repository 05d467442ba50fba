package io.mosaik.streams;

/**
 * Where a consumer begins with a producer that it has not been subscribed to before. Where it goes
 * on after an interruption is not a matter of this, see {@link ConsumerBuilder#resume}.
 */
public enum Start {
  /** With what is sent from the subscription on. */
  NOW,
  /**
   * With the oldest datum that the producer keeps ({@link ProducerBuilder#replay}); of one that
   * keeps nothing, with what is sent from the subscription on.
   */
  EARLIEST
}
