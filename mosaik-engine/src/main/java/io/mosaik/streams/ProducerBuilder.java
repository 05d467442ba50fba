package io.mosaik.streams;

import io.mosaik.discovery.PeerEntry;
import io.mosaik.id.StreamId;
import io.mosaik.tickets.TicketValidator;
import io.mosaik.wire.Codec;
import java.time.Duration;
import java.util.function.Consumer;
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

  /**
   * Accepts only consumers that carry a ticket of the validator's class which is good; stacks (one
   * of each class). Others are closed with 10_403. When the time of a ticket is over, the ones that
   * the consumer carries by then count, so that who renews in time stays subscribed. The validator
   * runs on a strand of users' code.
   */
  ProducerBuilder<T> requireTicket(TicketValidator validator);

  /**
   * Accepts only consumers whose smoothed round-trip time is less than the bound; one whose time is
   * unknown is accepted. Who was too far for 10 seconds without a break is closed with 10_403, and
   * accepted again when it was near enough for as long.
   *
   * @param bound more than zero
   */
  ProducerBuilder<T> rttBelow(Duration bound);

  /**
   * At most so many consumers at a time; further ones are closed with 10_509. So is, in any case,
   * the 65th of one peer.
   */
  ProducerBuilder<T> maxConsumers(int most);

  /**
   * How many datums may wait for one subscriber before it counts as too slow, and how many for the
   * producer itself before senders wait; 1024.
   *
   * @param datums 1 to 1,048,576
   */
  ProducerBuilder<T> bufferSize(int datums);

  /**
   * As {@link #bufferSize}, in bytes, encoded; 64 MiB. A datum may always wait where nothing else
   * does, however long. What the whole producer holds is bounded by multiples of this, see
   * docs/streams.md.
   *
   * @param bytes at least 1
   */
  ProducerBuilder<T> bufferBytes(long bytes);

  /** What becomes of a subscriber that is too slow; it is disconnected if not said. */
  ProducerBuilder<T> slowConsumers(SlowConsumerPolicy policy);

  /**
   * How much leaves the producer in a second, over all its consumers; no limit if not said. Senders
   * wait for it as for room.
   */
  ProducerBuilder<T> egressLimit(EgressLimit limit);

  /**
   * How much leaves for each consumer in a second; no limit if not said. What may not leave yet
   * waits for that consumer, and {@link #slowConsumers} says what becomes of one for whom too much
   * waits.
   */
  ProducerBuilder<T> egressLimitPerConsumer(EgressLimit limit);

  /**
   * What the producer keeps of what it has sent, for consumers that come late ({@link
   * ConsumerBuilder#from}) or come back; nothing if not said. It is kept whether anybody was
   * subscribed or not, but a producer takes datums only while it is online: one that is to take
   * them before the first consumer comes needs {@code onlineWhen(c -> c.minimumOf(0))}.
   */
  ProducerBuilder<T> replay(Replay past);

  /**
   * Keeps the state that this makes of all datums from the first on, for views ({@link
   * Streams#fold}) to begin with; stacks, each under a name of its own. It is folded on a strand of
   * users' code; senders wait when {@link #bufferSize} datums wait for the reducer. While a state
   * is on its way, its viewer may be as far behind as the buffer or the past ({@link #replay})
   * reaches.
   */
  ProducerBuilder<T> fold(Fold<T, ?> fold);

  /**
   * Who gets back the datums that were accepted and then handed to no consumer: none was subscribed
   * any more when their turn came, no consumer's criteria wanted them, or the producer was closed
   * and its deadline for handing them over passed. Where a past is kept for {@link #replay}, only
   * the last is a reason; the others wait there. One after the other, on a strand of users' code.
   * As many may wait for it as the buffer holds, further ones are dropped and counted.
   */
  ProducerBuilder<T> undelivered(Consumer<? super T> sink);

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
