package io.mosaik.sample.trader;

import io.mosaik.sample.OrderGenerator;
import io.mosaik.sample.OrderLine;
import io.mosaik.sample.OrdersFile;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.springframework.boot.ApplicationArguments;

/**
 * Where the orders come from.
 *
 * @param lines the orders; endless if they are made up
 * @param total how many there are, -1 if they are made up
 * @param ordersPerSecond how fast to send them
 */
record OrderSource(Iterator<OrderLine> lines, long total, int ordersPerSecond) {

  /**
   * Reads the command line: {@code --orders=FILE} sends the orders of a file, {@code --rate=N}
   * makes up N orders a second without end, and without either the packaged file is sent.
   *
   * @throws IllegalArgumentException if both are given, or the rate is no number
   * @throws io.mosaik.sample.OrdersFileException if the file has a mistake
   */
  static OrderSource of(ApplicationArguments args, TraderProperties properties) {
    boolean madeUp = args.containsOption("rate");
    if (madeUp && args.containsOption("orders")) {
      throw new IllegalArgumentException(
          "--orders=FILE and --rate=N exclude each other; give one of them");
    }
    if (madeUp) {
      var generator = new OrderGenerator(new Random().nextLong());
      return new OrderSource(Stream.generate(generator).iterator(), -1, rate(args));
    }
    List<OrderLine> all =
        args.containsOption("orders")
            ? OrdersFile.read(Path.of(single(args, "orders")))
            : OrdersFile.packaged();
    List<OrderLine> mine = all.stream().filter(properties.share()::has).toList();
    return new OrderSource(mine.iterator(), mine.size(), properties.ordersPerSecond());
  }

  private static int rate(ApplicationArguments args) {
    String text = single(args, "rate");
    try {
      int rate = Integer.parseInt(text);
      if (rate >= 1 && rate <= 1_000_000) {
        return rate;
      }
    } catch (NumberFormatException e) {
      throw badRate(text, e);
    }
    throw badRate(text, null);
  }

  private static IllegalArgumentException badRate(
      String text, @org.jspecify.annotations.Nullable Exception cause) {
    return new IllegalArgumentException(
        "--rate=" + text + "; allowed: 1 to 1000000 orders a second", cause);
  }

  private static String single(ApplicationArguments args, String option) {
    List<String> values = args.getOptionValues(option);
    if (values == null || values.size() != 1 || values.get(0).isBlank()) {
      throw new IllegalArgumentException(
          "--" + option + " needs one value: --" + option + "=VALUE");
    }
    return values.get(0);
  }
}
