package io.mosaik.streams;

import static io.mosaik.streams.criteria.Criteria.where;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.mosaik.id.PeerId;
import io.mosaik.id.StreamId;
import io.mosaik.id.Tag;
import io.mosaik.id.TicketId;
import io.mosaik.tickets.Ticket;
import io.mosaik.tickets.TicketValidator;
import io.mosaik.tickets.Validity;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What keeps a producer and a consumer apart shows in numbers and in one line of the log. */
class NothingSilentTest {

  private final StreamWorld world = new StreamWorld(1);
  private final Lines log =
      new Lines(event -> event.getFormattedMessage().startsWith("Stream silence: "));

  @Datum("silence")
  record Note(int number) {}

  record Other(String text) {}

  @BeforeEach
  void listen() {
    log.start();
    logger().setLevel(Level.INFO);
    logger().addAppender(log);
  }

  @AfterEach
  void close() {
    logger().detachAppender(log);
    logger().setLevel(null);
    world.close();
  }

  private static Logger logger() {
    return (Logger) LoggerFactory.getLogger("io.mosaik.streams");
  }

  /** What was logged of a kind; other tests log of theirs at the same time. */
  private static final class Lines extends AppenderBase<ILoggingEvent> {

    private final Predicate<ILoggingEvent> wanted;
    private final List<String> lines = new CopyOnWriteArrayList<>();

    Lines(Predicate<ILoggingEvent> wanted) {
      this.wanted = wanted;
    }

    @Override
    protected void append(ILoggingEvent event) {
      if (event.getLevel().isGreaterOrEqual(Level.INFO) && wanted.test(event)) {
        lines.add(event.getFormattedMessage());
      }
    }
  }

  private List<String> lines() {
    return log.lines;
  }

  @Test
  void a_producer_that_nobody_listens_to_says_so_once() {
    var n0 = world.start("n0");
    Producer<Note> producer = n0.streams().produce(Note.class);
    world.run(Duration.ofMinutes(5));
    assertThat(lines())
        .containsExactly(
            "Stream silence: nobody is subscribed to this node's producer: no consumer of a stream"
                + " of this name has come");

    var consumer = world.start("n1").streams().consume(Note.class);
    producer.when().subscribed().await();
    consumer.close();
    world.run(Duration.ofMinutes(5));
    assertThat(lines()).hasSize(2);
    producer.close();
  }

  @Test
  void a_consumer_whose_stream_nobody_produces_says_so_once() {
    world.start("n0").streams().produce(Other.class);
    world.start("n1").streams().consume(Note.class);
    world.run(Duration.ofMinutes(5));
    assertThat(lines())
        .containsExactly(
            "Stream silence: this node's consumer hears nobody: none of the 1 known peers produces a"
                + " stream of this name");
  }

  @Test
  void a_consumer_that_wants_none_of_the_producers_says_so_once() {
    var n0 = world.start("n0");
    n0.streams().produce(Note.class);
    Consumer<Note> consumer =
        world
            .start("n1")
            .streams()
            .consumer(Note.class)
            .subscribeIf(entry -> entry.hasTag("good"))
            .build();
    world.run(Duration.ofMinutes(1));
    assertThat(consumer.unwanted().get(Unwanted.PREDICATE)).isOne();
    assertThat(lines())
        .contains(
            "Stream silence: this node's consumer hears nobody: none of the 1 that produce it"
                + " satisfies what the consumer requires: 1 by subscribeIf, tags");

    n0.discovery().addTags(Tag.of("good"));
    world.until("it is wanted", () -> consumer.unwanted().getOrDefault(Unwanted.PREDICATE, 1) == 0);
  }

  @Test
  void a_refusal_is_counted_and_told_on_both_ends_with_its_reason() {
    var n0 = world.start("n0");
    var n1 = world.start("n1");
    Producer<Note> producer =
        n0.streams().producer(Note.class).requireConsumer(entry -> entry.hasTag("reader")).build();
    Consumer<Note> consumer = n1.streams().consume(Note.class);
    world.run(Duration.ofMinutes(1));

    assertThat(producer.refusals().get(Refusal.NOT_ALLOWED)).isPositive();
    assertThat(consumer.refusals()).isEqualTo(producer.refusals());
    assertThat(consumer.producers())
        .singleElement()
        .satisfies(info ->
            assertThat(info.lastClose())
                .hasToString("not allowed: its entry doesn't satisfy requireConsumer (10403)"));
    assertThat(lines())
        .contains(
            "Stream silence: refused the consumer of "
                + n1.peerId().toShortString()
                + ", not allowed: its entry doesn't satisfy requireConsumer (10403)")
        .contains(
            "Stream silence: the subscription to "
                + n0.peerId().toShortString()
                + " ended, not allowed: its entry doesn't satisfy requireConsumer (10403)")
        .anyMatch(line -> line.contains("consumers were refused, NOT_ALLOWED"))
        .anyMatch(line -> line.contains("1 produce it. " + n0.peerId().toShortString()))
        .hasSize(4);
  }

