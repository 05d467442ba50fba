package io.mosaik.streams;

import static io.mosaik.streams.criteria.Criteria.where;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mosaik.runtime.DeadlineExceededException;
import io.mosaik.runtime.Strand;
import io.mosaik.streams.flow.Encoded;
import io.mosaik.streams.protocol.DatumBatch;
import io.mosaik.streams.protocol.StreamCodec;
import io.mosaik.streams.protocol.StreamMessage;
import io.mosaik.transport.CloseReason;
import io.mosaik.transport.Link;
import io.mosaik.transport.LinkHandler;
import io.mosaik.wire.BinaryWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The ways in which an application sends, and what it hears of it, in a simulated world. */
class ProducerWorldTest {

  private final StreamWorld world = new StreamWorld(1);
  private final StreamWorld.Node n0 = world.start("n0");

  @AfterEach
  void close() {
    world.close();
  }

  @Datum("sends")
  record Item(int number, String text) {

    Item(int number) {
      this(number, "");
    }
  }

  private static List<Item> items(int from, int end) {
    return IntStream.range(from, end).mapToObj(Item::new).toList();
  }

  private ProducerBuilder<Item> producer() {
    return n0.streams().producer(Item.class);
  }

  private Consumer<Item> consumer(String node) {
    return world.start(node).streams().consume(Item.class);
  }

  private static List<Item> listen(Consumer<Item> consumer) {
    var received = new ArrayList<Item>();
    consumer.listen(next -> received.add(next.datum()));
    return received;
  }

  @Test
  void where_nothing_is_said_1024_wait_and_who_is_further_behind_is_disconnected() {
    Producer<Item> producer = n0.streams().produce(Item.class);
    Consumer<Item> stalled = world.start("n1").streams().consumer(Item.class).bufferSize(1).build();
    Consumer<Item> defaults = consumer("n2");
    producer.when().subscribed().minimumOf(2).await();
    for (int i = 0; i < 1 + 1024; i++) {
      producer.send(new Item(i));
      world.run(Duration.ofMillis(1));
    }
    assertThat(producer.consumers()).hasSize(2);
    assertThat(producer.consumers()).extracting(SubscriptionInfo::lag).contains(1024L);
    producer.send(new Item(1025));
    world.run(Duration.ofMillis(100));
    assertThat(stalled.producers().get(0).lastClose()).asString().contains("too slow");
    assertThat(defaults.stats().datums()).as("its own buffer").isEqualTo(1024);
    assertThat(defaults.online().get()).isTrue();
  }

  @Test
  void what_is_sent_at_once_travels_in_few_frames_and_a_lone_datum_at_once() {
    Producer<Item> producer = n0.streams().produce(Item.class);
    var n1 = world.start("n1");
    world.until(
        "they know each other",
        () ->
            n0.discovery().catalog().get().get(n1.peerId()) != null
                && n1.discovery().catalog().get().get(n0.peerId()) != null);
    var frames = new ArrayList<Integer>();
    LinkHandler<StreamMessage> counting =
        new LinkHandler<>() {
          @Override
          public void received(Link<StreamMessage> link, StreamMessage message, int wireBytes) {
            if (message instanceof DatumBatch batch) {
              frames.add(batch.count());
            }
          }

          @Override
          public void closed(Link<StreamMessage> link, CloseReason reason) {}
        };
    Strand strand = n1.host().platform().newStrand("counting");
    n1.links()
        .dial(n0.address(), StreamCodec.PROTOCOL, strand, counting)
        .send(
            new StreamMessage.Subscribe(
                producer.stream(),
                1,
                n1.discovery().self().get().version(),
                new StreamMessage.Credit(100_000, 100_000_000)));
    producer.when().subscribed().await();
    producer.send(new Item(0));
    world.run(Duration.ofMillis(100));
    assertThat(frames).containsExactly(1);

    for (int i = 1; i <= 1_000; i++) {
      assertThat(producer.trySend(new Item(i)).isSent()).isTrue();
    }
    world.run(Duration.ofMillis(100));
    assertThat(frames.stream().mapToInt(Integer::intValue).sum()).isEqualTo(1_001);
    assertThat(frames).hasSizeLessThan(5);
  }

