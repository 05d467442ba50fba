package io.mosaik.streams;

import io.mosaik.id.PeerId;
import io.mosaik.id.StreamId;
import io.mosaik.runtime.Cancellation;
import io.mosaik.runtime.DeadlineExceededException;
import io.mosaik.runtime.Platform;
import io.mosaik.runtime.Strand;
import io.mosaik.runtime.Watch;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The typed door to a {@link ConsumerWorker}: the ways in which an application takes. */
final class ConsumerHandle<T> implements Consumer<T> {

  private static final Logger LOG = LoggerFactory.getLogger(ConsumerHandle.class);

  private static final Duration CLOSE_WAIT = Duration.ofSeconds(5);
  private static final Duration WITHOUT_LIMIT = Duration.ofDays(365);
  private static final int MAX_CONCURRENCY = 1024;

  private final Platform platform;
  private final Class<T> type;
  private final HandOver handOver;
  private final Inbox<T> inbox;
  private final StreamCounters counters;
  private final ConsumerWorker worker;
  private final Cancellation retraction;
  private final FutureSink<T> futures;
  private final Delivery<T> futureDelivery;
  private final Publication<T> publication;
  private final AtomicReference<@Nullable Object> listener = new AtomicReference<>();
  private final AtomicReference<java.util.function.@Nullable Consumer<? super Gap>> gapListener =
      new AtomicReference<>();

  /**
   * @param retraction takes the consumer out of the node's list
   */
  ConsumerHandle(
      Platform platform,
      Class<T> type,
      HandOver handOver,
      Inbox<T> inbox,
      StreamCounters counters,
      ConsumerWorker worker,
      Cancellation retraction) {
    this.platform = platform;
    this.type = type;
    this.handOver = handOver;
    this.inbox = inbox;
    this.counters = counters;
    this.worker = worker;
    this.retraction = retraction;
    futures = new FutureSink<>(inbox::closedError);
    futureDelivery = new Delivery<>(newUserStrand(), inbox, futures);
    publication = new Publication<>(inbox, this::newUserStrand);
    handOver.onGap(this::tellGap);
  }

  private Strand newUserStrand() {
    return platform.newUserStrand("consumer " + worker.stream());
  }

  @Override
  public StreamId stream() {
    return worker.stream().id();
  }

  @Override
  public String name() {
    return worker.stream().text();
  }

  @Override
  public T receive() {
    return take(WITHOUT_LIMIT);
  }

  @Override
  public T receive(Duration deadline) {
    return take(deadline);
  }

  private T take(Duration deadline) {
    long startNs = platform.clock().nanoTime();
    Received<T> next = tryReceive();
    while (next == null) {
      HandOver.Sleeper arrival = handOver.sleeper();
      try {
        boolean over = isOver();
        next = tryReceive();
        if (next == null) {
          if (over) {
            throw inbox.closedError();
          }
          long leftNs = deadline.toNanos() - (platform.clock().nanoTime() - startNs);
          awaitArrival(arrival, Duration.ofNanos(Math.max(0, leftNs)), deadline);
        }
      } finally {
        handOver.dismiss(arrival);
      }
      next = next == null ? tryReceive() : next;
    }
    return next.datum();
  }

  private void awaitArrival(HandOver.Sleeper arrival, Duration left, Duration deadline) {
    try {
      platform.await(arrival.woken(), left);
    } catch (DeadlineExceededException e) {
      throw new DeadlineExceededException(
          "no datum of stream " + worker.stream() + " came within " + deadline);
    }
  }

  @Override
  public @Nullable Received<T> tryReceive() {
    return inbox.poll();
  }

  @Override
  public CompletableFuture<Received<T>> receiveAsync() {
    CompletableFuture<Received<T>> future = futures.add();
    futureDelivery.wake();
    return future;
  }

  @Override
  public Iterator<T> iterator() {
    return new ReceivingIterator<>(this::receive);
  }

  @Override
  public Cancellation listen(int concurrency, java.util.function.Consumer<? super Received<T>> to) {
    if (concurrency < 1 || concurrency > MAX_CONCURRENCY) {
      throw new IllegalArgumentException(
          "a concurrency of " + concurrency + "; give 1 to " + MAX_CONCURRENCY);
    }
    return listen(concurrency, this::newUserStrand, to);
  }

  @Override
  public Cancellation listenDirectly(java.util.function.Consumer<? super Received<T>> to) {
    return listen(1, worker::strand, to);
  }

  private Cancellation listen(
      int concurrency,
      Supplier<Strand> strands,
      java.util.function.Consumer<? super Received<T>> to) {
    var sink = new ListenerSink<T>(to, counters);
    if (!listener.compareAndSet(null, sink)) {
      throw new IllegalStateException(
          "the consumer has a listener already; cancel it first, or make another consumer");
    }
    for (int i = 0; i < concurrency; i++) {
      new Delivery<>(strands.get(), inbox, sink).wake();
    }
    return () -> {
      sink.cancel();
      listener.compareAndSet(sink, null);
    };
  }

  @Override
  public Flow.Publisher<Received<T>> publisher() {
    return publication;
  }

  @Override
  public Cancellation onGap(java.util.function.Consumer<? super Gap> to) {
    if (!gapListener.compareAndSet(null, to)) {
      throw new IllegalStateException("the consumer has a listener for gaps already");
    }
    return () -> gapListener.compareAndSet(to, null);
  }

  private void tellGap(Gap gap) {
    java.util.function.Consumer<? super Gap> to = gapListener.get();
    if (to != null) {
      try {
        to.accept(gap);
      } catch (Throwable e) {
        LOG.error("Stream {}: the listener for gaps failed", worker.stream(), e);
      }
    }
  }

  /** What waits, and who takes it may be given it on a strand of its own. */
  Inbox<T> inbox() {
    return inbox;
  }

  /** What came of a producer can't be gone on from: asks for its state again. */
  void startOver(PeerId producer) {
    worker.startOver(producer);
  }

  private boolean isOver() {
    return inbox.isOver();
  }

  @Override
  public SubscriptionConditions when() {
    return worker.conditions();
  }

  @Override
  public Watch<Boolean> online() {
    return worker.conditions().onlineWatch();
  }

  @Override
  public List<SubscriptionInfo> producers() {
    return worker.producers();
  }

  @Override
  public StreamStats stats() {
    return counters.toStats();
  }

  @Override
  public Map<Refusal, Long> refusals() {
    return worker.refusals();
  }

  @Override
  public Map<Unwanted, Integer> unwanted() {
    return worker.unwanted();
  }

  CompletableFuture<Void> closeAsync() {
    retraction.cancel();
    return worker.close();
  }

  @Override
  public void close() {
    platform.await(closeAsync(), CLOSE_WAIT);
  }

  @Override
  public String toString() {
    return "consumer of " + type.getName() + " on stream " + worker.stream();
  }
}
