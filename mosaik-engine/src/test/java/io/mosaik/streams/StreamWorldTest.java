package io.mosaik.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mosaik.id.StreamId;
import io.mosaik.runtime.DeadlineExceededException;
import io.mosaik.sim.LinkProfile;
import io.mosaik.wire.BinaryReader;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.Codec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What users of streams see, on whole nodes in a simulated world. */
class StreamWorldTest {

  private final StreamWorld world = new StreamWorld(1);

  @AfterEach
  void close() {
    world.close();
  }

  @Datum("numbers")
  record Reading(int value) {}

  private static List<Reading> numbers(int from, int to) {
    return IntStream.range(from, to).mapToObj(Reading::new).toList();
  }

  @Test
  void one_producer_reaches_two_consumers() {
    var n0 = world.start("n0");
    var n1 = world.start("n1");
    var n2 = world.start("n2");
    Producer<Reading> p0 = n0.streams().produce(Reading.class);
    Consumer<Reading> c1 = n1.streams().consume(Reading.class);
    Consumer<Reading> c2 = n2.streams().consume(Reading.class);

    p0.when().subscribed().minimumOf(2).await();
    p0.send(new Reading(42));

    assertThat(c1.receive()).isEqualTo(new Reading(42));
    assertThat(c2.receive()).isEqualTo(new Reading(42));
  }

  @Test
  void datums_of_a_producer_come_in_order_each_once_and_both_ends_count_alike() {
    var n0 = world.start("n0");
    var n1 = world.start("n1");
    Producer<Reading> producer = n0.streams().produce(Reading.class);
    Consumer<Reading> consumer = n1.streams().consume(Reading.class);
    producer.when().subscribed().await();

    var received = new ArrayList<Reading>();
    consumer.listen(next -> received.add(next.datum()));
    for (Reading number : numbers(0, 5_000)) {
      producer.send(number);
      if (number.value() % 700 == 0) {
        world.run(Duration.ofMillis(5));
      }
    }
    world.until("all have come", () -> received.size() == 5_000);

    assertThat(received).isEqualTo(numbers(0, 5_000));
    assertThat(consumer.stats()).isEqualTo(producer.stats());
    assertThat(consumer.stats().datums()).isEqualTo(5_000);
    SubscriptionInfo there = producer.consumers().get(0);
    SubscriptionInfo here = consumer.producers().get(0);
    assertThat(there.datums()).isEqualTo(here.datums()).isEqualTo(5_000);
    assertThat(there.bytes()).isEqualTo(here.bytes()).isPositive();
    assertThat(here.peer()).isEqualTo(n0.peerId());
    assertThat(there.peer()).isEqualTo(n1.peerId());
    assertThat(here.uptime()).isPositive();
  }

  @Test
  void a_consumer_takes_from_every_producer() {
    var n0 = world.start("n0");
    var n1 = world.start("n1");
    var n2 = world.start("n2");
    Consumer<Reading> consumer = n0.streams().consume(Reading.class);
    Producer<Reading> p1 = n1.streams().produce(Reading.class);
    Producer<Reading> p2 = n2.streams().produce(Reading.class);
    consumer.when().subscribed().minimumOf(2).await();

    for (int i = 0; i < 100; i++) {
      p1.send(new Reading(i));
      p2.send(new Reading(1_000 + i));
    }
    world.run(Duration.ofSeconds(1));

    List<Reading> all = StreamWorld.drain(consumer);
    assertThat(all.stream().filter(n -> n.value() < 1_000))
        .containsExactlyElementsOf(numbers(0, 100));
    assertThat(all.stream().filter(n -> n.value() >= 1_000))
        .containsExactlyElementsOf(numbers(1_000, 1_100));
  }

  @Test
  void a_late_consumer_gets_what_is_sent_from_then_on() {
    var n0 = world.start("n0");
    var n1 = world.start("n1");
    Producer<Reading> producer = n0.streams().produce(Reading.class);
    Consumer<Reading> early = n1.streams().consume(Reading.class);
    producer.when().subscribed().await();
    producer.send(new Reading(1));
    world.run(Duration.ofSeconds(1));

    var n2 = world.start("n2");
    Consumer<Reading> late = n2.streams().consume(Reading.class);
    producer.when().subscribed().minimumOf(2).await();
    producer.send(new Reading(2));
    world.run(Duration.ofSeconds(1));

    assertThat(StreamWorld.drain(early)).isEqualTo(numbers(1, 3));
    assertThat(StreamWorld.drain(late)).isEqualTo(numbers(2, 3));
    assertThat(late.stats().missed()).isZero();
  }

