package io.mosaik.sample.demo;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The command line.
 *
 * @param orders the orders file, or null for the one that ships with the samples
 * @param killLeader whether to kill the leading matcher midway
 * @param keepRunning whether to leave the network running after the check, until Ctrl-C
 * @param help whether to explain and do nothing else
 */
record Options(@Nullable Path orders, boolean killLeader, boolean keepRunning, boolean help) {

  /** The explanation of every option; {@code ./demo} prints it too, without building first. */
  static String usage() {
    try (InputStream in =
        Objects.requireNonNull(Options.class.getResourceAsStream("usage.txt"), "usage.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Reads the command line.
   *
   * @throws DemoException if it has an argument that is not allowed
   */
  static Options parse(String... args) {
    Path orders = null;
    boolean killLeader = false;
    boolean keepRunning = false;
    boolean help = false;
    for (int i = 0; i < args.length; i++) {
      String arg = args[i];
      if (arg.equals("--kill-leader")) {
        killLeader = true;
      } else if (arg.equals("--keep-running")) {
        keepRunning = true;
      } else if (arg.equals("--help") || arg.equals("-h")) {
        help = true;
      } else if (arg.startsWith("--orders=") && arg.length() > "--orders=".length()) {
        orders = Path.of(arg.substring("--orders=".length()));
      } else if (arg.equals("--orders") && i + 1 < args.length && !args[i + 1].startsWith("--")) {
        orders = Path.of(args[++i]);
      } else if (arg.equals("--orders") || arg.equals("--orders=")) {
        throw new DemoException("--orders needs a file: ./demo --orders FILE");
      } else {
        throw new DemoException(
            "unknown option \""
                + arg
                + "\"; allowed: --orders FILE, --kill-leader, --keep-running, --help");
      }
    }
    return new Options(orders, killLeader, keepRunning, help);
  }
}
