package io.mosaik.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OrdersFileTest {

  private static final String FIRST = "7,NEW,BTC-USD,BUY,100,5\n";

  @Test
  void what_is_written_can_be_read() throws IOException {
    List<OrderLine> orders =
        List.of(
            new OrderLine(7, OrderKind.NEW, "BTC-USD", Side.BUY, 100, 5),
            new OrderLine(7, OrderKind.CANCEL, "BTC-USD", Side.BUY, 0, 0));
    assertThat(read(OrdersFile.write(orders))).isEqualTo(orders);
  }

  @Test
  void lines_may_end_as_on_windows() throws IOException {
    assertThat(read((OrdersFile.HEADER + "\n" + FIRST).replace("\n", "\r\n"))).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "8,BUY,BTC-USD,BUY,100,5     | column 2 (kind) is \"BUY\"; allowed: NEW or CANCEL",
        "x,NEW,BTC-USD,BUY,100,5     | column 1 (order_id) is \"x\"; allowed: a whole number from 1",
        "-8,NEW,BTC-USD,BUY,100,5    | column 1 (order_id) is \"-8\"; allowed: a whole number",
        "8,NEW,btc,BUY,100,5         | column 3 (pair) is \"btc\"; allowed: BASE-QUOTE",
        "8,NEW,BTC-USD,buy,100,5     | column 4 (side) is \"buy\"; allowed: BUY or SELL",
        "8,NEW,BTC-USD,BUY,1.5,5     | column 5 (price_ticks) is \"1.5\"; allowed: a whole number",
        "8,NEW,BTC-USD,BUY,0,5       | column 5 (price_ticks) is \"0\"; allowed: a whole number",
        "8,NEW,BTC-USD,BUY,100,      | column 6 (quantity_lots) is \"\"; allowed: a whole number",
        "8,NEW,BTC-USD,BUY,100,1000001 | from 1 to 1000000",
        "8,NEW,BTC-USD,BUY,99999999999999999999,1 | column 5 (price_ticks)",
        "8,NEW,BTC-USD,BUY,9999999999999999999,1 | column 5 (price_ticks)",
        "8,NEW,BTC-USD,BUY,100       | the line has 5 values; allowed: 6 values",
        "7,NEW,BTC-USD,BUY,100,5     | no line above has placed already",
        "9,CANCEL,BTC-USD,BUY,,      | the id of an order that a line above has placed",
        "7,CANCEL,ETH-USD,BUY,,      | BTC-USD, the pair of the order it cancels",
        "7,CANCEL,BTC-USD,SELL,,     | BUY, the side of the order it cancels",
        "7,CANCEL,BTC-USD,BUY,100,   | a cancel has no price_ticks",
        "' '                         | the line is empty; allowed: one order per line",
      })
  void a_mistake_names_file_line_column_and_what_is_allowed(String line, String expected) {
    assertThatThrownBy(() -> read(OrdersFile.HEADER + "\n" + FIRST + line + "\n"))
        .isInstanceOf(OrdersFileException.class)
        .hasMessageStartingWith("test.csv: line 3: ")
        .hasMessageContaining(expected);
  }

  @Test
  void the_header_is_required() {
    assertThatThrownBy(() -> read(FIRST))
        .hasMessageStartingWith("test.csv: line 1: the header is \"7,NEW")
        .hasMessageContaining("exactly " + OrdersFile.HEADER);
    assertThatThrownBy(() -> read("")).hasMessageContaining("the file is empty");
    assertThatThrownBy(() -> read(OrdersFile.HEADER)).hasMessageContaining("no order follows");
  }

  @Test
  void bytes_that_are_no_text_are_refused() {
    assertThatThrownBy(
            () -> OrdersFile.read("x", new ByteArrayInputStream(new byte[] {(byte) 0xC3, '\n'})))
        .hasMessageContaining("not UTF-8");
  }

  @Test
  void a_missing_file_is_named() {
    assertThatThrownBy(() -> OrdersFile.read(Path.of("no-such-orders.csv")))
        .hasMessageContaining("no-such-orders.csv: no such file");
  }

  @Test
  void the_packaged_file_is_what_the_generator_prints() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(OrdersFile.class.getResourceAsStream("orders.csv"))) {
      assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8))
          .isEqualTo(
              OrderGenerator.file(OrderGenerator.PACKAGED_ORDERS, OrderGenerator.PACKAGED_SEED));
    }
  }

  @Test
  void the_packaged_orders_are_two_sided_on_several_pairs_with_cancels() {
    List<OrderLine> orders = OrdersFile.packaged();
    assertThat(orders).hasSize(OrderGenerator.PACKAGED_ORDERS);
    Map<String, Integer> byPair = new HashMap<>();
    int cancels = 0;
    int buys = 0;
    for (OrderLine order : orders) {
      byPair.merge(order.pair(), 1, Integer::sum);
      cancels += order.kind() == OrderKind.CANCEL ? 1 : 0;
      buys += order.side() == Side.BUY ? 1 : 0;
    }
    assertThat(orders.size() - cancels).isGreaterThan(10_000);
    assertThat(cancels).isBetween(orders.size() * 15 / 100, orders.size() / 5);
    assertThat(buys).isBetween(orders.size() * 45 / 100, orders.size() * 55 / 100);
    assertThat(byPair).hasSize(4).allSatisfy((pair, n) -> assertThat(n).isGreaterThan(1_000));
  }

  private static List<OrderLine> read(String text) throws IOException {
    return OrdersFile.read(
        "test.csv", new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
  }
}
