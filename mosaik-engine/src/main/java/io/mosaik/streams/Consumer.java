package io.mosaik.streams;

import io.mosaik.id.StreamId;
import io.mosaik.runtime.Cancellation;
import io.mosaik.runtime.Watch;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Receives the datums of every producer of its stream that it is subscribed to. In order per
 * producer, at most once; nothing is promised across producers. Thread-safe; each datum goes to one
 * caller or to the listener.
 *
 * @param <T> the datums
 */
public interface Consumer<T> extends AutoCloseable {

  /** The stream. */
  StreamId stream();

  /** What the stream's id was made of, for people: a name, or the id itself where it was given. */
  String name();

  /**
   * Waits for the next datum, without limit while the consumer is open.
   *
   * @throws ConsumerClosedException when it is closed and nothing is left
   */
  T receive();

  /**
   * Waits for the next datum.
   *
   * @throws io.mosaik.runtime.DeadlineExceededException if none came in time
   * @throws ConsumerClosedException when it is closed and nothing is left
   */
  T receive(Duration deadline);

  /** The next datum with where it came from, or null if none is there. Never blocks. */
  @Nullable Received<T> tryReceive();

  /** As {@link #receive()} without blocking. */
  CompletableFuture<Received<T>> receiveAsync();

  /**
   * Gives every datum to the listener, one at a time, on a strand of users' code; it may block,
   * which holds this consumer's producers back and nothing else. An exception of the listener is
   * logged and counted; the next datum follows.
   *
   * @throws IllegalStateException if there is a listener already
   */
  Cancellation listen(java.util.function.Consumer<? super Received<T>> listener);

  /** Conditions on the producers that are subscribed to. */
  SubscriptionConditions when();

  /** Whether the online condition holds. */
  Watch<Boolean> online();

  /** The producers subscribed to and those being dialled, with their statistics. */
  List<SubscriptionInfo> producers();

  /** Totals over all subscriptions, also past ones. */
  StreamStats stats();

  /** Ends the subscriptions; what was received can still be taken. Idempotent. */
  @Override
  void close();
}
