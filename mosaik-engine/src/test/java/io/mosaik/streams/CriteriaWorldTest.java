package io.mosaik.streams;

import static io.mosaik.streams.criteria.Criteria.where;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mosaik.id.StreamId;
import io.mosaik.id.Tag;
import io.mosaik.streams.criteria.CriteriaMismatchException;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Consumers that want some of the datums, on whole nodes in a simulated world. */
class CriteriaWorldTest {

  private static final StreamId TRADES = StreamId.of("trades");

  private final StreamWorld world = new StreamWorld(1);

  @AfterEach
  void close() {
    world.close();
  }

  @Datum("trades")
  record Trade(String pair, int number) {}

  /** The same stream as another version of the application has it. */
  record OlderTrade(String symbol, int number) {}

  private static Trade trade(int number) {
    return new Trade(number % 100 == 0 ? "BTC-USD" : "ETH-USD", number);
  }

  private static List<Trade> bitcoin(int from, int end) {
    return IntStream.range(from, end).filter(n -> n % 100 == 0).mapToObj(n -> trade(n)).toList();
  }

  private Consumer<Trade> bitcoinAt(StreamWorld.Node node) {
    return node.streams().consumer(Trade.class).criteria(where("pair").is("BTC-USD")).build();
  }

  private void send(Producer<Trade> producer, int from, int end) {
    for (int number = from; number < end; number++) {
      producer.send(trade(number));
    }
    world.run(Duration.ofSeconds(1));
  }

  @Test
  void a_consumer_gets_what_it_asked_for_in_order_and_the_rest_costs_its_link_nothing() {
    var n0 = world.start("n0");
    Producer<Trade> producer = n0.streams().produce(Trade.class);
    Consumer<Trade> all = world.start("n1").streams().consume(Trade.class);
    Consumer<Trade> some = bitcoinAt(world.start("n2"));
    Consumer<Trade> none =
        world.start("n3").streams().consumer(Trade.class).criteria(where("pair").is("X")).build();
    producer.when().subscribed().minimumOf(3).await();

    send(producer, 0, 1_000);

    assertThat(StreamWorld.drain(all)).hasSize(1_000);
    assertThat(StreamWorld.drain(some)).isEqualTo(bitcoin(0, 1_000));
    assertThat(some.stats().datums()).isEqualTo(10);
    assertThat(some.stats().missed()).isZero();
    assertThat(some.stats().bytes() * 95).isLessThan(all.stats().bytes());
    assertThat(none.stats()).isEqualTo(new StreamStats(0, 0, 0, 0, 0, 0, 0, 0));
    assertThat(producer.stats().datums()).isEqualTo(1_010);
    assertThat(producer.stats().bytes()).isEqualTo(all.stats().bytes() + some.stats().bytes());
    assertThat(producer.consumers())
        .extracting(SubscriptionInfo::datums)
        .containsExactlyInAnyOrder(1_000L, 10L, 0L);
  }

  @Test
  void what_was_missed_while_away_is_counted_in_datums_that_it_wanted() {
    var n0 = world.start("n0");
    Producer<Trade> producer = n0.streams().produce(Trade.class);
    Consumer<Trade> all = world.start("n1").streams().consume(Trade.class);
    Consumer<Trade> some = bitcoinAt(world.start("n2"));
    producer.when().subscribed().minimumOf(2).await();
    send(producer, 0, 100);

    world.world().cut("n0", "n2");
    world.until("the producer noticed", () -> producer.consumers().size() == 1);
    send(producer, 100, 600);
    world.world().mend("n0", "n2");
    producer.when().subscribed().minimumOf(2).await();
    send(producer, 600, 700);

    assertThat(StreamWorld.drain(some)).containsExactly(trade(0), trade(600));
    assertThat(some.stats().missed()).isEqualTo(5);
    assertThat(StreamWorld.drain(all)).hasSize(700);
  }

  @Test
  void a_consumer_that_wants_little_is_slow_only_by_what_it_wants() {
    var n0 = world.start("n0");
    Producer<Trade> producer = n0.streams().producer(Trade.class).bufferSize(8).build();
    Consumer<Trade> some =
        world
            .start("n1")
            .streams()
            .consumer(Trade.class)
            .criteria(where("pair").is("BTC-USD"))
            .bufferSize(1)
            .build();
    producer.when().subscribed().await();

    for (int number = 0; number < 801; number++) {
      producer.send(trade(number));
      world.run(Duration.ofMillis(1));
    }
    assertThat(producer.consumers()).hasSize(1);
    for (int number = 801; number < 901; number++) {
      producer.trySend(trade(number));
      world.run(Duration.ofMillis(1));
    }
    world.run(Duration.ofMillis(20));
    assertThat(producer.consumers()).isEmpty();
    assertThat(StreamWorld.drain(some)).containsExactly(trade(0));
  }

  @Test
  void criteria_that_the_own_type_cannot_answer_fail_at_build() {
    var builder = world.start("n0").streams().consumer(Trade.class);
    builder.criteria(where("pari").is("BTC-USD"));
    assertThatThrownBy(builder::build)
        .isInstanceOf(CriteriaMismatchException.class)
        .hasMessageContaining("pari")
        .hasMessageContaining("pair, number");
  }

  @Test
  void a_producer_whose_type_cannot_answer_refuses_and_is_asked_again_when_it_changes() {
    var n0 = world.start("n0");
    Producer<OlderTrade> older = n0.streams().producer(OlderTrade.class).stream(TRADES).build();
    Consumer<Trade> picky = bitcoinAt(world.start("n1"));
    Consumer<Trade> modest =
        world.start("n2").streams().consumer(Trade.class).criteria(where("number").is(1)).build();
    modest.when().subscribed().await();
    world.run(Duration.ofSeconds(30));
    assertThat(picky.when().subscribed().isMet()).isFalse();
    assertThat(older.consumers()).hasSize(1);

    older.close();
    Producer<Trade> newer = n0.streams().produce(Trade.class);
    n0.discovery().addTags(Tag.of("upgraded"));
    newer.when().subscribed().minimumOf(2).await();
    newer.send(trade(100));
    assertThat(picky.receive(Duration.ofSeconds(1))).isEqualTo(trade(100));
  }

  @Test
  void closing_a_producer_hands_over_what_is_wanted_first() {
    var n0 = world.start("n0");
    Producer<Trade> producer = n0.streams().produce(Trade.class);
    Consumer<Trade> some = bitcoinAt(world.start("n1"));
    producer.when().subscribed().await();
    for (int number = 0; number < 1_000; number++) {
      producer.trySend(trade(number));
    }
    producer.close();
    world.run(Duration.ofSeconds(1));
    assertThat(StreamWorld.drain(some)).isEqualTo(bitcoin(0, 1_000));
  }
}
