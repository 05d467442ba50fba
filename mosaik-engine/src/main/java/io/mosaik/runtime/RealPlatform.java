package io.mosaik.runtime;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;

/**
 * The machine's own time, randomness and threads. Engine strands share a few daemon threads; each
 * burst of a user strand runs on a virtual thread of its own, so that it may block; one daemon
 * thread keeps all timers and only hands their tasks to their strands.
 *
 * <p>Threads are made when they are needed and end with {@link #close}. A virtual thread that
 * computes without a pause holds a processor: users' code that is busy for long, rather than
 * blocked, delays other users' code, never the engine's strands.
 */
public final class RealPlatform implements Platform, AutoCloseable {

  private static final Duration CLOSE_GRACE = Duration.ofSeconds(2);
  private static final int TASKS_PER_TURN = 256;

  private final Clock clock = new SystemClock();
  private final SecureRandom secureRandom = new SecureRandom();
  private final ExecutorService engineThreads;
  private final ExecutorService userThreads;
  private final ScheduledThreadPoolExecutor timers;
  private final AtomicBoolean closed = new AtomicBoolean();

  /** With as many engine threads as the machine has processors, at least 2 and at most 8. */
  public RealPlatform() {
    this(Math.clamp(Runtime.getRuntime().availableProcessors(), 2, 8));
  }

  /** With so many engine threads, at least one. */
  public RealPlatform(int engineThreadCount) {
    if (engineThreadCount < 1) {
      throw new IllegalArgumentException(
          engineThreadCount + " engine threads; at least one is needed");
    }
    var threadNumber = new AtomicInteger();
    engineThreads = // one queue, first come first served: a strand that resubmits itself waits its
        // turn
        Executors.newFixedThreadPool(
            engineThreadCount,
            work -> new EngineThread(work, "mosaik-engine-" + threadNumber.getAndIncrement()));
    userThreads =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("mosaik-user-", 0).factory());
    timers =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("mosaik-timers").factory());
    timers.setRemoveOnCancelPolicy(true);
  }

  @Override
  public Clock clock() {
    return clock;
  }

  @Override
  public RandomGenerator newRandom() {
    return RandomGenerator.of("L64X128MixRandom");
  }

  /** Fresh unpredictable bytes of this machine, for who has no platform yet: keys that are made. */
  public static byte[] unpredictableBytes(int length) {
    var bytes = new byte[length];
    new SecureRandom().nextBytes(bytes);
    return bytes;
  }

  @Override
  public byte[] randomBytes(int length) {
    var bytes = new byte[length];
    secureRandom.nextBytes(bytes);
    return bytes;
  }

  @Override
  public Strand newStrand(String name) {
    return newStrand(name, engineThreads, TASKS_PER_TURN);
  }

  @Override
  public Strand newUserStrand(String name) {
    return newStrand(name, userThreads, Integer.MAX_VALUE);
  }

  private Strand newStrand(String name, Executor threads, int tasksPerTurn) {
    return new RealStrand(name, threads, tasksPerTurn, timers);
  }

  @Override
  public <T> T await(CompletionStage<T> stage, Duration deadline) {
    RealStrand lentTo = RealStrand.lentTo();
    if (Thread.currentThread() instanceof EngineThread || lentTo != null) {
      throw new IllegalStateException(
          "a wait on the engine's own strand '"
              + (lentTo != null ? lentTo.name() : Thread.currentThread().getName())
              + "' would stall other strands; wait on another thread or use the stage");
    }
    CompletableFuture<T> future = stage.toCompletableFuture();
    try {
      return future.get(saturatedNanos(deadline), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new DeadlineExceededException("no result within " + deadline);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new WaitInterruptedException("interrupted while waiting for a result");
    } catch (ExecutionException e) {
      throw unchecked(e);
    }
  }

  private static RuntimeException unchecked(ExecutionException error) {
    Throwable cause = error.getCause();
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    if (cause instanceof Error e) {
      throw e;
    }
    return cause instanceof RuntimeException e ? e : new CompletionException(cause);
  }

  static long saturatedNanos(Duration duration) {
    try {
      return duration.toNanos();
    } catch (ArithmeticException e) {
      return duration.isNegative() ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
  }

  /**
   * Drops every task that has not started and every timer, and ends the threads. Running tasks get
   * a grace of 2 s, then their threads are interrupted. Blocks at most twice that, unless called on
   * a strand of this platform, which then doesn't wait for itself. Idempotent.
   */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    timers.shutdownNow();
    engineThreads.shutdown();
    userThreads.shutdown();
    if (Thread.currentThread() instanceof EngineThread || Thread.currentThread().isVirtual()) {
      return;
    }
    try {
      if (!ended()) {
        engineThreads.shutdownNow();
        userThreads.shutdownNow();
        boolean unused = ended();
      }
    } catch (InterruptedException e) {
      engineThreads.shutdownNow();
      userThreads.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }

  private boolean ended() throws InterruptedException {
    long endNs = System.nanoTime() + CLOSE_GRACE.toNanos();
    return engineThreads.awaitTermination(CLOSE_GRACE.toNanos(), TimeUnit.NANOSECONDS)
        && userThreads.awaitTermination(
            Math.max(0, endNs - System.nanoTime()), TimeUnit.NANOSECONDS);
  }

  private static final class SystemClock implements Clock {

    @Override
    public long nanoTime() {
      return System.nanoTime();
    }

    @Override
    public long currentTimeMillis() {
      return System.currentTimeMillis();
    }
  }

  /** Marks the threads on which nothing may wait. */
  private static final class EngineThread extends Thread {

    EngineThread(Runnable work, String name) {
      super(work, name);
      setDaemon(true);
    }
  }
}
