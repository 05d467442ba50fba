package io.mosaik.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The command: measures one part of Mosaik, prints a table, and writes it as JSON if asked to. */
public final class Benchmarks {

  private static final String USAGE =
      """
      usage: ./bench groups|streams [--seconds N] [--json FILE]
                                    [--rounds N] [--only TEXT] [--threads] [--buffer N]
                                    [--soak MINUTES]

        groups       three nodes in one process over QUIC on loopback: commands, strong reads
        streams      two processes over QUIC on loopback: datums of several sizes, from one to one,
                     one to eight and eight to one, each beside Netty's raw QUIC stream
        --seconds N  how long each row is measured, after a warm-up; 5 at first, 1 for streams
        --json FILE  writes the rows there too, as JSON
        --rounds N   how often each row of streams is measured; it shows the medians; 3 at first
        --only TEXT  the scenarios of streams whose name has this in it: "64 B", "1 to 8", "stalled"
        --threads    below each row of streams, which threads the processor time is of
        --buffer N   how many datums each producer and each consumer of streams holds; at first as
                     many as 2 MiB hold, at most 16384
        --soak M     so many minutes of one stream, a row each: cost of a datum, what is held

      A machine that does other things at the same time gives other figures: compare what was
      measured in one run, several times.
      """;

  /** As many as a producer takes. */
  private static final int MAX_BUFFERED_DATUMS = 1_048_576;

  private Benchmarks() {}

  /**
   * Runs it.
   *
   * @param args as {@code --help} says
   */
  public static void main(String[] args) throws Exception {
    Options options;
    try {
      options = Options.of(args);
    } catch (IllegalArgumentException e) {
      System.err.println("bench: " + e.getMessage());
      System.err.print(USAGE);
      System.exit(1);
      return;
    }
    if (options == null) {
      System.out.print(USAGE);
      return;
    }
    List<String> measured = new ArrayList<>();
    switch (options.part) {
      case GROUPS -> runGroups(options, measured);
      case STREAMS -> runStreams(options, measured);
      case STREAMS_RECEIVER -> StreamReceiver.serve();
    }
    if (options.json != null) {
      write(options.json, measured);
    }
  }

  private static void runGroups(Options options, List<String> measured) throws Exception {
    System.out.println(Measurement.header());
    Duration time = options.time == null ? Duration.ofSeconds(5) : options.time;
    try (var groups = new GroupBenchmark()) {
      groups.run(
          new ClosedLoop(time.dividedBy(2), time),
          measurement -> {
            measured.add(measurement.json());
            System.out.println(measurement.row());
          });
    }
  }

  private static void runStreams(Options options, List<String> measured) throws Exception {
    System.out.println(StreamMeasurement.header());
    Duration time = options.time == null ? Duration.ofSeconds(1) : options.time;
    try (var streams =
        new StreamBenchmark(
            time,
            options.rounds,
            options.bufferedDatums,
            name -> name.contains(options.only),
            measurement -> {
              measured.add(measurement.json());
              System.out.println(measurement.row());
              if (options.threads) {
                System.out.println(String.join("\n", measurement.threadRows()));
              }
            })) {
      if (options.soakMinutes > 0) {
        streams.soak(options.soakMinutes);
      } else {
        streams.run();
      }
    }
  }

  private static void write(Path file, List<String> measured) throws IOException {
    Files.writeString(
        file, measured.stream().collect(Collectors.joining(",\n  ", "[\n  ", "\n]\n")));
  }

  /** What is measured. */
  enum Part {
    /** Groups. */
    GROUPS,
    /** Streams. */
    STREAMS,
    /** Nothing: this process receives for one that measures streams. */
    STREAMS_RECEIVER
  }

  /**
   * What the command line says.
   *
   * @param part what is measured
   * @param time of a row; null for what is usual there
   * @param json where the rows are written, too
   * @param rounds of each row
   * @param only which scenarios: those with this in their names
   * @param threads whether to show the processor time of each kind of thread
   * @param bufferedDatums how many datums each producer and each consumer holds; null for what is
   *     usual for the load
   * @param soakMinutes how long one stream is kept busy instead; 0 for not at all
   */
  record Options(
      Part part,
      @Nullable Duration time,
      @Nullable Path json,
      int rounds,
      String only,
      boolean threads,
      @Nullable Integer bufferedDatums,
      int soakMinutes) {

    /**
     * Reads it; null if it asks for help.
     *
     * @throws IllegalArgumentException if it is not understood; the message says what is wrong
     */
    static @Nullable Options of(String... args) {
      Part part = null;
      Duration time = null;
      Path json = null;
      int rounds = 3;
      String only = "";
      boolean threads = false;
      Integer bufferedDatums = null;
      int soakMinutes = 0;
      for (int i = 0; i < args.length; i++) {
        switch (args[i]) {
          case "--help", "-h" -> {
            return null;
          }
          case "groups" -> part = Part.GROUPS;
          case "streams" -> part = Part.STREAMS;
          case StreamReceiver.COMMAND -> part = Part.STREAMS_RECEIVER;
          case "--seconds" ->
              time = Duration.ofSeconds(number("--seconds", value(args, ++i), 3_600));
          case "--json" -> json = Path.of(value(args, ++i));
          case "--rounds" -> rounds = number("--rounds", value(args, ++i), 100);
          case "--only" -> only = value(args, ++i);
          case "--threads" -> threads = true;
          case "--buffer" ->
              bufferedDatums = number("--buffer", value(args, ++i), MAX_BUFFERED_DATUMS);
          case "--soak" -> soakMinutes = number("--soak", value(args, ++i), 10_000);
          default -> throw new IllegalArgumentException("\"" + args[i] + "\" is not known");
        }
      }
      if (part == null) {
        throw new IllegalArgumentException("say what to measure: groups or streams");
      }
      return new Options(part, time, json, rounds, only, threads, bufferedDatums, soakMinutes);
    }

    private static String value(String[] args, int i) {
      if (i == args.length) {
        throw new IllegalArgumentException(args[i - 1] + " needs a value");
      }
      return args[i];
    }

    private static int number(String option, String text, int most) {
      try {
        int number = Integer.parseInt(text);
        if (number >= 1 && number <= most) {
          return number;
        }
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException(option + " takes a number, not \"" + text + "\"", e);
      }
      throw new IllegalArgumentException(option + " is from 1 to " + most + ", not " + text);
    }
  }
}
