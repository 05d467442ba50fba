package io.mosaik.sample.matcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mosaik.groups.ApplyContext;
import io.mosaik.id.SecretKey;
import io.mosaik.sample.Fill;
import io.mosaik.sample.Order;
import io.mosaik.sample.OrderGenerator;
import io.mosaik.streams.SendResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class BookMachineTest {

  private final RecordingProducer fills = new RecordingProducer();
  private final OrderInbox inbox = new OrderInbox();
  private final FillPublisher publisher = new FillPublisher(fills.producer());
  private final BookMachine machine = new BookMachine(publisher::publish, inbox::applied);
  private final TestOrders orders = new TestOrders();

  @Test
  void a_batch_is_applied_its_fills_are_published_and_its_orders_are_no_longer_pending()
      throws Exception {
    List<Order> batch = List.of(orders.sell("a", 1, 100, 5), orders.buy("b", 1, 100, 5));
    for (Order order : batch) {
      inbox.receive(order);
    }
    assertThat(apply(machine, batch, 1)).isEqualTo(2);
    assertThat(inbox.stats().pending()).isZero();
    assertThat(fills.sent).extracting(Fill::sequence).containsExactly(1L);

    assertThat(apply(machine, batch, 2)).as("the same once more").isZero();
    assertThat(fills.sent).hasSize(1);
  }

  @Test
  void a_matcher_that_replays_the_log_publishes_the_same_fills_again() {
    var generator = new OrderGenerator(3);
    List<List<Order>> log = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      List<Order> batch = new ArrayList<>();
      for (int j = 1; j <= 50; j++) {
        batch.add(generator.get().by("t", i * 50L + j, i));
      }
      log.add(batch);
    }
    List<Fill> lateFills = new ArrayList<>();
    var late = new BookMachine(lateFills::add, applied -> {});
    for (int i = 0; i < log.size(); i++) {
      apply(machine, log.get(i), i + 1);
    }
    for (int i = 0; i < log.size(); i++) {
      apply(late, log.get(i), i + 1);
    }
    assertThat(lateFills).isEqualTo(fills.sent).isNotEmpty();
    assertThat(late.query(BookQuery.all())).isEqualTo(machine.query(BookQuery.all()));
  }

  @Test
  void what_nobody_heard_is_counted_and_can_be_asked_for() {
    fills.results.add(SendResult.Offline::new);
    fills.results.add(SendResult.Full::new);
    List<Order> batch = new ArrayList<>();
    for (int i = 1; i <= 3; i++) {
      batch.add(orders.sell("a", i, 100, 1));
      batch.add(orders.buy("b", i, 100, 1));
    }
    apply(machine, batch, 1);
    assertThat(fills.sent).extracting(Fill::sequence).containsExactly(2L, 3L);
    assertThat(publisher.unheard()).isEqualTo(1);
    assertThat(machine.query(BookQuery.fills(1)).fills())
        .extracting(Fill::sequence)
        .containsExactly(1L, 2L, 3L);
  }

  @Test
  void commands_queries_and_answers_survive_the_wire() {
    var batch = new OrderBatch(List.of(orders.sell("a", 1, 100, 5), orders.buy("b", 1, 100, 5)));
    assertThat(machine.commandCodec().fromBytes(machine.commandCodec().toBytes(batch)))
        .isEqualTo(batch);
    apply(machine, batch.orders(), 1);
    for (BookQuery query : List.of(BookQuery.all(), BookQuery.fills(1))) {
      assertThat(machine.queryCodec().fromBytes(machine.queryCodec().toBytes(query)))
          .isEqualTo(query);
      BookAnswer answer = machine.query(query);
      assertThat(machine.answerCodec().fromBytes(machine.answerCodec().toBytes(answer)))
          .isEqualTo(answer);
    }
    assertThat(Objects.requireNonNull(machine.query(BookQuery.all()).overview()).fills())
        .isEqualTo(1);
  }

  @Test
  void a_batch_has_a_bound() {
    assertThatThrownBy(() -> new OrderBatch(List.of())).hasMessageContaining("allowed: 1 to 1000");
    assertThatThrownBy(() -> new BookQuery(true, 1, 1_001)).hasMessageContaining("0 to 1000");
  }

  private static int apply(BookMachine machine, List<Order> orders, long index) {
    var context = new ApplyContext(index, 1, SecretKey.of("origin").peerId());
    return machine.apply(new OrderBatch(orders), context);
  }
}
