package io.mosaik.streams;

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

  private final Consumer<? super Received<T>> listener;
  private final StreamCounters counters;
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private volatile boolean cancelled;
  private boolean over;

  ListenerSink(Consumer<? super Received<T>> listener, StreamCounters counters) {
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
      LOG.error(
          "A listener failed on a datum of {}; the next follows",
          datum.producer().toShortString(),
          e);
    }
    return true;
  }

  @Override
  public void over() {
    over = true;
    ended.complete(null);
  }
}
