package io.mosaik.benchmarks;

import java.time.Duration;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/**
 * What a scenario came to.
 *
 * @param name of the scenario
 * @param operations that ended well
 * @param failures that did not
 * @param time it took
 * @param latency of each operation that ended well, in nanoseconds
 * @param cost to the whole process, everything in it included
 */
record Measurement(
    String name, long operations, long failures, Duration time, Histogram latency, Cost cost) {

  double perSecond() {
    return operations / (time.toNanos() / 1e9);
  }

  private double micros(double percentile) {
    return latency.getValueAtPercentile(percentile) / 1e3;
  }

  private double each(double total) {
    return operations == 0 ? 0 : total / operations;
  }

  static String header() {
    return "%-44s %12s %10s %10s %10s %9s %9s %8s"
        .formatted("", "ops/s", "p50 us", "p99 us", "p99.9 us", "CPU us/op", "B/op", "failed");
  }

  String row() {
    return "%-44s %,12.0f %,10.0f %,10.0f %,10.0f %9.1f %,9.0f %8d"
        .formatted(
            name,
            perSecond(),
            micros(50),
            micros(99),
            micros(99.9),
            each(cost.cpu().toNanos() / 1e3),
            each((double) cost.allocatedBytes()),
            failures);
  }

  String json() {
    return String.format(
        Locale.ROOT,
        "{\"name\": \"%s\", \"operations\": %d, \"failures\": %d, \"seconds\": %.3f,"
            + " \"perSecond\": %.1f, \"p50Micros\": %.1f, \"p99Micros\": %.1f,"
            + " \"p999Micros\": %.1f, \"cpuMicrosEach\": %.2f, \"allocatedBytesEach\": %.1f}",
        name,
        operations,
        failures,
        time.toNanos() / 1e9,
        perSecond(),
        micros(50),
        micros(99),
        micros(99.9),
        each(cost.cpu().toNanos() / 1e3),
        each((double) cost.allocatedBytes()));
  }
}
