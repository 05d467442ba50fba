package io.mosaik.benchmarks;

import io.mosaik.benchmarks.StreamSenders.Pace;
import io.mosaik.streams.SlowConsumerPolicy;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Streams over QUIC on loopback, from this process to another one, and beside each of them Netty's
 * raw QUIC streams with the same bytes in the same pattern. The rounds of the two take turns, so
 * that what else the machine does meets both; each figure is the median of the rounds.
 */
final class StreamBenchmark implements AutoCloseable {

  private static final Duration LEAD_IN = Duration.ofMillis(300);
  private static final Pace FLOOD = new Pace.Flood();
  private static final Pace ALONE = new Pace.Alone(Duration.ofMillis(2));
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final int WARM_UPS = 2;

  private final StreamReceiver receiver = new StreamReceiver();
  private final StreamReceiver rawReceiver = new StreamReceiver();
  private final Duration time;
  private final int rounds;
  private final Predicate<String> wanted;
  private final Consumer<StreamMeasurement> results;

  /**
   * Starts the other processes.
   *
   * @param time that a round of a row takes, after a lead-in
   * @param rounds of each row
   * @param wanted which scenarios, by their names
   * @param results get each row when it is measured
   */
  StreamBenchmark(
      Duration time, int rounds, Predicate<String> wanted, Consumer<StreamMeasurement> results)
      throws IOException {
    this.time = time;
    this.rounds = rounds;
    this.wanted = wanted;
    this.results = results;
  }

  /**
   * Who sends to whom.
   *
   * @param producers each on a node of its own
   * @param consumers likewise, each subscribed to all producers
   */
  private record Pattern(int producers, int consumers) {

    @Override
    public String toString() {
      return producers + " to " + consumers;
    }
  }

  private static final Pattern ONE = new Pattern(1, 1);

  /** Measures all that is wanted. Blocks for as long as that takes. */
  void run() throws Exception {
    for (var load : List.of(StreamLoad.SMALL, StreamLoad.MEDIUM, StreamLoad.LARGE)) {
      for (var pattern : List.of(ONE, new Pattern(1, 8), new Pattern(8, 1))) {
        compare(load, pattern);
      }
    }
    compare(StreamLoad.SMALL_CBOR, ONE);
    idle();
    stalled();
  }

  private void compare(StreamLoad<?> load, Pattern pattern) throws Exception {
    String name = load.name() + ", " + pattern;
    if (!wanted.test(name)) {
      return;
    }
    try (StreamSource raw = openRaw(load, pattern);
        StreamSource mosaik = open(load, pattern, 0, SlowConsumerPolicy.BLOCK)) {
      var rawRun = new Run(raw, rawReceiver, load, pattern, name + ", raw");
      var run = new Run(mosaik, receiver, load, pattern, name);
      for (int i = 0; i < WARM_UPS; i++) {
        rawRun.measure("", FLOOD);
        run.measure("", FLOOD);
      }
      double most = compare(rawRun, run, "", FLOOD).perSecond();
      compare(rawRun, run, ", at 10 %", new Pace.Steady(most * 0.1));
      compare(rawRun, run, ", at 70 %", new Pace.Steady(most * 0.7));
    }
  }

  private StreamMeasurement compare(Run rawRun, Run run, String rate, Pace pace)
      throws InterruptedException {
    var raws = new ArrayList<StreamMeasurement>();
    var ours = new ArrayList<StreamMeasurement>();
    for (int i = 0; i < rounds; i++) {
      StreamMeasurement raw = rawRun.measure(rate, pace);
      raws.add(raw);
      ours.add(run.measure(rate, pace).besideRaw(raw));
    }
    StreamMeasurement our = StreamMeasurement.median(ours);
    results.accept(StreamMeasurement.median(raws));
    results.accept(our);
    return our;
  }

  /** Each datum finds nothing under way: what the way itself takes. */
  private void idle() throws Exception {
    String name = "64 B, 1 to 1, one at a time";
    if (!wanted.test(name)) {
      return;
    }
    try (StreamSource raw = openRaw(StreamLoad.SMALL, ONE);
        StreamSource mosaik = open(StreamLoad.SMALL, ONE, 0, SlowConsumerPolicy.BLOCK)) {
      var rawRun = new Run(raw, rawReceiver, StreamLoad.SMALL, ONE, name + ", raw");
      var run = new Run(mosaik, receiver, StreamLoad.SMALL, ONE, name);
      rawRun.measure("", FLOOD);
      run.measure("", FLOOD);
      compare(rawRun, run, "", ALONE);
    }
  }

