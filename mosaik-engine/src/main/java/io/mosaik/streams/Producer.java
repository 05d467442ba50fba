package io.mosaik.streams;

import io.mosaik.id.StreamId;
import io.mosaik.runtime.Watch;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Sends datums to every consumer that is subscribed. Datums of one producer reach each consumer in
 * the order of the calls, at most once. Thread-safe.
 *
 * @param <T> the datums
 */
public interface Producer<T> extends AutoCloseable {

  /** The stream. */
  StreamId stream();

  /** What the stream's id was made of, for people: a name, or the id itself where it was given. */
  String name();

  /**
   * Sends a datum: waits until the producer is online and has room, 30 seconds at most. It returns
   * before the datum's turn, and so can't say who gets it: {@link #sendAndCount(Object)} and {@link
   * #sendAsync} tell how many do, {@link #stats} counts those that nobody got ({@code unheard}),
   * and {@link ProducerBuilder#undelivered} gives them back.
   *
   * @throws io.mosaik.runtime.DeadlineExceededException if it was not taken in time: surely not
   *     sent
   * @throws ProducerClosedException if the producer is closed
   */
  void send(T datum);

  /** As {@link #send(Object)}, with another deadline. */
  void send(T datum, Duration deadline);

  /**
   * Sends datums in order, waiting for each as {@link #send(Object)} does, 30 seconds at most for
   * all of them. Datums that others send meanwhile may come in between.
   *
   * @throws io.mosaik.runtime.DeadlineExceededException if not all were taken in time; it says how
   *     many were
   * @throws ProducerClosedException if the producer is closed
   */
  void sendAll(Iterable<? extends T> datums);

  /** As {@link #sendAll(Iterable)}, with another deadline. */
  void sendAll(Iterable<? extends T> datums, Duration deadline);

  /**
   * As {@link #send(Object)}, and waits for the datum's turn too: 30 seconds at most in all.
   * Meanwhile others can send, this thread can't: where many datums follow each other, {@link
   * #sendAllAndCount(Iterable)} and {@link #sendAsync} are faster.
   *
   * @return to how many subscribers it was handed; those that share it count as one. Zero if none
   *     was subscribed any more, or no consumer's criteria wanted it
   * @throws io.mosaik.runtime.DeadlineExceededException if it was not taken in time: surely not
   *     sent
   * @throws HandOverPendingException if it was taken, and had no turn in time: it keeps its place
   * @throws ProducerClosedException if the producer is closed
   */
  int sendAndCount(T datum);

  /** As {@link #sendAndCount(Object)}, with another deadline. */
  int sendAndCount(T datum, Duration deadline);

  /**
   * As {@link #sendAll(Iterable)}, and waits for the turn of each datum too: 30 seconds at most in
   * all.
   *
   * @return the least: each datum was handed to as many subscribers or more, so that zero says that
   *     one or more of them went to nobody. Zero if there were no datums
   * @throws io.mosaik.runtime.DeadlineExceededException if not all were taken in time; it says how
   *     many were
   * @throws HandOverPendingException if all were taken, and not all had their turn in time: they
   *     keep their places
   * @throws ProducerClosedException if the producer is closed
   */
  int sendAllAndCount(Iterable<? extends T> datums);

  /** As {@link #sendAllAndCount(Iterable)}, with another deadline. */
  int sendAllAndCount(Iterable<? extends T> datums, Duration deadline);

  /** Sends a datum if that is possible at once, or gives it back. Never blocks. */
  SendResult<T> trySend(T datum);

  /**
   * As {@link #sendAndCount(Object)} without blocking: completes when the datum was handed on, with
   * the number of subscribers that it was handed to.
   */
  CompletableFuture<Integer> sendAsync(T datum);

  /** Conditions on the consumers that are subscribed. */
  SubscriptionConditions when();

  /** Whether the online condition holds. */
  Watch<Boolean> online();

  /** The subscribed consumers and those being admitted, with their statistics. */
  List<SubscriptionInfo> consumers();

  /** The consumers that share the datums, by groups, see {@link ConsumerBuilder#shared}. */
  List<ShareGroupInfo> shareGroups();

  /** Totals over all subscriptions, also past ones. */
  StreamStats stats();

  /** What it keeps for consumers that come late or come back. */
  PastInfo past();

  /** The folds whose states it keeps. */
  List<FoldInfo> folds();

  /** How often this producer refused a subscription, for each reason; zeros included. */
  Map<Refusal, Long> refusals();

  /** As {@link #close(Duration)}, with 5 seconds. */
  @Override
  void close();

  /**
   * Takes back the announcement and accepts nothing more; hands over what was accepted, until the
   * deadline; then closes the subscriptions. What nobody was handed by then goes to {@link
   * ProducerBuilder#undelivered}, and a line of the log says how much that is, and how much waited
   * for consumers that did not take it. Idempotent: the first deadline counts.
   *
   * @return whether every consumer was sent all that was accepted for it
   */
  boolean close(Duration deadline);
}