  /** Good for whoever carries one, whatever it says. */
  private static final TicketValidator BADGES =
      new TicketValidator() {
        @Override
        public TicketId ticketClass() {
          return TicketId.of("badge");
        }

        @Override
        public String signature() {
          return "badges";
        }

        @Override
        public Validity validate(Ticket ticket, PeerId peer, Instant now) {
          return Validity.unlimited();
        }
      };

  @Test
  void a_consumer_whose_producers_carry_no_ticket_or_are_too_far_says_so() {
    world.start("n0").streams().produce(Note.class);
    var n1 = world.start("n1");
    Consumer<Note> strict = n1.streams().consumer(Note.class).requireTicket(BADGES).build();
    Consumer<Note> near =
        n1.streams().consumer(Note.class).rttBelow(Duration.ofNanos(1_000)).build();
    world.run(Duration.ofMinutes(1));

    String none =
        "Stream silence: this node's consumer hears nobody: none of the 1 that produce it satisfies"
            + " what the consumer requires: 1 by ";
    assertThat(strict.unwanted().get(Unwanted.NO_TICKET)).isOne();
    assertThat(near.unwanted().get(Unwanted.TOO_FAR)).isOne();
    assertThat(lines()).contains(none + "requireTicket", none + "rttBelow");
  }

  @Test
  void a_producer_that_refuses_who_has_no_ticket_or_is_too_far_says_so() {
    Producer<Note> strict =
        world.start("n0").streams().producer(Note.class).requireTicket(BADGES).build();
    Producer<Note> near =
        world.start("n1").streams().producer(Note.class).rttBelow(Duration.ofNanos(1_000)).build();
    Consumer<Note> consumer = world.start("n2").streams().consume(Note.class);
    world.run(Duration.ofMinutes(1));

    assertThat(strict.refusals().get(Refusal.NO_TICKET)).isPositive();
    assertThat(near.refusals().get(Refusal.TOO_FAR)).isPositive();
    assertThat(consumer.refusals().get(Refusal.NOT_ALLOWED))
        .isEqualTo(
            strict.refusals().getOrDefault(Refusal.NO_TICKET, 0L)
                + near.refusals().getOrDefault(Refusal.TOO_FAR, 0L));
    assertThat(lines())
        .anyMatch(line -> line.contains("consumers were refused, NO_TICKET"))
        .anyMatch(line -> line.contains("consumers were refused, TOO_FAR"))
        .anyMatch(line -> line.contains("2 produce it. ") && line.contains("no ticket"));
  }

  @Test
  void a_refusal_for_want_of_room_is_told_once_however_often_it_is_repeated() {
    var n0 = world.start("n0");
    Producer<Note> producer = n0.streams().producer(Note.class).maxConsumers(1).build();
    world.start("n1").streams().consume(Note.class);
    producer.when().subscribed().await();
    Consumer<Note> second = world.start("n2").streams().consume(Note.class);
    world.run(Duration.ofMinutes(2));

    assertThat(second.refusals().get(Refusal.NO_CAPACITY)).isGreaterThan(5);
    assertThat(lines()).filteredOn(line -> line.contains("10509")).hasSize(3);
  }

  @Test
  void criteria_that_the_producer_cannot_answer_are_told_with_the_name() {
    var n0 = world.start("n0");
    var n1 = world.start("n1");
    Producer<Other> producer =
        n0.streams().producer(Other.class).stream(StreamId.of("silence")).build();
    Consumer<Note> consumer =
        n1.streams().consumer(Note.class).criteria(where("number").is(1)).build();
    world.run(Duration.ofSeconds(10));

    assertThat(producer.refusals().get(Refusal.BAD_CRITERIA)).isOne();
    assertThat(consumer.refusals().get(Refusal.BAD_CRITERIA)).isOne();
    assertThat(consumer.producers())
        .singleElement()
        .satisfies(info ->
            assertThat(String.valueOf(info.lastClose()))
                .contains("Other has no component 'number', but text"));
  }

