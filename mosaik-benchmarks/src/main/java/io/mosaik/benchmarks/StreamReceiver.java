package io.mosaik.benchmarks;

import io.mosaik.streams.Consumer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * The other process: holds the receiving end, and answers line by line, over its standard input and
 * output, to the one that measures.
 */
final class StreamReceiver implements AutoCloseable {

  /** How datums are received. */
  enum Way {
    /** As bytes of a QUIC stream. */
    RAW,
    /** By a listener. */
    LISTENER,
    /** By a listener on the engine's threads. */
    DIRECT
  }

  /** The command line of the other process. */
  static final String COMMAND = "streams-receiver";

  private static final String ANSWER = "> ";

  private final Process process;
  private final PrintStream to;
  private final BufferedReader from;

  /** Starts it, as this process was started. */
  StreamReceiver() throws IOException {
    var command = new ArrayList<String>();
    command.add(ProcessHandle.current().info().command().orElseThrow());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    String classPath = System.getProperty("java.class.path");
    if (classPath.endsWith(".jar") && !classPath.contains(System.getProperty("path.separator"))) {
      command.addAll(List.of("-jar", classPath));
    } else {
      command.addAll(List.of("-cp", classPath, Benchmarks.class.getName()));
    }
    command.add(COMMAND);
    process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    to = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
    from =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  // ---- here ----

  /** Receives there; what was opened before is closed. Blocks until that is done. */
  void open(
      Way way,
      StreamLoad<?> load,
      int takers,
      int stalled,
      int bufferedDatums,
      List<String> addresses) {
    ask(
        String.join(
            "\t",
            "open",
            way.name(),
            load.name(),
            Integer.toString(takers),
            Integer.toString(stalled),
            Integer.toString(bufferedDatums),
            String.join("\t", addresses)));
  }

  /** Begins to count. */
  void begin() {
    ask("begin");
  }

  /** What came since then. */
  Report end() {
    return Report.of(ask("end"));
  }

  /** What the other process holds, after a collection. */
  Held held() {
    String[] fields = ask("held").split("\t", -1);
    return new Held(Long.parseLong(fields[0]), Long.parseLong(fields[1]));
  }

  private String ask(String line) {
    to.println(line);
    try {
      for (String said = from.readLine(); said != null; said = from.readLine()) {
        if (said.startsWith(ANSWER)) {
          return said.substring(ANSWER.length());
        }
        System.err.println(said); // what a virtual machine has to say of its options
      }
      throw new IllegalStateException("the other process is gone; what it said is above");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    to.close();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  /**
   * What came in a while.
   *
   * @param datums at all receivers
   * @param time the while
   * @param cost to the receiving process
   * @param latency of each datum, from when it was due
   */
  record Report(long datums, Duration time, Cost cost, Histogram latency) {

    /**
     * As a row.
     *
     * @param datumBytes of a datum
     * @param consumers how many there are
     * @param sendingCost to the sending process
     * @param timed whether the latencies say anything
     */
    StreamMeasurement toMeasurement(
        String name, int datumBytes, int consumers, Cost sendingCost, boolean timed) {
      double sent = Math.max(1, (double) datums / consumers);
      double perSecond = datums / (double) consumers / (time.toNanos() / 1e9);
      return new StreamMeasurement(
          name,
          perSecond,
          perSecond * datumBytes / 1e6,
          Double.NaN,
          timed ? StreamMeasurement.Latency.of(latency) : StreamMeasurement.Latency.UNKNOWN,
          sendingCost.cpu().plus(cost.cpu()).toNanos() / 1e3 / sent,
          sendingCost.allocatedBytes() / sent,
          cost.allocatedBytes() / sent,
          threadMicros(sendingCost, sent));
    }

    private SortedMap<String, Double> threadMicros(Cost sendingCost, double sent) {
      var micros = new TreeMap<String, Double>();
      sendingCost
          .threads()
          .forEach((name, used) -> micros.put("sending, " + name, used.toNanos() / 1e3 / sent));
      cost.threads()
          .forEach((name, used) -> micros.put("receiving, " + name, used.toNanos() / 1e3 / sent));
      return micros;
    }

    private String toLine() {
      ByteBuffer bytes = ByteBuffer.allocate(latency.getNeededByteBufferCapacity());
      int length = latency.encodeIntoCompressedByteBuffer(bytes);
      byte[] encoded = Arrays.copyOf(bytes.array(), length);
      return String.join(
          "\t",
          Long.toString(datums),
          Long.toString(time.toNanos()),
          Long.toString(cost.cpu().toNanos()),
          Long.toString(cost.allocatedBytes()),
          cost.threads().entrySet().stream()
              .map(each -> each.getKey() + "=" + each.getValue().toNanos())
              .collect(Collectors.joining(";")),
          Base64.getEncoder().encodeToString(encoded));
    }

    private static Report of(String line) {
      String[] fields = line.split("\t", -1);
      try {
        return new Report(
            Long.parseLong(fields[0]),
            Duration.ofNanos(Long.parseLong(fields[1])),
            new Cost(
                Duration.ofNanos(Long.parseLong(fields[2])),
                Long.parseLong(fields[3]),
                threads(fields[4])),
            Histogram.decodeFromCompressedByteBuffer(
                ByteBuffer.wrap(Base64.getDecoder().decode(fields[5])), 0));
      } catch (DataFormatException e) {
        throw new IllegalStateException("the other process answered: " + line, e);
      }
    }
  }

  private static SortedMap<String, Duration> threads(String text) {
    var threads = new TreeMap<String, Duration>();
    for (String each : text.split(";", -1)) {
      int split = each.lastIndexOf('=');
      threads.put(
          each.substring(0, split), Duration.ofNanos(Long.parseLong(each.substring(split + 1))));
    }
    return threads;
  }

  // ---- there ----

  /** The other process. Blocks until its standard input ends. */
  static void serve() throws Exception {
    PrintStream answers = System.out;
    System.setOut(System.err); // where logs go
    var commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    try (var served = new Served()) {
      for (String line = commands.readLine(); line != null; line = commands.readLine()) {
        answers.println(ANSWER + served.answer(line.split("\t", -1)));
        answers.flush();
      }
    }
  }

  private static final class Served implements AutoCloseable {

    private @Nullable StreamSink sink;
    private Cost costBefore = Cost.soFar();
    private long datumsBefore;
    private long beginNs;

    String answer(String[] command) throws Exception {
      return switch (command[0]) {
        case "open" -> {
          close();
          var addresses = Arrays.asList(command).subList(6, command.length);
          int takers = Integer.parseInt(command[3]);
          int stalled = Integer.parseInt(command[4]);
          int buffered = Integer.parseInt(command[5]);
          StreamLoad<?> load = StreamLoad.named(command[2]);
          sink =
              switch (Way.valueOf(command[1])) {
                case RAW -> new RawQuicStream.Sink(load.bytes(), takers, addresses);
                case LISTENER ->
                    new MosaikStream.Sink<>(
                        load, Consumer::listen, takers, stalled, buffered, addresses);
                case DIRECT ->
                    new MosaikStream.Sink<>(
                        load, Consumer::listenDirectly, takers, stalled, buffered, addresses);
              };
          yield "opened";
        }
        case "begin" -> {
          tallies().forEach(StreamSink.Tally::takeLatency);
          costBefore = Cost.soFar();
          datumsBefore = datums();
          beginNs = System.nanoTime();
          yield "begun";
        }
        case "end" -> report().toLine();
        case "held" -> {
          Held held = Held.now();
          yield held.heapBytes() + "\t" + held.directBytes();
        }
        default -> throw new IllegalArgumentException(command[0]);
      };
    }

    private List<StreamSink.Tally> tallies() {
      return sink == null ? List.of() : sink.tallies();
    }

    private long datums() {
      return tallies().stream().mapToLong(StreamSink.Tally::datums).sum();
    }

    private Report report() {
      long datums = datums() - datumsBefore;
      Duration time = Duration.ofNanos(System.nanoTime() - beginNs);
      Cost cost = Cost.soFar().since(costBefore);
      var latency = new Histogram(3);
      tallies().forEach(tally -> latency.add(tally.takeLatency()));
      return new Report(datums, time, cost, latency);
    }

    @Override
    public void close() {
      if (sink != null) {
        sink.close();
        sink = null;
      }
    }
  }
}