  @Test
  void what_is_not_sent_is_given_back_with_the_reason() {
    Producer<Item> producer =
        producer().bufferSize(1).slowConsumers(SlowConsumerPolicy.BLOCK).build();
    assertThat(producer.trySend(new Item(1))).isEqualTo(new SendResult.Offline<>(new Item(1)));
    world.start("n1").streams().consumer(Item.class).bufferSize(1).build();
    producer.when().subscribed().await();
    int sent = 0;
    SendResult<Item> result = producer.trySend(new Item(0));
    while (result.isSent()) {
      world.run(Duration.ofMillis(5));
      sent++;
      result = producer.trySend(new Item(sent));
    }
    assertThat(result).isEqualTo(new SendResult.Full<>(new Item(sent)));
    producer.close();
    assertThat(producer.trySend(new Item(9))).isEqualTo(new SendResult.Closed<>(new Item(9)));
  }

  @Test
  void many_are_sent_in_order_with_one_call() {
    Producer<Item> producer =
        producer().bufferSize(16).slowConsumers(SlowConsumerPolicy.BLOCK).build();
    var received = listen(consumer("n1"));
    producer.sendAll(items(0, 500));
    world.run(Duration.ofSeconds(1));
    assertThat(received).isEqualTo(items(0, 500));
  }

  @Test
  void a_call_for_many_that_ends_early_says_how_many_were_sent() {
    Producer<Item> producer =
        producer().bufferSize(4).slowConsumers(SlowConsumerPolicy.BLOCK).build();
    Consumer<Item> consumer =
        world.start("n1").streams().consumer(Item.class).bufferSize(2).build();
    producer.when().subscribed().await();
    assertThatThrownBy(() -> producer.sendAll(items(0, 100), Duration.ofSeconds(3)))
        .isInstanceOf(DeadlineExceededException.class)
        .hasMessageContaining("10 datums were sent");
    var received = listen(consumer);
    world.run(Duration.ofSeconds(1));
    assertThat(received).isEqualTo(items(0, 10));

    producer.close();
    assertThatThrownBy(() -> producer.sendAll(items(0, 2)))
        .isInstanceOf(ProducerClosedException.class);
  }

  @Test
  void a_send_tells_how_many_it_was_handed_to() {
    Producer<Item> producer = producer().build();
    consumer("n1");
    consumer("n2");
    world.start("n3").streams().consumer(Item.class).criteria(where("number").atLeast(10)).build();
    CompletableFuture<Integer> waiting = producer.sendAsync(new Item(0));
    producer.when().subscribed().minimumOf(3).await();
    CompletableFuture<Integer> small = producer.sendAsync(new Item(9));
    CompletableFuture<Integer> large = producer.sendAsync(new Item(10));
    world.run(Duration.ofSeconds(1));

    assertThat(waiting).isCompletedWithValueMatching(heard -> heard >= 1);
    assertThat(small).isCompletedWithValue(2);
    assertThat(large).isCompletedWithValue(3);
    producer.close();
    assertThat(producer.sendAsync(new Item(1))).isCompletedExceptionally();
  }

  @Test
  void a_send_that_waits_for_its_turn_returns_how_many_it_was_handed_to() {
    Producer<Item> producer = producer().build();
    consumer("n1");
    Consumer<Item> picky =
        world
            .start("n2")
            .streams()
            .consumer(Item.class)
            .criteria(where("number").atLeast(10))
            .build();
    producer.when().subscribed().minimumOf(2).await();

    assertThat(producer.sendAndCount(new Item(9))).isEqualTo(1);
    assertThat(producer.sendAndCount(new Item(10))).isEqualTo(2);
    assertThat(producer.sendAllAndCount(items(10, 2_000))).as("all wanted by both").isEqualTo(2);
    assertThat(producer.sendAllAndCount(items(5, 15))).as("the least of them").isEqualTo(1);
    assertThat(producer.sendAllAndCount(List.of())).isZero();

    StreamWorld.drain(picky);
    world.node("n1").streams().consumers().getFirst().close();
    producer.when().subscribed().minimumOf(2).unmet().await();
    assertThat(producer.sendAndCount(new Item(1))).as("wanted by nobody").isZero();
    assertThat(producer.sendAllAndCount(items(9, 12))).as("one of them by nobody").isZero();
    producer.close();
    assertThatThrownBy(() -> producer.sendAndCount(new Item(1)))
        .isInstanceOf(ProducerClosedException.class);
  }

