package io.mosaik.streams;

import io.mosaik.discovery.PeerEntry;
import io.mosaik.id.StreamId;
import io.mosaik.wire.Codec;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * Settings of a producer. Not thread-safe.
 *
 * @param <T> the datums
 */
public interface ProducerBuilder<T> {

  /** Another stream than the type's own. */
  ProducerBuilder<T> stream(StreamId stream);

  /** Another encoding than CBOR; consumers must use the same. */
  ProducerBuilder<T> codec(Codec<T> codec);

  /**
   * Accepts only consumers whose entry satisfies the predicate, now and whenever it changes; stacks
   * with earlier ones (all must hold). Others are closed with 10_403.
   */
  ProducerBuilder<T> requireConsumer(Predicate<? super PeerEntry> predicate);

  /** At most so many consumers at a time; further ones are closed with 10_509. */
  ProducerBuilder<T> maxConsumers(int most);

  /** How many datums may wait for one subscriber before it is disconnected as too slow; 1024. */
  ProducerBuilder<T> bufferSize(int datums);

  /** When the producer counts as online; by default with at least one consumer. */
  ProducerBuilder<T> onlineWhen(UnaryOperator<SubscriptionCondition> condition);

  /**
   * Makes and announces the producer.
   *
   * @throws ProducerExistsException if this node produces the stream already; it carries the
   *     existing one
   */
  Producer<T> build();
}
