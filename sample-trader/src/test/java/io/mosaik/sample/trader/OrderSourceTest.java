package io.mosaik.sample.trader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mosaik.sample.OrderGenerator;
import io.mosaik.sample.OrderLine;
import io.mosaik.sample.OrdersFile;
import io.mosaik.sample.OrdersFileException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.DefaultApplicationArguments;

class OrderSourceTest {

  private static final TraderProperties ALONE =
      new TraderProperties("t", new Share(1, 1), 1_000, 1, true);

  @Test
  void without_options_the_packaged_orders_are_sent() {
    OrderSource source = source(ALONE);
    assertThat(source.total()).isEqualTo(OrderGenerator.PACKAGED_ORDERS);
    assertThat(source.ordersPerSecond()).isEqualTo(1_000);
  }

  @Test
  void traders_that_share_a_file_send_each_order_once_and_a_cancel_with_its_order() {
    List<OrderLine> sent = new ArrayList<>();
    for (int part = 1; part <= 3; part++) {
      var properties = new TraderProperties("t", new Share(part, 3), 1_000, 1, true);
      OrderSource source = source(properties);
      Set<Long> placed = new HashSet<>();
      source
          .lines()
          .forEachRemaining(line -> {
            sent.add(line);
            switch (line.kind()) {
              case NEW -> placed.add(line.orderId());
              case CANCEL -> assertThat(placed).contains(line.orderId());
            }
          });
    }
    assertThat(sent).containsExactlyInAnyOrderElementsOf(OrdersFile.packaged());
  }

  @Test
  void a_file_of_the_users_is_sent(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("mine.csv");
    Files.writeString(file, OrdersFile.HEADER + "\n1,NEW,BTC-USD,BUY,100,5\n");
    assertThat(source(ALONE, "--orders=" + file).total()).isEqualTo(1);
  }

  @Test
  void a_rate_makes_up_orders_without_end() {
    OrderSource source = source(ALONE, "--rate=250");
    assertThat(source.total()).isEqualTo(-1);
    assertThat(source.ordersPerSecond()).isEqualTo(250);
    for (int i = 0; i < 20_000; i++) {
      assertThat(source.lines().hasNext()).isTrue();
      source.lines().next();
    }
  }

  @Test
  void mistakes_say_what_is_allowed() {
    assertThatThrownBy(() -> source(ALONE, "--rate=fast")).hasMessageContaining("1 to 1000000");
    assertThatThrownBy(() -> source(ALONE, "--rate=0")).hasMessageContaining("1 to 1000000");
    assertThatThrownBy(() -> source(ALONE, "--rate=1", "--orders=x"))
        .hasMessageContaining("exclude each other");
    assertThatThrownBy(() -> source(ALONE, "--orders")).hasMessageContaining("--orders=VALUE");
    assertThatThrownBy(() -> source(ALONE, "--orders=no-such-file.csv"))
        .isInstanceOf(OrdersFileException.class);
  }

  @Test
  void a_share_is_one_part_of_some() {
    assertThat(Share.valueOf("2/3")).isEqualTo(new Share(2, 3));
    for (String wrong : List.of("", "2", "3/2", "0/2", "1/0", "a/b", "1/2/3")) {
      assertThatThrownBy(() -> Share.valueOf(wrong))
          .as(wrong)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("allowed");
    }
  }

  private static OrderSource source(TraderProperties properties, String... args) {
    return OrderSource.of(new DefaultApplicationArguments(args), properties);
  }
}