  @Test
  void a_slow_consumer_is_disconnected_and_the_others_get_everything() {
    var n0 = world.start("n0");
    var n1 = world.start("n1");
    var n2 = world.start("n2");
    Producer<Reading> producer = n0.streams().producer(Reading.class).bufferSize(64).build();
    Consumer<Reading> slow = n1.streams().consumer(Reading.class).bufferSize(16).build();
    Consumer<Reading> quick = n2.streams().consumer(Reading.class).bufferSize(16).build();
    var received = new ArrayList<Reading>();
    quick.listen(next -> received.add(next.datum()));
    producer.when().subscribed().minimumOf(2).await();

    for (Reading number : numbers(0, 500)) {
      producer.send(number);
      world.run(Duration.ofMillis(1));
    }
    world.run(Duration.ofMillis(200));

    assertThat(received).isEqualTo(numbers(0, 500));
    assertThat(StreamWorld.drain(slow)).isEqualTo(numbers(0, 16));
    assertThat(producer.stats().dropped()).isGreaterThanOrEqualTo(64);
    assertThat(quick.stats().missed()).isZero();
  }

  @Test
  void a_datum_is_encoded_once_for_all_that_take_it() {
    var encoded = new AtomicInteger();
    Codec<Reading> counting =
        new Codec<>() {
          @Override
          public void encode(Reading value, BinaryWriter out) {
            encoded.incrementAndGet();
            out.varint(value.value());
          }

          @Override
          public Reading decode(BinaryReader in) {
            return new Reading((int) in.varint());
          }
        };
    var producer = world.start("n0").streams().producer(Reading.class).codec(counting).build();
    List<Consumer<Reading>> consumers = new ArrayList<>();
    for (int i = 1; i <= 8; i++) {
      consumers.add(world.start("n" + i).streams().consumer(Reading.class).codec(counting).build());
    }
    producer.when().subscribed().minimumOf(8).await();
    for (Reading number : numbers(0, 100)) {
      producer.send(number);
    }
    world.run(Duration.ofMillis(100));
    consumers.forEach(each -> assertThat(StreamWorld.drain(each)).isEqualTo(numbers(0, 100)));
    assertThat(encoded).hasValue(100);
  }

  @Test
  void one_of_eight_that_stalls_costs_the_other_seven_nothing() {
    assertThat(arrivalsAtSeven(true)).isEqualTo(arrivalsAtSeven(false));
  }

  /** When each datum came to each of seven consumers, beside an eighth that stalls or doesn't. */
  private static List<Duration> arrivalsAtSeven(boolean stalling) {
    try (var run = new StreamWorld(1)) {
      run.world().links(LinkProfile.ofLatency(Duration.ofMillis(3)));
      var producer = run.start("n0").streams().producer(Reading.class).bufferSize(64).build();
      var arrivals = new ArrayList<Duration>();
      for (int i = 1; i <= 7; i++) {
        Consumer<Reading> consumer = run.start("n" + i).streams().consume(Reading.class);
        consumer.listen(next -> arrivals.add(run.world().now()));
      }
      Consumer<Reading> eighth = run.start("n8").streams().consumer(Reading.class).build();
      if (!stalling) {
        eighth.listen(next -> {});
      }
      producer.when().subscribed().minimumOf(8).await();
      Duration start = run.world().now();
      for (Reading number : numbers(0, 3_000)) {
        assertThat(producer.trySend(number).isSent()).isTrue();
        run.run(Duration.ofMillis(1));
      }
      run.run(Duration.ofMillis(20));
      assertThat(arrivals).hasSize(7 * 3_000);
      assertThat(producer.stats().dropped() > 0).isEqualTo(stalling);
      return arrivals.stream().map(at -> at.minus(start)).toList();
    }
  }

  @Test
  void a_consumer_that_was_too_slow_comes_back_and_knows_how_much_it_missed() {
    var n0 = world.start("n0");
    var n1 = world.start("n1");
    Producer<Reading> producer = n0.streams().producer(Reading.class).bufferSize(8).build();
    Consumer<Reading> consumer = n1.streams().consumer(Reading.class).bufferSize(8).build();
    producer.when().subscribed().await();
    for (Reading number : numbers(0, 17)) {
      assertThat(producer.trySend(number).isSent()).isTrue();
      world.run(Duration.ofMillis(5));
    }
    world.run(Duration.ofMillis(50));
    assertThat(producer.consumers()).isEmpty();
    assertThat(StreamWorld.drain(consumer)).isEqualTo(numbers(0, 8));

    producer.when().subscribed().await();
    producer.send(new Reading(17));
    world.run(Duration.ofMillis(50));

    assertThat(StreamWorld.drain(consumer)).isEqualTo(numbers(17, 18));
    assertThat(consumer.stats().missed()).isEqualTo(9);
  }

