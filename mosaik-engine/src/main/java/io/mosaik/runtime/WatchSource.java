package io.mosaik.runtime;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The writer's side of a {@link Watch}. {@link #set} is called by one worker at a time; everything
 * else by anyone.
 *
 * @param <T> an immutable type
 */
public final class WatchSource<T> implements Watch<T> {

  private static final Logger log = LoggerFactory.getLogger(WatchSource.class);

  private final CopyOnWriteArrayList<Runnable> observers = new CopyOnWriteArrayList<>();
  private volatile T value;

  /** With the first value. */
  public WatchSource(T initial) {
    value = Objects.requireNonNull(initial);
  }

  /** Publishes a value and wakes the observers; an equal value is published without waking them. */
  public void set(T next) {
    T previous = value;
    value = Objects.requireNonNull(next);
    if (!next.equals(previous)) {
      for (Runnable observer : observers) {
        try {
          observer.run();
        } catch (RuntimeException | Error e) { // of one that runs on the caller's thread
          log.error("An observer failed", e);
        }
      }
    }
  }

  @Override
  public T get() {
    return value;
  }

  @Override
  public Cancellation observe(Executor executor, Consumer<? super T> observer) {
    var observation = new Observation<T>(this, executor, observer);
    observers.add(observation);
    observation.run();
    return () -> {
      observation.cancelled = true;
      observers.remove(observation);
    };
  }

  @Override
  public CompletableFuture<T> when(Predicate<? super T> predicate) {
    var future = new CompletableFuture<T>();
    Runnable check =
        () -> {
          T now = value;
          try {
            if (!future.isDone() && predicate.test(now)) {
              future.complete(now);
            }
          } catch (RuntimeException | Error e) { // the predicate's error is its caller's
            future.completeExceptionally(e);
          }
        };
    observers.add(check);
    var unused = future.whenComplete((result, error) -> observers.remove(check));
    check.run();
    return future;
  }

  /** One observer: waked by each change, told the latest value, one call at a time. */
  private static final class Observation<T> implements Runnable {

    private enum State {
      IDLE,
      SCHEDULED,
      RUNNING,
      /** Runs, and the value has changed since. */
      STALE
    }

    private final WatchSource<T> source;
    private final Executor executor;
    private final Consumer<? super T> observer;
    private final AtomicReference<State> state = new AtomicReference<>(State.IDLE);
    private volatile boolean cancelled;

    Observation(WatchSource<T> source, Executor executor, Consumer<? super T> observer) {
      this.source = source;
      this.executor = executor;
      this.observer = observer;
    }

    /** The value has changed. */
    @Override
    public void run() {
      State before =
          state.getAndUpdate(now ->
              switch (now) {
                case IDLE, SCHEDULED -> State.SCHEDULED;
                case RUNNING, STALE -> State.STALE;
              });
      if (before == State.IDLE) {
        executor.execute(this::deliver);
      }
    }

    private void deliver() {
      state.set(State.RUNNING);
      try {
        if (!cancelled) {
          observer.accept(source.value);
        }
      } finally { // what it throws is reported by whose thread it is
        if (!state.compareAndSet(State.RUNNING, State.IDLE)) {
          state.set(State.SCHEDULED);
          executor.execute(this::deliver);
        }
      }
    }
  }
}