  @Test
  void what_is_handed_to_nobody_is_counted() {
    var n0 = world.start("n0");
    Producer<Note> producer = n0.streams().produce(Note.class);
    Consumer<Note> consumer =
        world.start("n1").streams().consumer(Note.class).criteria(where("number").is(1)).build();
    producer.sendAll(List.of(new Note(1), new Note(2), new Note(3)));
    world.run(Duration.ofSeconds(1));
    assertThat(StreamWorld.drain(consumer)).containsExactly(new Note(1));
    assertThat(producer.stats().unheard()).isEqualTo(2);
    assertThat(consumer.stats().unheard()).isZero();
  }

  @Test
  void a_consumer_that_is_too_slow_all_the_time_is_told_once_a_minute_with_how_often() {
    var n0 = world.start("n0");
    Producer<Note> producer = n0.streams().producer(Note.class).bufferSize(2).build();
    world
        .start("n1")
        .streams()
        .consumer(Note.class)
        .bufferSize(1)
        .backoff(Duration.ofMillis(100), Duration.ofMillis(100))
        .build();
    producer.when().subscribed().await();
    for (int second = 0; second < 150; second++) {
      for (int number = 0; number < 5; number++) {
        var unused = producer.trySend(new Note(number));
        world.run(Duration.ofMillis(200));
      }
    }

    assertThat(lines())
        .filteredOn(line -> line.contains("is too slow"))
        .hasSize(3)
        .last()
        .asString()
        .matches(".* \\d\\d+ times since this was told");
    assertThat(lines())
        .filteredOn(line -> line.contains("were missed"))
        .hasSize(3)
        .last()
        .asString()
        .matches(".*; \\d\\d+ interruptions since this was told");
  }

  @Test
  void a_predicate_that_fails_all_the_time_is_told_once() {
    var told =
        new Lines(event ->
            event.getThrowableProxy() != null
                && event.getThrowableProxy().getMessage().equals("silence: of no use"));
    told.start();
    logger().addAppender(told);
    try {
      var n0 = world.start("n0");
      n0.streams()
          .producer(Note.class)
          .requireConsumer(entry -> {
            throw new IllegalStateException("silence: of no use");
          })
          .build();
      world.start("n1").streams().consume(Note.class);
      world.run(Duration.ofMinutes(2));
      assertThat(told.lines).hasSize(1);
    } finally {
      logger().detachAppender(told);
    }
  }

  @Test
  void what_waits_shows_as_lag_and_what_is_lost_as_dropped_on_both_ends() {
    var n0 = world.start("n0");
    Producer<Note> producer =
        n0.streams()
            .producer(Note.class)
            .bufferSize(4)
            .slowConsumers(SlowConsumerPolicy.DROP_OLDEST)
            .build();
    Consumer<Note> consumer =
        world.start("n1").streams().consumer(Note.class).bufferSize(2).build();
    producer.when().subscribed().await();
    for (int i = 0; i < 10; i++) {
      producer.send(new Note(i));
      world.run(Duration.ofMillis(5));
    }
    assertThat(producer.consumers().get(0).lag()).isEqualTo(4);
    assertThat(producer.consumers().get(0).dropped()).isEqualTo(4);
    assertThat(consumer.producers().get(0).lag()).isEqualTo(2);

    assertThat(StreamWorld.drain(consumer)).hasSize(2);
    world.run(Duration.ofMillis(100));
    assertThat(StreamWorld.drain(consumer)).hasSize(2);
    world.run(Duration.ofMillis(100));
    assertThat(StreamWorld.drain(consumer)).hasSize(2);
    assertThat(producer.consumers().get(0).lag()).isZero();
    assertThat(consumer.producers().get(0).lag()).isZero();
    assertThat(consumer.producers().get(0).dropped()).isEqualTo(4);
    world.run(Duration.ofMinutes(1));
    assertThat(consumer.producers().get(0).rtt()).isNotNull();
  }