  @Test
  void a_send_that_was_not_taken_in_time_is_told_apart_from_one_that_keeps_its_turn() {
    Producer<Item> producer = producer().egressLimit(EgressLimit.datums(1)).build();
    assertThatThrownBy(() -> producer.sendAndCount(new Item(-1), Duration.ofSeconds(3)))
        .isInstanceOf(DeadlineExceededException.class)
        .hasMessageContaining("not online");
    var received = listen(consumer("n1"));
    producer.when().subscribed().await();

    assertThatThrownBy(() -> producer.sendAllAndCount(items(0, 5), Duration.ofMillis(2_500)))
        .isInstanceOf(HandOverPendingException.class)
        .hasMessageContaining("datums were taken and wait for their turn");
    assertThat(received).hasSizeBetween(2, 4);
    world.run(Duration.ofSeconds(10));
    assertThat(received).isEqualTo(items(0, 5));
  }

  @Test
  void what_nobody_wants_is_given_back() {
    var unheard = new ArrayList<Item>();
    Producer<Item> producer = producer().undelivered(unheard::add).build();
    var consumer =
        world
            .start("n1")
            .streams()
            .consumer(Item.class)
            .criteria(where("number").lessThan(3))
            .build();
    producer.when().subscribed().await();
    producer.sendAll(items(0, 6));
    CompletableFuture<Integer> told = producer.sendAsync(new Item(6));
    world.run(Duration.ofSeconds(1));
    assertThat(StreamWorld.drain(consumer)).isEqualTo(items(0, 3));
    assertThat(unheard).isEqualTo(items(3, 7));
    assertThat(told).isCompletedWithValue(0);
  }

  @Test
  void what_is_left_when_a_closed_producers_time_is_over_is_given_back() {
    var unheard = new ArrayList<Item>();
    Producer<Item> producer =
        producer()
            .bufferSize(4)
            .slowConsumers(SlowConsumerPolicy.BLOCK)
            .undelivered(unheard::add)
            .build();
    world.start("n1").streams().consumer(Item.class).bufferSize(2).build();
    producer.when().subscribed().await();
    int sent = 0;
    while (producer.trySend(new Item(sent)).isSent()) {
      sent++;
      world.run(Duration.ofMillis(5));
    }
    assertThat(sent).isEqualTo(2 + 4 + 4);
    producer.close();
    world.run(Duration.ofSeconds(1));
    assertThat(unheard).isEqualTo(items(6, 10));
    assertThat(producer.stats().dropped()).isEqualTo(8);
  }

  @Test
  void a_sink_that_is_behind_costs_datums_and_no_memory() {
    var given = new ArrayList<Object>();
    var counters = new StreamCounters();
    var sink =
        new Undelivered(
            StreamName.of(Item.class),
            n0.host().platform().clock(),
            n0.host().platform().newUserStrand("sink"),
            given::add,
            4,
            100,
            counters);
    sink.giveBack(List.of(encoded(1, 1), encoded(2, 1), encoded(3, 1)));
    sink.giveBack(List.of(encoded(4, 1), encoded(5, 1), encoded(6, 1)));
    assertThat(sink.waitingBytes()).isEqualTo(4);
    world.run(Duration.ofMillis(1));
    sink.giveBack(List.of(encoded(7, 99), encoded(8, 99), encoded(9, 1)));
    world.run(Duration.ofMillis(1));
    assertThat(given).containsExactly(1, 2, 3, 4, 7, 8);
    assertThat(counters.toStats().dropped()).isEqualTo(3);
    assertThat(sink.waitingBytes()).isZero();
  }

  private static Encoded encoded(int number, int bytes) {
    return new Encoded(new BinaryWriter().raw(new byte[bytes]), number, null);
  }