  @Test
  void an_application_that_stops_reading_stops_only_its_own_window() {
    var n0 = world.start("n0");
    var n1 = world.start("n1");
    Producer<Reading> producer =
        n0.streams()
            .producer(Reading.class)
            .bufferSize(32)
            .slowConsumers(SlowConsumerPolicy.BLOCK)
            .build();
    Consumer<Reading> consumer = n1.streams().consumer(Reading.class).bufferSize(16).build();
    producer.when().subscribed().await();

    int sent = 0;
    while (producer.trySend(new Reading(sent)).isSent()) {
      sent++;
      world.run(Duration.ofMillis(1));
    }

    assertThat(sent).isEqualTo(16 + 32 + 32);
    assertThat(consumer.stats().datums()).isEqualTo(16);
    assertThatThrownBy(() -> producer.send(new Reading(-1), Duration.ofSeconds(1)))
        .isInstanceOf(DeadlineExceededException.class)
        .hasMessageContaining("no room");

    var all = new ArrayList<Reading>();
    for (int i = 0; i < 50; i++) {
      all.addAll(StreamWorld.drain(consumer));
      world.run(Duration.ofMillis(10));
    }
    assertThat(all).isEqualTo(numbers(0, sent));
    assertThat(producer.consumers()).hasSize(1);
  }

  @Test
  void a_subscription_that_was_cut_comes_back() {
    var n0 = world.start("n0");
    var n1 = world.start("n1");
    Producer<Reading> producer = n0.streams().produce(Reading.class);
    Consumer<Reading> consumer = n1.streams().consume(Reading.class);
    producer.when().subscribed().await();
    producer.send(new Reading(1));
    world.run(Duration.ofSeconds(1));

    world.world().cut("n0", "n1");
    world.until("both notice", () -> !isMet(producer) && !consumer.when().subscribed().isMet());
    assertThat(producer.trySend(new Reading(2)))
        .isEqualTo(new SendResult.Offline<>(new Reading(2)));
    world.world().mend("n0", "n1");
    world.until("it is back", () -> isMet(producer));
    producer.send(new Reading(3));
    world.run(Duration.ofSeconds(1));

    assertThat(StreamWorld.drain(consumer)).containsExactly(new Reading(1), new Reading(3));
  }

  private static boolean isMet(Producer<?> producer) {
    return producer.when().subscribed().isMet();
  }

  @Test
  void without_a_consumer_trySend_is_offline_and_send_waits_for_one() {
    var n0 = world.start("n0");
    Producer<Reading> producer = n0.streams().produce(Reading.class);
    world.run(Duration.ofSeconds(1));
    assertThat(producer.trySend(new Reading(1)))
        .isEqualTo(new SendResult.Offline<>(new Reading(1)));
    assertThatThrownBy(() -> producer.send(new Reading(1), Duration.ofSeconds(2)))
        .isInstanceOf(DeadlineExceededException.class)
        .hasMessageContaining("not online");

    var sent = producer.sendAsync(new Reading(7));
    world.run(Duration.ofSeconds(1));
    assertThat(sent).isNotDone();
    var n1 = world.start("n1");
    Consumer<Reading> consumer = n1.streams().consume(Reading.class);
    world.until("it was taken", sent::isDone);
    assertThat(sent).isCompleted();
    assertThat(consumer.receive(Duration.ofSeconds(1))).isEqualTo(new Reading(7));
  }

  @Test
  void closing_a_producer_hands_over_all_it_took_first() {
    var n0 = world.start("n0");
    var n1 = world.start("n1");
    Producer<Reading> producer = n0.streams().produce(Reading.class);
    Consumer<Reading> consumer = n1.streams().consumer(Reading.class).bufferSize(100).build();
    producer.when().subscribed().await();
    for (Reading number : numbers(0, 1_000)) {
      assertThat(producer.trySend(number).isSent()).isTrue();
    }
    var received = new ArrayList<Reading>();
    consumer.listen(next -> received.add(next.datum()));

    producer.close();
    assertThat(producer.trySend(new Reading(-1)))
        .isEqualTo(new SendResult.Closed<>(new Reading(-1)));
    assertThatThrownBy(() -> producer.send(new Reading(-1)))
        .isInstanceOf(ProducerClosedException.class);
    world.run(Duration.ofSeconds(1));

    assertThat(received).isEqualTo(numbers(0, 1_000));
    assertThat(n1.discovery().catalog().get().peers()).allMatch(entry -> entry.streams().isEmpty());
    assertThat(n0.streams().producers()).isEmpty();
  }

