package io.mosaik.streams;

import io.mosaik.discovery.PeerEntry;
import io.mosaik.id.StreamId;
import io.mosaik.streams.criteria.Criteria;
import io.mosaik.tickets.TicketValidator;
import io.mosaik.wire.Codec;
import java.time.Duration;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * Settings of a consumer. Not thread-safe.
 *
 * @param <T> the datums
 */
public interface ConsumerBuilder<T> {

  /** Another stream than the type's own. */
  ConsumerBuilder<T> stream(StreamId stream);

  /** Another encoding than CBOR; producers must use the same. */
  ConsumerBuilder<T> codec(Codec<T> codec);

  /** Subscribes only to producers whose entry satisfies the predicate; stacks (all must hold). */
  ConsumerBuilder<T> subscribeIf(Predicate<? super PeerEntry> predicate);

  /**
   * Subscribes only to producers that carry a ticket of the validator's class which is good; stacks
   * (one of each class). When the time of a ticket is over, the ones that the producer carries by
   * then count: if none is good, the subscription ends. The validator runs on a strand of users'
   * code.
   */
  ConsumerBuilder<T> requireTicket(TicketValidator validator);

  /**
   * Subscribes only to producers whose smoothed round-trip time is less than the bound. One whose
   * time is unknown is measured first, and taken for near enough where that fails. From then on its
   * link measures it: it is let go when it was too far for 10 seconds without a break, and taken
   * from again when it was near enough for as long.
   *
   * @param bound more than zero
   */
  ConsumerBuilder<T> rttBelow(Duration bound);

  /**
   * Wants only the datums that satisfy the criteria; stacks (all must hold). The producer looks, so
   * the others don't travel, and count nowhere. A producer whose type can't answer them refuses the
   * subscription (10_422), and is asked again when its entry changes.
   *
   * @throws io.mosaik.streams.criteria.CriteriaMismatchException from {@link #build}, if this
   *     side's own type can't answer them
   */
  ConsumerBuilder<T> criteria(Criteria criteria);

  /**
   * Takes from the best producers only, of those that satisfy the predicates; by default from all.
   */
  ConsumerBuilder<T> prefer(Preference preference);

  /**
   * Shares each producer's datums with the other consumers, of this and other nodes, that give the
   * same name to it: every datum goes to one of them that wants it, the one that has the fewest to
   * take. What one was sent and its application has not taken yet goes to others when it leaves or
   * dies, so that it is no more than {@link #bufferSize} datums: where each is much work, choose it
   * small. An application may get a datum that another one has taken in the moment before its
   * subscription broke; see docs/guarantees.md. A group begins with what is new and goes on with
   * what it has not taken: {@link #from} and {@link #resume} don't go with it.
   *
   * @param group 1 to 256 bytes of UTF-8
   */
  ConsumerBuilder<T> shared(String group);

  /** How many datums may wait for the application before producers are held back; 1024. */
  ConsumerBuilder<T> bufferSize(int datums);

  /**
   * How long to wait before a producer is asked again that refused or was lost: the first time,
   * doubled with each failure up to the most, less up to half of it at random; 250 ms and 5
   * minutes.
   *
   * @param first more than zero
   * @param most not less than the first
   */
  ConsumerBuilder<T> backoff(Duration first, Duration most);

  /**
   * Where it begins with each producer that it has not been subscribed to before; {@link Start#NOW}
   * if not said.
   */
  ConsumerBuilder<T> from(Start start);

  /**
   * Whether it wants, when it is back after an interruption, what was sent meanwhile, as far as the
   * producer keeps it ({@link ProducerBuilder#replay}); it does if not said. After an interruption
   * that was its own doing, because the producer did not satisfy {@link #subscribeIf} or others
   * were {@linkplain #prefer preferred}, it begins with what is new in any case.
   */
  ConsumerBuilder<T> resume(boolean wanted);

  /**
   * Who hears of datums that the codec can't decode, on the thread of who would have taken them.
   * They are counted as dropped and left out in any case, and nothing is closed because of them.
   */
  ConsumerBuilder<T> onUndecodable(java.util.function.Consumer<? super Undecodable> handler);

  /** When the consumer counts as online; by default always. */
  ConsumerBuilder<T> onlineWhen(UnaryOperator<SubscriptionCondition> condition);

  /**
   * Makes a view of what the fold makes of the stream, instead of a consumer. {@link #from}, {@link
   * #resume} and {@link #onUndecodable} say nothing of a view: it begins with a producer's state,
   * and goes on where it was if it can.
   *
   * @throws IllegalStateException if there are {@link #criteria}: a state is of all datums
   */
  <S> View<S> fold(Fold<T, S> fold);

  /**
   * Makes the consumer; it subscribes from now on.
   *
   * @throws IllegalStateException if it {@linkplain #shared shares} and is to begin {@link
   *     Start#EARLIEST}, or not to resume
   */
  Consumer<T> build();
}
