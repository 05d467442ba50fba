package io.mosaik.benchmarks;

import io.mosaik.benchmarks.StreamReceiver.Way;
import io.mosaik.benchmarks.StreamSenders.Pace;
import io.mosaik.streams.SlowConsumerPolicy;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Streams over QUIC on loopback, from this process to another one, and beside each of them Netty's
 * raw QUIC streams with the same bytes in the same pattern. The rounds of the two take turns, so
 * that what else the machine does meets both; each figure is the median of the rounds.
 */
final class StreamBenchmark implements AutoCloseable {

  private static final Duration LEAD_IN = Duration.ofMillis(300);
  private static final Pace FLOOD = new Pace.Flood();
  private static final Pace ALONE = new Pace.Alone(Duration.ofMillis(2));

  /** A round in which nothing came is no measurement: it is taken so often. */
  private static final int ATTEMPTS = 50;

  private static final Duration MINUTE = Duration.ofMinutes(1);

  /** While a process is new it compiles, at the expense of what it measures. */
  private static final int FIRST_WARM_UP_ROUNDS = 8;

  private final EnumMap<Way, StreamReceiver> receivers = new EnumMap<>(Way.class);
  private final EnumSet<Way> warm = EnumSet.noneOf(Way.class);
  private final Duration time;
  private final int rounds;
  private final @Nullable Integer bufferedDatums;
  private final Predicate<String> wanted;
  private final Consumer<StreamMeasurement> results;

  /**
   * @param time that a round of a row takes, after a lead-in
   * @param rounds of each row
   * @param bufferedDatums how many datums each producer and each consumer holds; null for what is
   *     usual for the load
   * @param wanted which scenarios, by their names
   * @param results get each row when it is measured
   */
  StreamBenchmark(
      Duration time,
      int rounds,
      @Nullable Integer bufferedDatums,
      Predicate<String> wanted,
      Consumer<StreamMeasurement> results) {
    this.time = time;
    this.rounds = rounds;
    this.bufferedDatums = bufferedDatums;
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
    try (var runs = new Runs(load, pattern, name)) {
      double most = runs.measure("", FLOOD).perSecond();
      runs.measure(", at 10 %", new Pace.Steady(most * 0.1));
      runs.measure(", at 70 %", new Pace.Steady(most * 0.7));
    }
  }

