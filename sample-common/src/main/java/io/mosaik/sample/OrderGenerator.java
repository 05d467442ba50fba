package io.mosaik.sample;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/**
 * An endless, seeded supply of plausible orders: limit orders on both sides around a mid price that
 * walks randomly per pair, some of them crossing the spread, and about one cancel in six lines. The
 * same seed gives the same orders on every machine.
 *
 * <p>Not thread-safe.
 */
public final class OrderGenerator implements Supplier<OrderLine> {

  /** Seed of the orders file that ships with the samples. */
  public static final long PACKAGED_SEED = 20_260_101L;

  /** Number of orders in the file that ships with the samples. */
  public static final int PACKAGED_ORDERS = 12_500;

  private static final int CANCELS_PERCENT = 17;

  /** Cancels pick among this many latest orders: traders change their minds soon or not at all. */
  private static final int CANCEL_WINDOW = 400;

  /** A pair with its market: where the mid starts and how wide the spread usually is. */
  private static final class Market {
    final String pair;
    final int weightPercent;
    final long startTicks;
    final int spreadTicks;
    long midTicks;

    Market(String pair, int weightPercent, long midTicks, int spreadTicks) {
      this.pair = pair;
      this.weightPercent = weightPercent;
      this.startTicks = midTicks;
      this.midTicks = midTicks;
      this.spreadTicks = spreadTicks;
    }
  }

  private final Random random;
  private final List<Market> markets =
      List.of(
          new Market("BTC-USD", 40, 6_425_000, 400),
          new Market("ETH-USD", 30, 342_150, 60),
          new Market("SOL-USD", 20, 15_320, 12),
          new Market("ETH-BTC", 10, 53_250, 20));
  private final List<OrderLine> recent = new ArrayList<>();
  private long nextOrderId = 1;

  /**
   * A generator.
   *
   * @param seed same seed, same orders
   */
  public OrderGenerator(long seed) {
    this.random = new Random(seed);
  }

  /**
   * The next order.
   *
   * @return a new order, or a cancel of one of the orders given out before
   */
  @Override
  public OrderLine get() {
    if (recent.size() >= 20 && random.nextInt(100) < CANCELS_PERCENT) {
      OrderLine target = recent.remove(random.nextInt(recent.size()));
      return new OrderLine(target.orderId(), OrderKind.CANCEL, target.pair(), target.side(), 0, 0);
    }
    Market market = pick();
    walk(market);
    Side side = random.nextBoolean() ? Side.BUY : Side.SELL;
    var order =
        new OrderLine(
            nextOrderId++, OrderKind.NEW, market.pair, side, price(market, side), quantity());
    recent.add(order);
    if (recent.size() > CANCEL_WINDOW) {
      recent.remove(0);
    }
    return order;
  }

  private Market pick() {
    int ticket = random.nextInt(100);
    for (Market market : markets) {
      ticket -= market.weightPercent;
      if (ticket < 0) {
        return market;
      }
    }
    throw new IllegalStateException("the weights of the markets do not add up to 100");
  }

  /** A random walk with a faint pull back to the start, so that long runs stay plausible. */
  private void walk(Market market) {
    int step = Math.max(1, market.spreadTicks / 4);
    market.midTicks += random.nextInt(2 * step + 1) - step;
    market.midTicks += (market.startTicks - market.midTicks) / 2_000;
    market.midTicks = Math.max(market.midTicks, market.startTicks / 2);
  }

  /** A third crosses the mid; the rest joins the book near it, fewer the farther away. */
  private long price(Market market, Side side) {
    int depth = 1;
    while (depth < 8 && random.nextInt(100) < 55) {
      depth++;
    }
    long away = (long) depth * market.spreadTicks / 2 + random.nextInt(market.spreadTicks);
    boolean crosses = random.nextInt(100) < 33;
    boolean above = (side == Side.SELL) != crosses;
    return market.midTicks + (above ? away : -away);
  }

  /** Mostly small, in round numbers, now and then a block. */
  private long quantity() {
    int kind = random.nextInt(100);
    if (kind < 60) {
      return 1L + random.nextInt(10);
    }
    if (kind < 95) {
      return 5L * (1 + random.nextInt(20));
    }
    return 100L * (1 + random.nextInt(10));
  }

  /**
   * Prints an orders file. The file that ships with the samples is made by running this class
   * without arguments; {@code docs/samples.md} has the command.
   *
   * @param args number of orders and seed, both optional
   */
  public static void main(String[] args) {
    int orders = args.length > 0 ? Integer.parseInt(args[0]) : PACKAGED_ORDERS;
    long seed = args.length > 1 ? Long.parseLong(args[1]) : PACKAGED_SEED;
    System.out.print(file(orders, seed));
  }

  static String file(int orders, long seed) {
    var generator = new OrderGenerator(seed);
    List<OrderLine> lines = new ArrayList<>(orders);
    for (int i = 0; i < orders; i++) {
      lines.add(generator.get());
    }
    return OrdersFile.write(lines);
  }
}