  @Test
  void a_producer_that_can_not_hand_over_in_time_says_how_much_is_lost() {
    var given = new ArrayList<Note>();
    Producer<Note> producer =
        world
            .start("n0")
            .streams()
            .producer(Note.class)
            .bufferSize(8)
            .slowConsumers(SlowConsumerPolicy.BLOCK)
            .undelivered(given::add)
            .build();
    world.start("n1").streams().consumer(Note.class).bufferSize(4).build();
    producer.when().subscribed().await();
    int sent = 0;
    for (int ms = 0; ms < 100; ms++) {
      sent += producer.trySend(new Note(sent)).isSent() ? 1 : 0;
      world.run(Duration.ofMillis(1));
    }
    assertThat(sent).as("with the consumer, for the consumer, for the producer").isEqualTo(20);
    Duration start = world.world().now();
    assertThat(producer.close(Duration.ofSeconds(1))).isFalse();
    assertThat(world.world().now().minus(start))
        .isBetween(Duration.ofMillis(900), Duration.ofMillis(1_200));
    world.run(Duration.ofMillis(1));
    assertThat(given).extracting(Note::number).containsExactly(12, 13, 14, 15, 16, 17, 18, 19);
    assertThat(lines())
        .containsExactly(
            "Stream silence: closed when the time to hand over was up: 8 datums went to nobody, 8"
                + " waited for consumers that did not take them; they are lost");
  }

  @Test
  void a_wait_that_ends_without_result_says_what_it_waited_for() {
    var n0 = world.start("n0");
    Producer<Note> producer =
        n0.streams()
            .producer(Note.class)
            .bufferSize(8)
            .slowConsumers(SlowConsumerPolicy.BLOCK)
            .build();
    Duration second = Duration.ofSeconds(1);
    assertThatThrownBy(() -> producer.send(new Note(0), second))
        .hasMessageContaining(
            "the producer of stream silence is not online, which takes at least 1 subscribed; 0 are");
    assertThatThrownBy(() -> producer.when().subscribed().minimumOf(2).await(second))
        .hasMessageContaining("producer silence: at least 2 subscribed, but 0 are");

    var n1 = world.start("n1");
    Consumer<Note> stalled = n1.streams().consumer(Note.class).bufferSize(4).build();
    producer.when().subscribed().await();
    assertThatThrownBy(() -> producer.sendAll(Collections.nCopies(1_000, new Note(0)), second))
        .hasMessageContaining("20 datums were sent")
        .hasMessageContaining("stream silence: the buffer of 8 datums has no room")
        .hasMessageContaining("the slowest consumer, ")
        .hasMessageContaining(n1.peerId().toShortString() + ", is 8 datums behind");
    stalled.close();
    producer.close();

    Producer<Note> limited =
        n0.streams()
            .producer(Note.class)
            .bufferBytes(100)
            .egressLimit(EgressLimit.datums(1))
            .build();
    n1.streams().consume(Note.class).listen(note -> {});
    limited.when().subscribed().await();
    assertThatThrownBy(() -> limited.sendAll(Collections.nCopies(1_000, new Note(0)), second))
        .hasMessageContaining("the buffer of 100 bytes has no room")
        .hasMessageContaining("the egress limit holds them back");
  }

  @Test
  void the_65th_consumer_of_one_peer_hears_that_so_many_may_it_have() {
    Producer<Note> producer = world.start("n0").streams().produce(Note.class);
    var n1 = world.start("n1");
    for (int i = 0; i < 64; i++) {
      n1.streams().consume(Note.class);
    }
    producer.when().subscribed().minimumOf(64).await();
    Consumer<Note> tooMany = n1.streams().consume(Note.class);
    world.run(Duration.ofSeconds(1));
    assertThat(tooMany.producers())
        .singleElement()
        .satisfies(info ->
            assertThat(String.valueOf(info.lastClose()))
                .contains("this peer has 64 consumers here"));
  }

  @Test
  void a_listener_that_always_fails_fills_no_log() {
    Producer<Note> producer = world.start("n0").streams().produce(Note.class);
    Consumer<Note> consumer = world.start("n1").streams().consume(Note.class);
    consumer.listen(next -> {
      throw new AssertionError("on purpose");
    });
    producer.when().subscribed().await();
    for (int i = 0; i < 125; i++) {
      producer.send(new Note(i));
      world.run(Duration.ofSeconds(1));
    }
    assertThat(consumer.stats().failed()).isEqualTo(125);
    assertThat(lines()).hasSize(3).last().asString().endsWith("60 times since this was told");
  }
}
