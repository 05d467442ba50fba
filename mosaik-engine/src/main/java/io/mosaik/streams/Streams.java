package io.mosaik.streams;

import java.util.List;
import java.util.Map;

/** Producers and consumers of one node. Thread-safe; no method blocks. */
public interface Streams {

  /**
   * The producer of the type's stream with default settings: the existing one if there is one.
   *
   * @throws IllegalStateException if the stream's producer was built for another type
   */
  <T> Producer<T> produce(Class<T> type);

  /** A consumer of the type's stream with default settings; each call makes another. */
  <T> Consumer<T> consume(Class<T> type);

  /**
   * A view of what the fold makes of the type's stream: the state of each producer that keeps the
   * fold ({@link ProducerBuilder#fold}), and every datum after it. Each call makes another. For
   * other settings there is {@link ConsumerBuilder#fold}.
   */
  <T, S> View<S> fold(Class<T> type, Fold<T, S> fold);

  /** Starts to build a producer. */
  <T> ProducerBuilder<T> producer(Class<T> type);

  /** Starts to build a consumer. */
  <T> ConsumerBuilder<T> consumer(Class<T> type);

  /** The open producers of this node, in the order in which they were made. */
  List<Producer<?>> producers();

  /**
   * The open consumers of this node, those of its views among them, in the order in which they were
   * made.
   */
  List<Consumer<?>> consumers();

  /** The open views of this node, in the order in which they were made. */
  List<View<?>> views();

  /**
   * How often consumers of other nodes were refused before they came to a producer, by reason:
   * {@link Refusal#NOT_FOUND} where this node doesn't produce what they asked for, {@link
   * Refusal#NO_CAPACITY} where too many asked at once. What a producer refuses, {@link
   * Producer#refusals} counts.
   */
  Map<Refusal, Long> refusals();
}
