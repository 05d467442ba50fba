package io.mosaik.streams;

import io.mosaik.id.PeerId;
import io.mosaik.id.StreamId;
import io.mosaik.runtime.Cancellation;
import io.mosaik.runtime.DeadlineExceededException;
import io.mosaik.runtime.Platform;
import io.mosaik.runtime.Strand;
import io.mosaik.runtime.Watch;
import java.time.Duration;
import java.util.ArrayList;
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
  private static final CompletableFuture<Void> DONE = CompletableFuture.completedFuture(null);

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
  private final AtomicReference<@Nullable Listening<T>> listener = new AtomicReference<>();
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
          Duration left = Deadlines.left(deadline, startNs, platform.clock().nanoTime());
          awaitArrival(arrival, left, deadline);
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
    var sinks = new ArrayList<ListenerSink<T>>();
    var each = new ArrayList<Strand>();
    for (int i = 0; i < concurrency; i++) {
      sinks.add(new ListenerSink<>(worker.stream(), platform.clock(), to, counters));
      each.add(strands.get());
    }
    var listening = new Listening<>(sinks, each);
    if (!listener.compareAndSet(null, listening)) {
      throw new IllegalStateException(
          "the consumer has a listener already; cancel it first, or make another consumer");
    }
    for (int i = 0; i < concurrency; i++) {
      new Delivery<>(each.get(i), inbox, sinks.get(i)).wake();
    }
    return () -> {
      sinks.forEach(ListenerSink::cancel);
      listener.compareAndSet(listening, null);
    };
  }

  /** A listener at work: as many sinks as it has concurrency, each on its own strand. */
  private record Listening<T>(List<ListenerSink<T>> sinks, List<Strand> strands) {

    CompletableFuture<Void> ended() {
      return CompletableFuture.allOf(
          sinks.stream().map(ListenerSink::ended).toArray(CompletableFuture<?>[]::new));
    }
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

  /** A view goes on from what came of a producer. */
  void goesOn(PeerId producer) {
    worker.goesOn(producer);
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
  public boolean close(Duration deadline) {
    Listening<T> listening = listener.get();
    if (listening != null && listening.strands().stream().anyMatch(Strand::isCurrent)) {
      throw new IllegalStateException(
          "the listener can't wait for its own end; close() ends the subscriptions without waiting");
    }
    CompletableFuture<Void> ended = listening == null ? DONE : listening.ended();
    try {
      platform.await(CompletableFuture.allOf(closeAsync(), ended), Deadlines.within(deadline));
      return true;
    } catch (DeadlineExceededException e) {
      LOG.warn(
          "Stream {}: closed, and not ended within {}{}",
          worker.stream(),
          deadline,
          ended.isDone() ? "" : ": its listener is still at work on what was received");
      return false;
    }
  }

  @Override
  public String toString() {
    return "consumer of " + type.getName() + " on stream " + worker.stream();
  }
}
