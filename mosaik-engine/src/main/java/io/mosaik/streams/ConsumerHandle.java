package io.mosaik.streams;

import io.mosaik.id.StreamId;
import io.mosaik.runtime.Cancellation;
import io.mosaik.runtime.DeadlineExceededException;
import io.mosaik.runtime.Platform;
import io.mosaik.runtime.Watch;
import io.mosaik.wire.Codec;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** The typed door to a {@link ConsumerWorker}: decodes where the application takes. */
final class ConsumerHandle<T> implements Consumer<T> {

  private static final Logger LOG = LoggerFactory.getLogger(ConsumerHandle.class);

  private static final Duration CLOSE_WAIT = Duration.ofSeconds(5);
  private static final Duration WITHOUT_LIMIT = Duration.ofDays(365);

  private final Platform platform;
  private final Class<T> type;
  private final Codec<T> codec;
  private final HandOver handOver;
  private final StreamCounters counters;
  private final ConsumerWorker worker;
  private final Deliverer<T> deliverer;
  private final Cancellation retraction;

  /**
   * @param retraction takes the consumer out of the node's list
   */
  ConsumerHandle(
      Platform platform,
      Class<T> type,
      Codec<T> codec,
      HandOver handOver,
      StreamCounters counters,
      ConsumerWorker worker,
      Cancellation retraction) {
    this.platform = platform;
    this.type = type;
    this.codec = codec;
    this.handOver = handOver;
    this.counters = counters;
    this.worker = worker;
    this.retraction = retraction;
    this.deliverer =
        new Deliverer<>(
            platform.newUserStrand("consumer " + worker.stream()),
            handOver,
            this::tryReceive,
            this::isOver,
            this::closed,
            counters);
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
            throw closed();
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
    Received<T> returned = deliverer.returned();
    if (returned != null) {
      return returned;
    }
    for (HandOver.Taken taken = handOver.poll(); taken != null; taken = handOver.poll()) {
      T datum = decode(taken);
      if (datum != null) {
        return new Received<>(datum, taken.source().peer());
      }
    }
    return null;
  }

  private @Nullable T decode(HandOver.Taken taken) {
    try {
      return codec.decode(taken.datum());
    } catch (RuntimeException | StackOverflowError e) {
      counters.dropped(1);
      LOG.atLevel(taken.source().isFirstComplaint() ? Level.WARN : Level.DEBUG)
          .log(
              "Stream {}: a datum of {} is no {}, it is left out and counted (later ones of this"
                  + " producer are told at debug level): {}",
              worker.stream(),
              taken.source().peer().toShortString(),
              type.getName(),
              e.toString());
      return null;
    }
  }

  @Override
  public CompletableFuture<Received<T>> receiveAsync() {
    return deliverer.receive();
  }

  @Override
  public Cancellation listen(java.util.function.Consumer<? super Received<T>> listener) {
    return deliverer.listen(listener);
  }

  private boolean isOver() {
    return worker.isClosing();
  }

  private ConsumerClosedException closed() {
    return new ConsumerClosedException(
        "the consumer of stream " + worker.stream() + " is closed, and nothing is left");
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
