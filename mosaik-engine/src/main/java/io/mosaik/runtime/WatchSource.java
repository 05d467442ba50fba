package io.mosaik.runtime;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The writer's side of a {@link Watch}. {@link #set} is called by one worker at a time; everything
 * else by anyone.
 *
 * @param <T> an immutable type
 */
public final class WatchSource<T> implements Watch<T> {

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
      observers.forEach(Runnable::run);
    }
  }

  @Override
  public T get() {
    return value;
  }

  @Override
  public Cancellation observe(Executor executor, Consumer<? super T> observer) {
    var cancelled = new AtomicBoolean();
    var pending = new AtomicBoolean();
    Runnable deliver =
        () -> {
          pending.set(false);
          if (!cancelled.get()) {
            observer.accept(value);
          }
        };
    Runnable wake =
        () -> {
          if (pending.compareAndSet(false, true)) {
            executor.execute(deliver);
          }
        };
    observers.add(wake);
    wake.run();
    return () -> {
      cancelled.set(true);
      observers.remove(wake);
    };
  }

  @Override
  public CompletableFuture<T> when(Predicate<? super T> predicate) {
    var future = new CompletableFuture<T>();
    Runnable check =
        () -> {
          T now = value;
          if (!future.isDone() && predicate.test(now)) {
            future.complete(now);
          }
        };
    observers.add(check);
    var unused = future.whenComplete((result, error) -> observers.remove(check));
    check.run();
    return future;
  }
}