  /** Each datum finds nothing under way: what the way itself takes. */
  private void idle() throws Exception {
    String name = "64 B, 1 to 1, one at a time";
    if (!wanted.test(name)) {
      return;
    }
    try (var runs = new Runs(StreamLoad.SMALL, ONE, name)) {
      StreamMeasurement unused = runs.measure("", ALONE);
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
      try (StreamSource mosaik = open(Way.LISTENER, StreamLoad.SMALL, pattern, stalled, policy)) {
        String with = stalled == 0 ? "" : " and 1 stalled";
        var run = new Run(mosaik, Way.LISTENER, StreamLoad.SMALL, pattern, name + with);
        if (stalled == 0) {
          warmUp(run);
          pace = new Pace.Steady(run.measure("", FLOOD, time).perSecond() / 4);
        }
        run.measure("", pace, time);
        var measured = new ArrayList<StreamMeasurement>();
        for (int i = 0; i < rounds; i++) {
          measured.add(run.measure("", pace, time));
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
    try (StreamSource mosaik = open(Way.LISTENER, load, ONE, 0, SlowConsumerPolicy.BLOCK)) {
      var run = new Run(mosaik, Way.LISTENER, load, ONE, "");
      double perSecond = run.measure("", FLOOD, time).perSecond() / 2;
      for (int minute = 1; minute <= minutes; minute++) {
        var row = new Run(mosaik, Way.LISTENER, load, ONE, "minute %2d, ".formatted(minute));
        StreamMeasurement measured = row.measure("", new Pace.Steady(perSecond), MINUTE);
        results.accept(
            measured.named(measured.name() + Held.now() + " " + receiver(Way.LISTENER).held()));
      }
    }
  }

  private StreamSource open(
      Way way, StreamLoad<?> load, Pattern pattern, int stalled, SlowConsumerPolicy policy)
      throws Exception {
    int buffered = bufferedDatums == null ? load.bufferedDatums() : bufferedDatums;
    StreamSource source =
        way == Way.RAW
            ? new RawQuicStream.Source(load.bytes(), pattern.producers)
            : new MosaikStream.Source<>(load, pattern.producers, policy, buffered);
    receiver(way).open(way, load, pattern.consumers, stalled, buffered, source.addresses());
    source.awaitReceivers(pattern.consumers + stalled);
    return source;
  }

  /** The process that receives in this way; it is started when it is first asked for. */
  private StreamReceiver receiver(Way way) throws IOException {
    StreamReceiver known = receivers.get(way);
    if (known == null) {
      known = new StreamReceiver();
      receivers.put(way, known);
    }
    return known;
  }

  private void warmUp(Run run) throws Exception {
    StreamMeasurement unused =
        run.measure("", FLOOD, warm.add(run.way) ? time.multipliedBy(FIRST_WARM_UP_ROUNDS) : time);
  }

  @Override
  public void close() {
    receivers.values().forEach(StreamReceiver::close);
  }

  /** The same in each way, each on its own: their rounds take turns. */
  private final class Runs implements AutoCloseable {

    private final List<StreamSource> sources = new ArrayList<>();
    private final List<Run> runs = new ArrayList<>();

    Runs(StreamLoad<?> load, Pattern pattern, String name) throws Exception {
      add(Way.RAW, load, pattern, name + ", raw");
      add(Way.LISTENER, load, pattern, name);
      if (pattern.equals(ONE)) {
        add(Way.DIRECT, load, pattern, name + ", direct");
      }
      for (Run run : runs) {
        warmUp(run);
      }
    }

    private void add(Way way, StreamLoad<?> load, Pattern pattern, String name) throws Exception {
      StreamSource source = open(way, load, pattern, 0, SlowConsumerPolicy.BLOCK);
      sources.add(source);
      runs.add(new Run(source, way, load, pattern, name));
    }

    /** Measures each way so many rounds; returns what listeners got. */
    StreamMeasurement measure(String rate, Pace pace) throws Exception {
      var rows = new EnumMap<Way, List<StreamMeasurement>>(Way.class);
      for (int i = 0; i < rounds; i++) {
        StreamMeasurement raw = null;
        for (Run run : runs) {
          StreamMeasurement row = run.measure(rate, pace, time);
          raw = raw == null ? row : raw;
          rows.computeIfAbsent(run.way, way -> new ArrayList<>())
              .add(run.way == Way.RAW ? row : row.besideRaw(raw));
        }
      }
      var medians = new EnumMap<Way, StreamMeasurement>(Way.class);
      rows.forEach((way, measured) -> medians.put(way, StreamMeasurement.median(measured)));
      medians.values().forEach(results);
      return Objects.requireNonNull(medians.get(Way.LISTENER));
    }

    @Override
    public void close() {
      for (StreamSource source : sources) {
        source.close();
      }
    }
  }

  /** Something opened, to be measured at several rates. */
  private final class Run {

    private final StreamSource source;
    private final Way way;
    private final StreamLoad<?> load;
    private final Pattern pattern;
    private final String name;

    Run(StreamSource source, Way way, StreamLoad<?> load, Pattern pattern, String name) {
      this.source = source;
      this.way = way;
      this.load = load;
      this.pattern = pattern;
      this.name = name;
    }

    StreamMeasurement measure(String rate, Pace pace, Duration span) throws Exception {
      StreamReceiver to = receiver(way);
      var senders = new StreamSenders(source, pattern.producers, load.bytes(), pace);
      try {
        Thread.sleep(LEAD_IN);
        StreamMeasurement measured = measure(to, rate, pace, span);
        for (int i = 1; i < ATTEMPTS && measured.perSecond() == 0; i++) {
          measured = measure(to, rate, pace, span); // the machine was busy with something else
        }
        return measured;
      } finally {
        senders.stop();
      }
    }

    private StreamMeasurement measure(StreamReceiver to, String rate, Pace pace, Duration span)
        throws Exception {
      Cost before = Cost.soFar();
      to.begin();
      Thread.sleep(span);
      return to.end()
          .toMeasurement(
              name + rate,
              load.bytes(),
              pattern.consumers,
              Cost.soFar().since(before),
              !(pace instanceof Pace.Flood));
    }
  }
}
