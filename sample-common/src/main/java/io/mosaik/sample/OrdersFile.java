package io.mosaik.sample;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.StringJoiner;

/**
 * Reads and writes orders as CSV: UTF-8, a comma between values, no quotes, the header {@value
 * #HEADER} first, then one order a line. The reader is strict: the whole file is checked before the
 * first order is sent, and the first mistake ends it.
 */
public final class OrdersFile {

  /** The first line of every orders file. */
  public static final String HEADER = "order_id,kind,pair,side,price_ticks,quantity_lots";

  /** How many orders a file may have. */
  public static final int MAX_ORDERS = 1_000_000;

  private static final int MAX_LINE_CHARS = 200;
  private static final String[] COLUMNS = HEADER.split(",", -1);
  private static final String PACKAGED = "orders.csv";

  private final String name;

  /** Order id to what was placed under it, so that a cancel can be checked. */
  private final Map<Long, OrderLine> placed = new HashMap<>();

  private int line = 1;

  private OrdersFile(String name) {
    this.name = name;
  }

  /**
   * Reads a file.
   *
   * @param file the file
   * @return its orders, in the order of the file
   * @throws OrdersFileException if the file is missing, unreadable or has a mistake
   */
  public static List<OrderLine> read(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return read(file.toString(), in);
    } catch (NoSuchFileException e) {
      throw new OrdersFileException(
          file + ": no such file; give the path of a CSV file that starts with " + HEADER);
    } catch (IOException e) {
      throw new OrdersFileException(file + ": cannot be read: " + e);
    }
  }

  /**
   * Reads the orders that ship with the samples: 12,500 orders on four pairs, the output of {@link
   * OrderGenerator#main} with its defaults.
   *
   * @return the orders
   */
  public static List<OrderLine> packaged() {
    try (InputStream in =
        Objects.requireNonNull(OrdersFile.class.getResourceAsStream(PACKAGED), PACKAGED)) {
      return read(PACKAGED, in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Reads orders from a stream.
   *
   * @param name what to call the stream in errors
   * @param in the bytes; not closed
   * @return the orders
   * @throws IOException if the stream fails
   * @throws OrdersFileException if there is a mistake
   */
  public static List<OrderLine> read(String name, InputStream in) throws IOException {
    return new OrdersFile(name).readAll(in);
  }

  /**
   * Writes orders in the format that {@link #read} takes.
   *
   * @param orders the orders
   * @return the text of the file, lines ended by a line feed
   */
  public static String write(Iterable<OrderLine> orders) {
    var text = new StringBuilder(HEADER).append('\n');
    for (OrderLine order : orders) {
      boolean isNew = order.kind() == OrderKind.NEW;
      var values = new StringJoiner(",", "", "\n");
      values.add(Long.toString(order.orderId()));
      values.add(order.kind().name());
      values.add(order.pair());
      values.add(order.side().name());
      values.add(isNew ? Long.toString(order.priceTicks()) : "");
      values.add(isNew ? Long.toString(order.quantityLots()) : "");
      text.append(values);
    }
    return text.toString();
  }

  private List<OrderLine> readAll(InputStream in) throws IOException {
    List<OrderLine> orders = new ArrayList<>();
    var reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder()));
    try {
      String header = reader.readLine();
      if (header == null) {
        throw new OrdersFileException(name + ": the file is empty; line 1 has to be " + HEADER);
      }
      if (!header.equals(HEADER)) {
        throw mistake("the header is " + quoted(header), "exactly " + HEADER);
      }
      for (String text = reader.readLine(); text != null; text = reader.readLine()) {
        line++;
        if (orders.size() == MAX_ORDERS) {
          throw mistake("one order too many", "at most " + MAX_ORDERS + " orders in a file");
        }
        orders.add(parse(text));
      }
    } catch (CharacterCodingException e) {
      throw new OrdersFileException(
          name + ": after line " + line + ": bytes that are not UTF-8; save the file as UTF-8");
    }
    if (orders.isEmpty()) {
      throw new OrdersFileException(name + ": no order follows the header; at least one has to");
    }
    return orders;
  }

  private OrderLine parse(String text) {
    if (text.length() > MAX_LINE_CHARS) {
      throw mistake("the line has " + text.length() + " characters", "at most " + MAX_LINE_CHARS);
    }
    if (text.isBlank()) {
      throw mistake("the line is empty", "one order per line; delete the line");
    }
    String[] values = text.split(",", -1);
    if (values.length != COLUMNS.length) {
      throw mistake(
          "the line has " + values.length + " values",
          COLUMNS.length + " values, separated by commas: " + HEADER);
    }
    long orderId = number(values, 0, Long.MAX_VALUE);
    OrderKind kind = oneOf(values, 1, OrderKind.values());
    if (!Limits.isPair(values[2])) {
      throw mistake(values, 2, Limits.PAIR_RULE);
    }
    Side side = oneOf(values, 3, Side.values());
    return switch (kind) {
      case NEW -> {
        long price = number(values, 4, Limits.MAX_PRICE_TICKS);
        long quantity = number(values, 5, Limits.MAX_QUANTITY_LOTS);
        var order = new OrderLine(orderId, kind, values[2], side, price, quantity);
        if (placed.putIfAbsent(orderId, order) != null) {
          throw mistake(values, 0, "an order id that no line above has placed already");
        }
        yield order;
      }
      case CANCEL -> {
        for (int column = 4; column <= 5; column++) {
          if (!values[column].isEmpty()) {
            throw mistake(values, column, "nothing: a cancel has no " + COLUMNS[column]);
          }
        }
        OrderLine target = placed.get(orderId);
        if (target == null) {
          throw mistake(values, 0, "in a cancel: the id of an order that a line above has placed");
        }
        if (!target.pair().equals(values[2])) {
          throw mistake(values, 2, target.pair() + ", the pair of the order it cancels");
        }
        if (target.side() != side) {
          throw mistake(values, 3, target.side() + ", the side of the order it cancels");
        }
        yield new OrderLine(orderId, kind, values[2], side, 0, 0);
      }
    };
  }

  private long number(String[] values, int column, long highest) {
    String allowed = "a whole number from 1 to " + highest;
    String text = values[column];
    // Long.parseLong would take a sign and other scripts' digits as well.
    if (text.isEmpty() || text.length() > 19 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw mistake(values, column, allowed);
    }
    try {
      long value = Long.parseLong(text);
      if (value >= 1 && value <= highest) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw mistake(values, column, allowed);
    }
    throw mistake(values, column, allowed);
  }

  private <E extends Enum<E>> E oneOf(String[] values, int column, E[] constants) {
    var allowed = new StringJoiner(" or ");
    for (E constant : constants) {
      if (constant.name().equals(values[column])) {
        return constant;
      }
      allowed.add(constant.name());
    }
    throw mistake(values, column, allowed.toString());
  }

  private OrdersFileException mistake(String[] values, int column, String allowed) {
    return mistake(
        "column " + (column + 1) + " (" + COLUMNS[column] + ") is " + quoted(values[column]),
        allowed);
  }

  private OrdersFileException mistake(String what, String allowed) {
    return new OrdersFileException(name + ": line " + line + ": " + what + "; allowed: " + allowed);
  }

  private static String quoted(String text) {
    return '"' + (text.length() > 60 ? text.substring(0, 60) + "..." : text) + '"';
  }
}
