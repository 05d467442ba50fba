package io.mosaik.streams;

import io.mosaik.runtime.Clock;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves a listener, until it is cancelled or nothing more comes. Several may serve the same one
 * side by side, each on its own strand.
 */
final class ListenerSink<T> implements Delivery.Sink<T> {

  private static final Logger LOG = LoggerFactory.getLogger(ListenerSink.class);

  private final StreamName stream;
  private final Clock clock;
  private final Consumer<? super Received<T>> listener;
  private final StreamCounters counters;
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private volatile boolean cancelled;
  private final Repeats repeats = new Repeats();
  private boolean over;

  ListenerSink(
      StreamName stream,
      Clock clock,
      Consumer<? super Received<T>> listener,
      StreamCounters counters) {
    this.stream = stream;
    this.clock = clock;
    this.listener = listener;
    this.counters = counters;
  }

  void cancel() {
    cancelled = true;
  }

  /** Completes when nothing more comes and its last call has returned; never once cancelled. */
  CompletableFuture<Void> ended() {
    return ended;
  }

  @Override
  public Delivery.Wish wish() {
    return cancelled || over ? Delivery.Wish.NOTHING : Delivery.Wish.DATUM;
  }

  @Override
  public boolean take(Received<T> datum) {
    if (cancelled) {
      return false;
    }
    try {
      listener.accept(datum);
    } catch (Throwable e) { // also an Error of one datum ends only that one
      counters.failed();
      long times = repeats.happened(datum.producer(), clock.nanoTime());
      if (times > 0) {
        LOG.error(
            "Stream {}: a listener failed on a datum of {}; the next follows{}",
            stream,
            datum.producer().toShortString(),
            Repeats.since(times),
            e);
      }
    }
    return true;
  }

  @Override
  public void over() {
    over = true;
    ended.complete(null);
  }
}