  /** Seven consumers alone, then beside one that takes nothing and so misses the oldest datums. */
  private void stalled() throws Exception {
    String name = "64 B, 1 to 7";
    if (!wanted.test(name + ", one stalled")) {
      return;
    }
    var pattern = new Pattern(1, 7);
    var policy = SlowConsumerPolicy.DROP_OLDEST;
    Pace pace = FLOOD;
    for (int stalled = 0; stalled <= 1; stalled++) {
      try (StreamSource mosaik = open(StreamLoad.SMALL, pattern, stalled, policy)) {
        String with = stalled == 0 ? "" : " and 1 stalled";
        var run = new Run(mosaik, receiver, StreamLoad.SMALL, pattern, name + with);
        if (stalled == 0) {
          pace = new Pace.Steady(run.measure("", FLOOD).perSecond() / 4);
        }
        run.measure("", pace);
        var measured = new ArrayList<StreamMeasurement>();
        for (int i = 0; i < rounds; i++) {
          measured.add(run.measure("", pace));
        }
        results.accept(StreamMeasurement.median(measured));
      }
    }
  }

  /**
   * Keeps one stream busy and shows each minute what a datum costs and what both processes hold.
   */
  void soak(int minutes) throws Exception {
    StreamLoad<?> load = StreamLoad.SMALL;
    try (StreamSource mosaik = open(load, ONE, 0, SlowConsumerPolicy.BLOCK)) {
      var run = new Run(mosaik, receiver, load, ONE, "");
      double perSecond = run.measure("", FLOOD).perSecond() / 2;
      for (int minute = 1; minute <= minutes; minute++) {
        var row = new Run(mosaik, receiver, load, ONE, "minute %2d, ".formatted(minute));
        StreamMeasurement measured = row.measure("", new Pace.Steady(perSecond), MINUTE);
        results.accept(measured.named(measured.name() + Held.now() + " " + receiver.held()));
      }
    }
  }

  private StreamSource openRaw(StreamLoad<?> load, Pattern pattern) throws Exception {
    var source = new RawQuicStream.Source(load.bytes(), pattern.producers);
    rawReceiver.open(true, load, pattern.consumers, 0, source.addresses());
    source.awaitReceivers(pattern.consumers);
    return source;
  }

  private StreamSource open(
      StreamLoad<?> load, Pattern pattern, int stalled, SlowConsumerPolicy policy)
      throws InterruptedException {
    var source = new MosaikStream.Source<>(load, pattern.producers, policy);
    receiver.open(false, load, pattern.consumers, stalled, source.addresses());
    source.awaitReceivers(pattern.consumers + stalled);
    return source;
  }

  @Override
  public void close() {
    receiver.close();
    rawReceiver.close();
  }

  /** Something opened, to be measured at several rates. */
  private final class Run {

    private final StreamSource source;
    private final StreamReceiver to;
    private final StreamLoad<?> load;
    private final Pattern pattern;
    private final String name;

    Run(StreamSource source, StreamReceiver to, StreamLoad<?> load, Pattern pattern, String name) {
      this.source = source;
      this.to = to;
      this.load = load;
      this.pattern = pattern;
      this.name = name;
    }

    StreamMeasurement measure(String rate, Pace pace) throws InterruptedException {
      return measure(rate, pace, time);
    }

    StreamMeasurement measure(String rate, Pace pace, Duration time) throws InterruptedException {
      var senders = new StreamSenders(source, pattern.producers, load.bytes(), pace);
      try {
        Thread.sleep(LEAD_IN);
        Cost before = Cost.soFar();
        to.begin();
        Thread.sleep(time);
        return to.end()
            .toMeasurement(
                name + rate,
                load.bytes(),
                pattern.consumers,
                Cost.soFar().since(before),
                !(pace instanceof Pace.Flood));
      } finally {
        senders.stop();
      }
    }
  }
}
