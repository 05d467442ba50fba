package io.mosaik.spring.listener;

import io.mosaik.Network;
import io.mosaik.id.StreamId;
import io.mosaik.streams.Consumer;
import io.mosaik.streams.ConsumerBuilder;
import io.mosaik.streams.ConsumerClosedException;
import io.mosaik.streams.Received;
import io.mosaik.streams.criteria.Criteria;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one listener: its consumer, and as many threads that call its method as it has concurrency.
 * They are no daemons, so an application that only listens stays alive. Thread-safe.
 */
public final class MosaikListenerContainer {

  private static final Logger log = LoggerFactory.getLogger(MosaikListenerContainer.class);

  private final MosaikListenerEndpoint endpoint;
  private final Network network;
  private final MosaikListenerErrorHandler errorHandler;
  private final List<MosaikListenerInterceptor> interceptors;
  private final AtomicLong handled = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();

  /** What runs between start and stop. */
  private volatile @Nullable Run run;

  MosaikListenerContainer(
      MosaikListenerEndpoint endpoint,
      Network network,
      MosaikListenerErrorHandler errorHandler,
      List<MosaikListenerInterceptor> interceptors) {
    this.endpoint = endpoint;
    this.network = network;
    this.errorHandler = errorHandler;
    this.interceptors = interceptors;
  }

  /** What it runs. */
  public MosaikListenerEndpoint endpoint() {
    return endpoint;
  }

  /** Whether it consumes: started, not stopped since, and not ended by a failure to receive. */
  public boolean isRunning() {
    Run running = run;
    return running != null && !running.broken;
  }

  /** How many datums the method has worked off. */
  public long handled() {
    return handled.get();
  }

  /** How many datums the method failed on. */
  public long failed() {
    return failed.get();
  }

  /** Subscribes and calls the method from now on. Idempotent. */
  synchronized void start() {
    if (!isRunning()) {
      var starting = new Run(consumer());
      run = starting;
      starting.start();
    }
  }

  /** Ends the subscriptions: what was received is worked off, nothing more comes. Idempotent. */
  synchronized void endSubscriptions() {
    Run running = run;
    if (running != null) {
      running.endSubscriptions();
    }
  }

  /**
   * Ends the subscriptions, lets the method work off what was received, and waits for that.
   *
   * @param deadline how long at most; then its threads are interrupted, and that is logged
   */
  synchronized void stop(Duration deadline) {
    Run running = run;
    if (running != null) {
      running.stop(deadline);
      run = null;
    }
  }

  private Consumer<?> consumer() {
    ConsumerBuilder<?> builder = network.streams().consumer(endpoint.type());
    String stream = endpoint.stream();
    if (stream != null) {
      builder.stream(StreamId.of(stream));
    }
    endpoint.peers().require(builder, endpoint.validators());
    Supplier<Criteria> criteria = endpoint.criteria();
    if (criteria != null) {
      builder.criteria(criteria.get());
    }
    String shared = endpoint.shared();
    if (shared != null) {
      builder.shared(shared);
    }
    Integer bufferSize = endpoint.bufferSize();
    if (bufferSize != null) {
      builder.bufferSize(bufferSize);
    }
    builder.from(endpoint.from());
    builder.resume(endpoint.resume());
    return builder.build();
  }

  private void call(Received<?> received) throws InterruptedException {
    MosaikListenerInterceptor.Call call = () -> endpoint.target().accept(received);
    for (MosaikListenerInterceptor interceptor : interceptors) {
      MosaikListenerInterceptor.Call inner = call;
      call = () -> interceptor.around(endpoint.id(), inner);
    }
    try {
      call.proceed();
      handled.incrementAndGet();
    } catch (InterruptedException e) {
      failed.incrementAndGet();
      throw e;
    } catch (Exception e) {
      failed.incrementAndGet();
      try {
        errorHandler.handle(endpoint.id(), received, e);
      } catch (Throwable ofHandler) {
        ofHandler.addSuppressed(e);
        log.error("The error handler of listener '{}' failed", endpoint.id(), ofHandler);
      }
    } catch (Error e) {
      failed.incrementAndGet();
      log.error(
          "Listener '{}' failed badly on a datum of {}; the next one follows",
          endpoint.id(),
          received.producer().toShortString(),
          e);
    }
  }

  /** From one start to the next stop. */
  private final class Run {

    private final Consumer<?> consumer;
    private final List<Thread> threads;

    /** Whether receiving failed, which ended it. */
    private volatile boolean broken;

    Run(Consumer<?> consumer) {
      this.consumer = consumer;
      this.threads =
          IntStream.range(0, endpoint.concurrency())
              .mapToObj(i -> new Thread(this::work, "mosaik-" + endpoint.id() + "-" + i))
              .toList();
    }

    void start() {
      threads.forEach(Thread::start);
    }

    /** Takes datum by datum, until the consumer is closed and nothing is left. */
    private void work() {
      try {
        for (Received<?> next = take(); next != null; next = take()) {
          call(next);
        }
      } catch (InterruptedException e) {
        // Only stop() interrupts, after its deadline, and says so; a method that interrupts its own
        // thread ends that thread's part of the listener.
        log.warn("A thread of listener '{}' was interrupted and ends", endpoint.id());
      } catch (Throwable e) { // else the thread would end without a word
        log.error("Listener '{}' can't receive any more and stops", endpoint.id(), e);
        broken = true;
        endSubscriptions();
      }
    }

    void endSubscriptions() {
      try {
        consumer.close();
      } catch (RuntimeException e) {
        log.warn("The consumer of listener '{}' did not close in order", endpoint.id(), e);
      }
    }

    private @Nullable Received<?> take() throws InterruptedException {
      Received<?> next = consumer.tryReceive();
      if (next != null) {
        return next;
      }
      try {
        return consumer.receiveAsync().get();
      } catch (ExecutionException e) {
        if (e.getCause() instanceof ConsumerClosedException) {
          return null;
        }
        throw new IllegalStateException(
            "listener '" + endpoint.id() + "' can't receive any more", e.getCause());
      }
    }

    void stop(Duration deadline) {
      long startNs = System.nanoTime();
      endSubscriptions();
      try {
        for (Thread thread : threads) {
          Duration left = deadline.minusNanos(System.nanoTime() - startNs);
          if (!thread.join(left.isNegative() ? Duration.ZERO : left)) {
            log.warn(
                "Listener '{}' was still busy when the time to stop was over; it is interrupted, and"
                    + " what it had not worked off is lost",
                endpoint.id());
            threads.forEach(Thread::interrupt);
            return;
          }
        }
      } catch (InterruptedException e) {
        threads.forEach(Thread::interrupt);
        Thread.currentThread().interrupt();
      }
    }
  }
}
