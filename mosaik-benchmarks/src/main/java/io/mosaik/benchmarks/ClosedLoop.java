package io.mosaik.benchmarks;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Keeps so many operations under way, and begins the next whenever one ends. What it measures is
 * what callers see who wait for each other: it doesn't tell how long operations would wait that
 * come at a rate of their own.
 */
final class ClosedLoop {

  private static final long LONGEST_NS = Duration.ofMinutes(1).toNanos();
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Duration warmUp;
  private final Duration time;

  /** Runs each scenario for so long, after a warm-up that doesn't count. */
  ClosedLoop(Duration warmUp, Duration time) {
    this.warmUp = warmUp;
    this.time = time;
  }

  /**
   * Measures an operation. Blocks for as long as that takes.
   *
   * @param name of the scenario
   * @param window how many operations are under way
   * @param operation begins one; its stage may complete on any thread
   */
  Measurement measure(String name, int window, Supplier<? extends CompletionStage<?>> operation)
      throws InterruptedException {
    run(window, warmUp, operation, new Tally());
    var tally = new Tally();
    Cost before = Cost.soFar();
    long startNs = System.nanoTime();
    run(window, time, operation, tally);
    Duration took = Duration.ofNanos(System.nanoTime() - startNs);
    return new Measurement(
        name,
        tally.latency.getTotalCount(),
        tally.failures.sum(),
        took,
        tally.latency,
        Cost.soFar().since(before));
  }

  private static final class Tally {
    private final Histogram latency = new ConcurrentHistogram(LONGEST_NS, 3);
    private final LongAdder failures = new LongAdder();
  }

  private static void run(
      int window, Duration time, Supplier<? extends CompletionStage<?>> operation, Tally tally)
      throws InterruptedException {
    long endNs = System.nanoTime() + time.toNanos();
    var free = new Semaphore(window);
    while (System.nanoTime() < endNs) {
      free.acquire();
      long begunNs = System.nanoTime();
      var unused =
          operation
              .get()
              .whenComplete((result, error) -> {
                if (error == null) {
                  tally.latency.recordValue(Math.min(LONGEST_NS, System.nanoTime() - begunNs));
                } else {
                  tally.failures.increment();
                }
                free.release();
              });
    }
    if (!free.tryAcquire(window, PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      throw new IllegalStateException("operations are still under way after " + PATIENCE);
    }
  }
}