  @Test
  void a_producer_that_is_built_again_is_found_again() {
    var n0 = world.start("n0");
    var n1 = world.start("n1");
    Producer<Reading> first = n0.streams().produce(Reading.class);
    Consumer<Reading> consumer = n1.streams().consume(Reading.class);
    first.when().subscribed().await();
    first.close();
    world.run(Duration.ofSeconds(1));

    Producer<Reading> second = n0.streams().produce(Reading.class);
    assertThat(second).isNotSameAs(first);
    second.when().subscribed().await(Duration.ofSeconds(5));
    second.send(new Reading(5));
    assertThat(consumer.receive(Duration.ofSeconds(1))).isEqualTo(new Reading(5));
    assertThat(consumer.stats().missed()).isZero();
  }

  @Test
  void what_was_received_can_be_taken_after_the_consumer_is_closed() {
    var n0 = world.start("n0");
    var n1 = world.start("n1");
    Producer<Reading> producer = n0.streams().produce(Reading.class);
    Consumer<Reading> consumer = n1.streams().consume(Reading.class);
    producer.when().subscribed().await();
    producer.send(new Reading(1));
    world.run(Duration.ofSeconds(1));

    consumer.close();
    world.run(Duration.ofSeconds(1));

    assertThat(producer.consumers()).isEmpty();
    assertThat(consumer.receive()).isEqualTo(new Reading(1));
    assertThatThrownBy(consumer::receive).isInstanceOf(ConsumerClosedException.class);
    assertThat(consumer.receiveAsync()).isNotCompleted();
    world.run(Duration.ofMillis(10));
    assertThat(n1.streams().consumers()).isEmpty();
  }

  @Test
  void a_node_does_not_consume_from_itself() {
    var n0 = world.start("n0");
    Producer<Reading> producer = n0.streams().produce(Reading.class);
    Consumer<Reading> consumer = n0.streams().consume(Reading.class);
    world.run(Duration.ofSeconds(20));
    assertThat(consumer.producers()).isEmpty();
    assertThat(producer.consumers()).isEmpty();
  }

  @Test
  void produce_returns_the_producer_that_is_there_and_build_fails_with_it() {
    var n0 = world.start("n0");
    Producer<Reading> producer = n0.streams().produce(Reading.class);

    assertThat(n0.streams().produce(Reading.class)).isSameAs(producer);
    assertThatThrownBy(() -> n0.streams().producer(Reading.class).build())
        .isInstanceOfSatisfying(
            ProducerExistsException.class, e -> assertThat(e.existing()).isSameAs(producer));
    assertThatThrownBy(
            () -> n0.streams().producer(String.class).stream(StreamId.of("numbers")).build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("numbers")
        .hasMessageContaining(Reading.class.getName())
        .hasMessageContaining(String.class.getName());
  }

  @Test
  void streams_are_named_by_annotation_class_or_id() {
    var n0 = world.start("n0");
    var named = n0.streams().produce(Reading.class);
    var unnamed = n0.streams().produce(Integer.class);
    var given = n0.streams().producer(Reading.class).stream(StreamId.of("other")).build();

    assertThat(named.stream()).isEqualTo(StreamId.of("numbers"));
    assertThat(named.name()).isEqualTo("numbers");
    assertThat(unnamed.stream()).isEqualTo(StreamId.of("java.lang.Integer"));
    assertThat(given.stream()).isEqualTo(StreamId.of("other"));
    assertThat(n0.streams().producers()).containsExactly(named, unnamed, given);
  }

  @Test
  void the_same_seed_gives_the_same_run() {
    assertThat(traceOfARun(7)).isEqualTo(traceOfARun(7));
    assertThat(traceOfARun(7)).isNotEqualTo(traceOfARun(8));
  }

  private static String traceOfARun(long seed) {
    try (var run = new StreamWorld(seed)) {
      var n0 = run.start("n0");
      var n1 = run.start("n1");
      Producer<Reading> producer = n0.streams().produce(Reading.class);
      Consumer<Reading> consumer = n1.streams().consume(Reading.class);
      producer.when().subscribed().await();
      numbers(0, 50).forEach(producer::send);
      run.run(Duration.ofSeconds(5));
      assertThat(StreamWorld.drain(consumer)).hasSize(50);
      return run.world().trace().toString();
    }
  }
}
