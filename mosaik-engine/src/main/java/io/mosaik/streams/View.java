package io.mosaik.streams;

import io.mosaik.id.StreamId;
import io.mosaik.runtime.Watch;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;

/**
 * What a {@link Fold} makes of a stream, as it is seen here: of each producer that keeps the fold
 * its state at some position, and then every datum after it. Thread-safe; no method but {@code
 * await} and {@link #close} blocks.
 *
 * <p>A producer's state appears as a whole, at one position; a view never shows a part of one. When
 * datums of a producer are missed, its state stays as it was until the producer has sent another.
 * It stays when the producer is gone, too, until that is back and counts anew; it goes when this
 * node no longer wants that producer.
 *
 * @param <S> the state
 */
public interface View<S> extends AutoCloseable {

  /** The stream. */
  StreamId stream();

  /** What the stream's id was made of, for people: a name, or the id itself where it was given. */
  String name();

  /** The fold's name. */
  String foldName();

  /**
   * The state: of the one producer, the merged one of several, or the initial one while there is
   * none.
   *
   * @throws IllegalStateException if there are several, and the fold doesn't say how to merge them
   */
  S get();

  /** The states of all producers; a new value after a few datums or a state have come. */
  Watch<ViewState<S>> state();

  /**
   * Waits until the states are so, 30 seconds at most.
   *
   * @param condition looks at them, and must be quick
   * @return the first that satisfy it
   * @throws io.mosaik.runtime.DeadlineExceededException if they don't in time
   * @throws ConsumerClosedException if the view is closed, and they are not so
   */
  ViewState<S> await(Predicate<? super ViewState<S>> condition);

  /** As {@link #await(Predicate)}, with another deadline. */
  ViewState<S> await(Predicate<? super ViewState<S>> condition, Duration deadline);

  /** Conditions on the producers that are subscribed to; their states may be on their way yet. */
  SubscriptionConditions when();

  /** The producers subscribed to and those being dialled, with their statistics. */
  List<SubscriptionInfo> producers();

  /** Totals over all subscriptions, states not included. */
  StreamStats stats();

  /** What it holds and has done. */
  ViewInfo info();

  /** Ends the subscriptions; the states stay as they are. Idempotent. */
  @Override
  void close();
}
