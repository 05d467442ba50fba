package io.mosaik.sample.demo;

import java.nio.file.Path;
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

  static final String USAGE =
      """
      Usage: ./demo [--orders FILE] [--kill-leader] [--keep-running] [--help]

      Builds what is needed, then runs a trading network on this machine: 2 traders send
      orders, 3 matchers replicate one order book and publish its fills, 2 reporters add
      them up. Seven processes; all but one are told the address of that one and nothing
      else. Then checks that every order was applied once on every matcher and that the
      reporters agree with each other and with the book.

        --orders FILE    send the orders of this CSV file instead of the packaged 12,500;
                         its first line is
                         order_id,kind,pair,side,price_ticks,quantity_lots
        --kill-leader    kill the leading matcher (SIGKILL) when half of the orders are
                         applied, and check that nothing was lost or done twice
        --keep-running   keep the network running after the check, until Ctrl-C
        --help           print this

      Exits 0 if everything is right, 1 if not, saying what is wrong.
      """;

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
