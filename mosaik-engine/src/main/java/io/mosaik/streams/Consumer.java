package io.mosaik.streams;

import io.mosaik.id.StreamId;
import io.mosaik.runtime.Cancellation;
import io.mosaik.runtime.Watch;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * Receives the datums of every producer of its stream that it is subscribed to. In order per
 * producer, at most once; nothing is promised across producers. Thread-safe; each datum goes to one
 * caller or to the listener.
 *
 * @param <T> the datums
 */
public interface Consumer<T> extends AutoCloseable, Iterable<T> {

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
   * The datums one after the other, each as {@link #receive()} gives it: {@code hasNext} waits for
   * the next one, and is false when the consumer is closed and nothing is left. Each call makes an
   * iterator for one thread; several share the datums.
   */
  @Override
  Iterator<T> iterator();

  /**
   * Gives every datum to the listener, one at a time, on a strand of users' code; it may block,
   * which holds this consumer's producers back and nothing else. Whatever the listener throws is
   * logged and counted; the next datum follows.
   *
   * @throws IllegalStateException if there is a listener already
   */
  default Cancellation listen(java.util.function.Consumer<? super Received<T>> listener) {
    return listen(1, listener);
  }

  /**
   * As {@link #listen(java.util.function.Consumer)}, with several calls side by side: the order of
   * a producer's datums is lost.
   *
   * @param concurrency how many calls at a time, 1 to 1024
   */
  Cancellation listen(int concurrency, java.util.function.Consumer<? super Received<T>> listener);

  /**
   * As {@link #listen(java.util.function.Consumer)}, on the engine's own threads: where nothing
   * else is to do, a datum is decoded and listened to by the thread that received it, and no other
   * thread has to be woken first. For listeners of some microseconds. The listener must not block:
   * what it holds up is all that the node receives on that thread, signs of life included. Calls of
   * this library that would wait fail there with an {@link IllegalStateException}.
   *
   * @throws IllegalStateException if there is a listener already
   */
  Cancellation listenDirectly(java.util.function.Consumer<? super Received<T>> listener);

  /**
   * The datums for one subscriber at a time, by the rules of Reactive Streams: nothing is taken
   * that was not requested, {@code onComplete} follows when the consumer is closed and nothing is
   * left. Signals come on a strand of users' code and may block. When a subscriber has cancelled,
   * another may follow; one that comes before gets {@code onError}.
   */
  Flow.Publisher<Received<T>> publisher();

  /**
   * Calls the listener for each gap, in its place: after the last datum before it was taken, before
   * the next one is, on the thread of who takes; it must be quick. Gaps are passed as datums are
   * taken, and count in {@link #stats} at once.
   *
   * @throws IllegalStateException if there is a listener already
   */
  Cancellation onGap(java.util.function.Consumer<? super Gap> listener);

  /**
   * How many known producers of the stream this consumer leaves alone, because they don't satisfy
   * what it requires, for each reason; zeros included.
   */
  Map<Unwanted, Integer> unwanted();

  /** Conditions on the producers that are subscribed to. */
  SubscriptionConditions when();

  /** Whether the online condition holds. */
  Watch<Boolean> online();

  /** The producers subscribed to and those being dialled, with their statistics. */
  List<SubscriptionInfo> producers();

  /** Totals over all subscriptions, also past ones. */
  StreamStats stats();

  /** How often a producer refused this consumer, for each reason; zeros included. */
  Map<Refusal, Long> refusals();

  /** Ends the subscriptions; what was received can still be taken. Idempotent. */
  @Override
  void close();

  /**
   * As {@link #close()}, and waits until the listener, if there is one, was called with all that
   * was received, and has returned. One that is still at work at the deadline goes on, and the log
   * says so.
   *
   * @return whether it has ended
   * @throws IllegalStateException if its own listener calls this
   */
  boolean close(Duration deadline);
}