  @Test
  void a_producers_limit_is_over_all_its_consumers_and_holds_its_senders_back() {
    Producer<Item> producer = producer().bufferSize(8).egressLimit(EgressLimit.datums(200)).build();
    var first = listen(consumer("n1"));
    var second = listen(consumer("n2"));
    producer.when().subscribed().minimumOf(2).await();
    int sent = 0;
    for (int ms = 0; ms < 10_000; ms++) {
      while (producer.trySend(new Item(sent)).isSent()) {
        sent++;
      }
      world.run(Duration.ofMillis(1));
    }
    assertThat(sent).isBetween(990, 1_030);
    world.run(Duration.ofSeconds(1));
    assertThat(first).isEqualTo(items(0, sent));
    assertThat(second).isEqualTo(items(0, sent));
    assertThat(producer.stats().dropped()).isZero();
  }

  @Test
  void a_limit_in_bytes_counts_what_the_datums_take() {
    Producer<Item> producer =
        producer().bufferSize(8).egressLimit(EgressLimit.bytes(10_000)).build();
    listen(consumer("n1"));
    producer.when().subscribed().await();
    String kilobyte = "x".repeat(1_000);
    int sent = 0;
    for (int ms = 0; ms < 10_000; ms++) {
      while (producer.trySend(new Item(sent, kilobyte)).isSent()) {
        sent++;
      }
      world.run(Duration.ofMillis(1));
    }
    assertThat(producer.stats().bytes()).isBetween(97_000L, 103_000L);
  }

  @Test
  void a_limit_for_each_consumer_paces_its_link_and_nobody_elses() {
    Producer<Item> producer =
        producer().bufferSize(10_000).egressLimitPerConsumer(EgressLimit.datums(100)).build();
    var all = listen(consumer("n1"));
    var few =
        listen(
            world
                .start("n2")
                .streams()
                .consumer(Item.class)
                .criteria(where("number").lessThan(5))
                .build());
    producer.when().subscribed().minimumOf(2).await();
    producer.sendAll(items(0, 1_000));
    world.run(Duration.ofMillis(200));
    assertThat(few).isEqualTo(items(0, 5));
    assertThat(all.size()).isBetween(20, 35);
    world.run(Duration.ofMillis(4_800));
    assertThat(all.size()).isBetween(490, 520);
    world.run(Duration.ofSeconds(6));
    assertThat(all).isEqualTo(items(0, 1_000));
    assertThat(producer.consumers()).hasSize(2);
  }

  @Test
  void a_consumer_that_may_not_have_enough_meets_the_policy() {
    Producer<Item> producer =
        producer()
            .bufferSize(10)
            .egressLimitPerConsumer(EgressLimit.datums(10))
            .slowConsumers(SlowConsumerPolicy.DROP_OLDEST)
            .build();
    var received = listen(consumer("n1"));
    producer.when().subscribed().await();
    for (Item item : items(0, 100)) {
      producer.send(item);
      world.run(Duration.ofMillis(10));
    }
    world.run(Duration.ofSeconds(3));
    assertThat(received).hasSizeBetween(18, 23).endsWith(new Item(99));
    assertThat(producer.stats().dropped()).isEqualTo(100 - received.size());
  }

  @Test
  void sending_many_tells_how_many_were_taken_whatever_ends_it() {
    Producer<Item> producer = producer().build();
    consumer("n1");
    producer.when().subscribed().await();
    Iterable<Item> withNull = () -> Stream.of(new Item(0), new Item(1), (Item) null).iterator();
    assertThatThrownBy(() -> producer.sendAll(withNull))
        .isInstanceOf(NullPointerException.class)
        .satisfies(e ->
            assertThat(e.getSuppressed()[0]).hasMessageContaining("2 datums were sent, the next"));
    Iterable<Item> closing =
        () ->
            items(0, 5).stream()
                .peek(item -> {
                  if (item.number() == 3) {
                    producer.close();
                  }
                })
                .iterator();
    assertThatThrownBy(() -> producer.sendAll(closing))
        .isInstanceOf(ProducerClosedException.class)
        .hasMessageContaining("3 datums were sent, the next one not: the producer of stream sends");
  }
}
