package io.mosaik.benchmarks;

import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;

/**
 * What a way of sending came to.
 *
 * @param name of the load, the pattern, the way and the rate
 * @param perSecond datums that each consumer got
 * @param megabytesPerSecond the same in bytes, without lengths and headers
 * @param ofRaw the share of what the raw stream carried beside it; NaN if that was not asked
 * @param latencyMicros p50, p99, p99.9 from when a datum was due; NaN where there is no rate
 * @param cpuMicros processor time for each datum sent, of both processes; as many seconds for a
 *     million of them
 * @param sentBytes allocated on the heap for each datum at the sending side
 * @param receivedBytes at the receiving side, by all consumers together
 * @param threadMicros the processor time by the side and the threads' name
 */
record StreamMeasurement(
    String name,
    double perSecond,
    double megabytesPerSecond,
    double ofRaw,
    Latency latencyMicros,
    double cpuMicros,
    double sentBytes,
    double receivedBytes,
    SortedMap<String, Double> threadMicros) {

  /** What takes less of the time is not shown. */
  private static final double LEAST_SHARE = 0.01;

  /** Percentiles. */
  record Latency(double p50, double p99, double p999) {

    static final Latency UNKNOWN = new Latency(Double.NaN, Double.NaN, Double.NaN);

    static Latency of(Histogram nanos) {
      return new Latency(
          nanos.getValueAtPercentile(50) / 1e3,
          nanos.getValueAtPercentile(99) / 1e3,
          nanos.getValueAtPercentile(99.9) / 1e3);
    }
  }

  /** Each figure the median of the rounds'. */
  static StreamMeasurement median(List<StreamMeasurement> rounds) {
    return new StreamMeasurement(
        rounds.getFirst().name,
        median(rounds, StreamMeasurement::perSecond),
        median(rounds, StreamMeasurement::megabytesPerSecond),
        median(rounds, StreamMeasurement::ofRaw),
        new Latency(
            median(rounds, round -> round.latencyMicros.p50),
            median(rounds, round -> round.latencyMicros.p99),
            median(rounds, round -> round.latencyMicros.p999)),
        median(rounds, StreamMeasurement::cpuMicros),
        median(rounds, StreamMeasurement::sentBytes),
        median(rounds, StreamMeasurement::receivedBytes),
        medianOfThreads(rounds));
  }

  private static SortedMap<String, Double> medianOfThreads(List<StreamMeasurement> rounds) {
    var names = new TreeSet<String>();
    rounds.forEach(round -> names.addAll(round.threadMicros.keySet()));
    var medians = new TreeMap<String, Double>();
    for (String name : names) {
      medians.put(name, median(rounds, round -> round.threadMicros.getOrDefault(name, 0.0)));
    }
    return medians;
  }

  private static double median(
      List<StreamMeasurement> rounds, ToDoubleFunction<StreamMeasurement> figure) {
    double[] figures = rounds.stream().mapToDouble(figure).sorted().toArray();
    int half = figures.length / 2;
    return figures.length % 2 == 1 ? figures[half] : (figures[half - 1] + figures[half]) / 2;
  }

  StreamMeasurement besideRaw(StreamMeasurement raw) {
    return new StreamMeasurement(
        name,
        perSecond,
        megabytesPerSecond,
        perSecond / raw.perSecond,
        latencyMicros,
        cpuMicros,
        sentBytes,
        receivedBytes,
        threadMicros);
  }

  StreamMeasurement named(String another) {
    return new StreamMeasurement(
        another,
        perSecond,
        megabytesPerSecond,
        ofRaw,
        latencyMicros,
        cpuMicros,
        sentBytes,
        receivedBytes,
        threadMicros);
  }

  static String header() {
    return "%-36s %11s %7s %6s %9s %9s %9s %9s %8s %8s"
        .formatted(
            "",
            "datums/s",
            "MB/s",
            "of raw",
            "p50 us",
            "p99 us",
            "p99.9 us",
            "CPU us/d",
            "B/d out",
            "B/d in");
  }

  String row() {
    return "%-36s %,11.0f %7.1f %6s %9s %9s %9s %9.3f %,8.0f %,8.0f"
        .formatted(
            name,
            perSecond,
            megabytesPerSecond,
            Double.isNaN(ofRaw) ? "" : "%.0f %%".formatted(ofRaw * 100),
            micros(latencyMicros.p50),
            micros(latencyMicros.p99),
            micros(latencyMicros.p999),
            cpuMicros,
            sentBytes,
            receivedBytes);
  }

  /** A line for each kind of thread that takes a part of the time. */
  List<String> threadRows() {
    return threadMicros.entrySet().stream()
        .filter(each -> each.getValue() > LEAST_SHARE * cpuMicros)
        .map(each -> "    %-98s %9.3f".formatted(each.getKey(), each.getValue()))
        .toList();
  }

  private static String micros(double value) {
    return Double.isNaN(value) ? "" : "%,.0f".formatted(value);
  }

  String json() {
    return String.format(
        Locale.ROOT,
        "{\"name\": \"%s\", \"perSecond\": %.1f, \"megabytesPerSecond\": %.2f, \"ofRaw\": %s,"
            + " \"p50Micros\": %s, \"p99Micros\": %s, \"p999Micros\": %s, \"cpuMicrosEach\": %.3f,"
            + " \"allocatedBytesEachSent\": %.1f, \"allocatedBytesEachReceived\": %.1f,"
            + " \"threadMicrosEach\": {%s}}",
        name,
        perSecond,
        megabytesPerSecond,
        number(ofRaw),
        number(latencyMicros.p50),
        number(latencyMicros.p99),
        number(latencyMicros.p999),
        cpuMicros,
        sentBytes,
        receivedBytes,
        threadMicros.entrySet().stream()
            .map(each -> "\"" + each.getKey() + "\": " + number(each.getValue()))
            .collect(Collectors.joining(", ")));
  }

  private static String number(double value) {
    return Double.isNaN(value) ? "null" : String.format(Locale.ROOT, "%.3f", value);
  }
}
