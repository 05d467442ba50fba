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
      usage: ./bench groups [--seconds N] [--json FILE]

        groups       three nodes in one process over QUIC on loopback: commands, strong reads
        --seconds N  how long each row is measured, after half of that as a warm-up; 5 at first
        --json FILE  writes the rows there too, as JSON

      A machine that does other things at the same time gives other figures: compare what was
      measured in one run, several times.
      """;

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
    List<Measurement> measured = new ArrayList<>();
    System.out.println(Measurement.header());
    try (var groups = new GroupBenchmark()) {
      groups.run(
          new ClosedLoop(options.time.dividedBy(2), options.time),
          measurement -> {
            measured.add(measurement);
            System.out.println(measurement.row());
          });
    }
    if (options.json != null) {
      write(options.json, measured);
    }
  }

  private static void write(Path file, List<Measurement> measured) throws IOException {
    Files.writeString(
        file,
        measured.stream()
            .map(Measurement::json)
            .collect(Collectors.joining(",\n  ", "[\n  ", "\n]\n")));
  }

  /** What the command line says. */
  record Options(Duration time, @Nullable Path json) {

    private static final int MOST_SECONDS = 3_600;

    /**
     * Reads it; null if it asks for help.
     *
     * @throws IllegalArgumentException if it is not understood; the message says what is wrong
     */
    static @Nullable Options of(String... args) {
      Duration time = Duration.ofSeconds(5);
      Path json = null;
      boolean named = false;
      for (int i = 0; i < args.length; i++) {
        switch (args[i]) {
          case "--help", "-h" -> {
            return null;
          }
          case "groups" -> named = true;
          case "--seconds" -> time = Duration.ofSeconds(seconds(value(args, ++i)));
          case "--json" -> json = Path.of(value(args, ++i));
          default -> throw new IllegalArgumentException("\"" + args[i] + "\" is not known");
        }
      }
      if (!named) {
        throw new IllegalArgumentException("say what to measure: groups");
      }
      return new Options(time, json);
    }

    private static String value(String[] args, int i) {
      if (i == args.length) {
        throw new IllegalArgumentException(args[i - 1] + " needs a value");
      }
      return args[i];
    }

    private static int seconds(String text) {
      try {
        int seconds = Integer.parseInt(text);
        if (seconds >= 1 && seconds <= MOST_SECONDS) {
          return seconds;
        }
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException("--seconds takes a number, not \"" + text + "\"", e);
      }
      throw new IllegalArgumentException(
          "--seconds is from 1 to " + MOST_SECONDS + ", not " + text);
    }
  }
}
