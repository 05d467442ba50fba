package io.mosaik.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mosaik.id.Tag;
import io.mosaik.streams.criteria.Criteria;
import io.mosaik.streams.protocol.StreamCodec;
import io.mosaik.streams.protocol.StreamMessage;
import io.mosaik.transport.CloseReason;
import io.mosaik.transport.Link;
import io.mosaik.transport.LinkHandler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A producer keeps its recent past for consumers that come late or come back. */
class ReplayWorldTest {

  private final StreamWorld world = new StreamWorld(11);
  private final Map<String, StreamWorld.Node> nodes = new LinkedHashMap<>();

  @AfterEach
  void close() {
    world.close();
  }

  @Datum("ticks")
  record Tick(int number, boolean even) {}

  private StreamWorld.Node start(String name) {
    StreamWorld.Node node = world.start(name);
    nodes.put(name, node);
    return node;
  }

  private StreamWorld.Node node(String name) {
    return Objects.requireNonNull(nodes.get(name));
  }

  private Producer<Tick> produce(String node, UnaryOperator<ProducerBuilder<Tick>> settings) {
    return settings
        .apply(
            start(node)
                .streams()
                .producer(Tick.class)
                .onlineWhen(consumers -> consumers.minimumOf(0)))
        .build();
  }

  private Consumer<Tick> consume(String node, UnaryOperator<ConsumerBuilder<Tick>> settings) {
    return settings.apply(start(node).streams().consumer(Tick.class)).build();
  }

  private void send(Producer<Tick> producer, int from, int to) {
    for (int i = from; i < to; i++) {
      producer.send(new Tick(i, i % 2 == 0));
    }
    world.run(Duration.ofMillis(10));
  }

  private static List<Integer> numbers(Consumer<Tick> of) {
    return StreamWorld.drain(of).stream().map(Tick::number).toList();
  }

  private static List<Integer> range(int from, int to) {
    return IntStream.range(from, to).boxed().toList();
  }

  private void subscribed(Consumer<Tick> consumer) {
    world.until("subscribed", () -> consumer.when().subscribed().isMet());
    world.run(Duration.ofMillis(200));
  }

  /** Interrupts a consumer's link until both ends know, and mends it. */
  private void interrupt(String producer, Consumer<Tick> consumer, Runnable meanwhile) {
    world.world().cut(producer, "c");
    world.until("lost", () -> !consumer.when().subscribed().isMet());
    world.run(Duration.ofSeconds(10));
    meanwhile.run();
    world.world().mend(producer, "c");
    subscribed(consumer);
  }

  @Test
  void who_comes_late_gets_what_is_kept_if_it_wants_it() {
    Producer<Tick> producer = produce("p", with -> with.replay(Replay.last(10)));
    send(producer, 0, 25);
    assertThat(producer.past().datums()).isEqualTo(10);
    assertThat(producer.past().bytes()).isPositive();

    Consumer<Tick> late = consume("c", with -> with.from(Start.EARLIEST));
    Consumer<Tick> fresh = consume("d", with -> with);
    subscribed(late);
    subscribed(fresh);
    send(producer, 25, 30);

    assertThat(numbers(late)).isEqualTo(range(15, 30));
    assertThat(numbers(fresh)).isEqualTo(range(25, 30));
    assertThat(late.stats().gaps()).isZero();
    assertThat(producer.stats().replayed()).isEqualTo(10);
  }

  @Test
  void of_a_producer_that_keeps_nothing_one_gets_what_is_new() {
    Producer<Tick> producer = produce("p", with -> with);
    send(producer, 0, 25);
    Consumer<Tick> late = consume("c", with -> with.from(Start.EARLIEST));
    subscribed(late);
    send(producer, 25, 30);
    assertThat(numbers(late)).isEqualTo(range(25, 30));
    interrupt("p", late, () -> send(producer, 30, 35));
    assertThat(late.stats().missed()).isEqualTo(5);
  }

  @Test
  void who_comes_back_goes_on_where_it_was() {
    Producer<Tick> producer = produce("p", with -> with.replay(Replay.last(100)));
    Consumer<Tick> consumer = consume("c", with -> with);
    subscribed(consumer);
    send(producer, 0, 10);
    interrupt("p", consumer, () -> send(producer, 10, 40));
    send(producer, 40, 50);

    assertThat(numbers(consumer)).isEqualTo(range(0, 50));
    assertThat(consumer.stats().gaps()).isZero();
  }

  @Test
  void a_gap_tells_exactly_what_the_past_had_lost() {
    Producer<Tick> producer = produce("p", with -> with.replay(Replay.last(20)));
    Consumer<Tick> consumer = consume("c", with -> with);
    var gaps = new ArrayList<Gap>();
    consumer.onGap(gaps::add);
    subscribed(consumer);
    send(producer, 0, 10);
    interrupt("p", consumer, () -> send(producer, 10, 40));

    assertThat(numbers(consumer)).isEqualTo(range(0, 10, 20, 40));
    assertThat(gaps)
        .singleElement()
        .satisfies(gap -> {
          assertThat(gap.missed()).isEqualTo(10);
          assertThat(gap.isExact()).isTrue();
        });
  }

  private static List<Integer> range(int from, int to, int then, int end) {
    var both = new ArrayList<>(range(from, to));
    both.addAll(range(then, end));
    return both;
  }

  @Test
  void who_does_not_want_to_go_on_begins_with_what_is_new() {
    Producer<Tick> producer = produce("p", with -> with.replay(Replay.last(100)));
    Consumer<Tick> consumer = consume("c", with -> with.resume(false));
    subscribed(consumer);
    send(producer, 0, 10);
    interrupt("p", consumer, () -> send(producer, 10, 40));
    send(producer, 40, 50);
    assertThat(numbers(consumer)).isEqualTo(range(0, 10, 40, 50));
    assertThat(consumer.stats().missed()).isEqualTo(30);
  }

  @Test
  void who_did_not_want_a_producer_while_its_link_was_down_begins_with_what_is_new() {
    Producer<Tick> producer = produce("p", with -> with.replay(Replay.last(100)));
    start("between"); // tells each of the other
    node("p").discovery().addTags(Tag.of("liked"));
    Consumer<Tick> consumer = consume("c", with -> with.subscribeIf(peer -> peer.hasTag("liked")));
    subscribed(consumer);
    send(producer, 0, 10);
    interrupt(
        "p",
        consumer,
        () -> {
          node("p").discovery().removeTags(Tag.of("liked"));
          send(producer, 10, 20);
          world.until(
              "it is not wanted",
              () -> consumer.unwanted().getOrDefault(Unwanted.PREDICATE, 0) == 1);
          node("p").discovery().addTags(Tag.of("liked"));
          send(producer, 20, 30);
          world.run(Duration.ofMinutes(1)); // it dials in vain
        });
    send(producer, 30, 40);

    assertThat(numbers(consumer))
        .containsExactlyElementsOf(
            IntStream.concat(IntStream.range(0, 10), IntStream.range(30, 40)).boxed().toList());
  }

  @Test
  void of_a_producer_that_started_again_one_gets_what_it_keeps_after_a_gap() {
    produce("p", with -> with.replay(Replay.last(100)));
    Consumer<Tick> consumer = consume("c", with -> with);
    subscribed(consumer);
    var gaps = new ArrayList<Gap>();
    consumer.onGap(gaps::add);

    world.world().crash("p");
    world.run(Duration.ofSeconds(15));
    world.world().restart("p");
    Producer<Tick> again = produce("p", with -> with.replay(Replay.last(100)));
    send(again, 0, 5);
    subscribed(consumer);
    send(again, 5, 10);

    assertThat(numbers(consumer)).isEqualTo(range(0, 10));
    assertThat(gaps).singleElement().satisfies(gap -> assertThat(gap.isExact()).isFalse());
  }

  @Test
  void what_is_too_old_is_kept_no_more() {
    Producer<Tick> producer =
        produce("p", with -> with.replay(Replay.lastFor(Duration.ofSeconds(10))));
    send(producer, 0, 10);
    world.run(Duration.ofSeconds(8));
    send(producer, 10, 20);
    assertThat(producer.past().datums()).isEqualTo(20);
    world.run(Duration.ofSeconds(4));
    assertThat(producer.past().datums()).isEqualTo(10);
    Consumer<Tick> late = consume("c", with -> with.from(Start.EARLIEST));
    subscribed(late);
    assertThat(numbers(late)).isEqualTo(range(10, 20));
    world.run(Duration.ofSeconds(12));
    assertThat(producer.past()).isEqualTo(new PastInfo(0, 0));
  }

  @Test
  void criteria_are_answered_of_the_past_too() {
    Producer<Tick> producer = produce("p", with -> with.replay(Replay.last(100)));
    send(producer, 0, 20);
    Consumer<Tick> consumer =
        consume("c", with -> with.criteria(Criteria.where("even").is(true)).from(Start.EARLIEST));
    subscribed(consumer);
    send(producer, 20, 30);
    interrupt("p", consumer, () -> send(producer, 30, 40));
    send(producer, 40, 50);

    assertThat(numbers(consumer)).isEqualTo(range(0, 25).stream().map(i -> 2 * i).toList());
    assertThat(consumer.stats().gaps()).isZero();
  }

  @Test
  void who_is_away_so_long_that_its_criteria_were_given_up_misses_an_unknown_number() {
    Producer<Tick> producer = produce("p", with -> with.replay(Replay.last(100)));
    Consumer<Tick> consumer =
        consume("c", with -> with.criteria(Criteria.where("even").is(true)).from(Start.EARLIEST));
    subscribed(consumer);
    send(producer, 0, 10);
    interrupt(
        "p",
        consumer,
        () -> {
          send(producer, 10, 20);
          world.run(Duration.ofMinutes(11));
        });
    send(producer, 20, 24);
    assertThat(numbers(consumer)).containsExactly(0, 2, 4, 6, 8, 20, 22);
    assertThat(consumer.stats().gaps()).isOne();
  }

  @Test
  void a_slow_application_gets_all_of_the_past_in_its_own_time() {
    for (SlowConsumerPolicy policy : SlowConsumerPolicy.values()) {
      String name = "p-" + policy;
      Producer<Tick> producer =
          produce(
              name, with -> with.bufferSize(5).slowConsumers(policy).replay(Replay.last(1_000)));
      send(producer, 0, 900);
      Consumer<Tick> late =
          world
              .start("c-" + policy)
              .streams()
              .consumer(Tick.class)
              .subscribeIf(peer -> peer.peerId().equals(node(name).peerId()))
              .bufferSize(4)
              .from(Start.EARLIEST)
              .build();
      subscribed(late);
      send(producer, 900, 910);
      var got = new ArrayList<Integer>();
      while (got.size() < 910) {
        got.addAll(numbers(late));
        world.run(Duration.ofMillis(5));
      }
      assertThat(got).as("%s", policy).isEqualTo(range(0, 910));
      assertThat(late.stats().gaps()).isZero();
    }
  }

  @Test
  void egress_limits_hold_for_what_is_replayed() {
    Producer<Tick> producer =
        produce("p", with -> with.replay(Replay.last(1_000)).egressLimit(EgressLimit.datums(100)));
    for (int i = 0; i < 500; i++) {
      producer.send(new Tick(i, false));
      world.run(Duration.ofMillis(10));
    }
    Consumer<Tick> late = consume("c", with -> with.from(Start.EARLIEST));
    world.until("subscribed", () -> late.when().subscribed().isMet());
    world.run(Duration.ofSeconds(2));
    assertThat(numbers(late)).hasSizeBetween(190, 230);
    world.run(Duration.ofSeconds(4));
    assertThat(numbers(late)).endsWith(499);
    assertThat(late.stats().gaps()).isZero();
  }

  @Test
  void what_nobody_heard_is_kept_and_not_given_back() {
    var undelivered = new ArrayList<Tick>();
    Producer<Tick> producer =
        produce("p", with -> with.replay(Replay.last(3)).undelivered(undelivered::add));
    var heard = producer.sendAsync(new Tick(0, true));
    world.run(Duration.ofMillis(10));
    assertThat(heard).isCompletedWithValue(0);
    assertThat(undelivered).isEmpty();
    Consumer<Tick> late = consume("c", with -> with.from(Start.EARLIEST));
    subscribed(late);
    assertThat(numbers(late)).containsExactly(0);
  }

  @Test
  void a_producer_that_is_closed_hands_the_past_over_first_and_holds_nothing_after() {
    Producer<Tick> producer = produce("p", with -> with.replay(Replay.last(10_000)));
    send(producer, 0, 1_000);
    Consumer<Tick> late = consume("c", with -> with.bufferSize(2_000).from(Start.EARLIEST));
    world.until("subscribed", () -> late.when().subscribed().isMet());
    producer.close();
    assertThat(numbers(late)).isEqualTo(range(0, 1_000));
    assertThat(producer.past()).isEqualTo(new PastInfo(0, 0));
  }

  @Test
  void who_claims_to_have_got_what_was_never_sent_is_closed() {
    Producer<Tick> producer = produce("p", with -> with.replay(Replay.last(10)));
    send(producer, 0, 5);
    var rogue = world.start("r");
    world.run(Duration.ofSeconds(3));
    var answers = new ArrayList<StreamMessage>();
    var closes = new ArrayList<CloseReason>();
    LinkHandler<StreamMessage> handler =
        new LinkHandler<>() {
          @Override
          public void received(Link<StreamMessage> link, StreamMessage message, int wireBytes) {
            answers.add(message);
          }

          @Override
          public void closed(Link<StreamMessage> link, CloseReason reason) {
            closes.add(reason);
          }
        };
    ask(rogue, handler, StreamMessage.From.EARLIEST, 1);
    world.until("answered", () -> answers.size() > 1);
    var accepted = (StreamMessage.Accepted) answers.get(0);
    assertThat(accepted.nextSequence()).isZero();
    ask(rogue, handler, new StreamMessage.From.Position(accepted.incarnation(), 6), 2);
    world.until("closed", () -> !closes.isEmpty());
    assertThat(closes.get(0).is(CloseReason.PROTOCOL_VIOLATION)).isTrue();
    assertThat(producer.consumers()).hasSize(1);
    assertThat(producer.when().subscribed().isMet()).isTrue();
  }

  private void ask(
      StreamWorld.Node from,
      LinkHandler<StreamMessage> handler,
      StreamMessage.From position,
      long consumer) {
    from.links()
        .dial(
            node("p").address(),
            StreamCodec.PROTOCOL,
            from.host().platform().newStrand("rogue"),
            handler)
        .send(
            new StreamMessage.Subscribe(
                StreamName.of(Tick.class).id(),
                consumer,
                from.discovery().self().get().version(),
                new StreamMessage.Credit(100, 100_000),
                null,
                position,
                null,
                null));
  }

  @Test
  void a_past_of_nothing_is_refused() {
    assertThatThrownBy(() -> Replay.last(0)).hasMessageContaining("more than zero");
    assertThatThrownBy(() -> Replay.lastBytes(-1)).hasMessageContaining("more than zero");
    assertThatThrownBy(() -> Replay.lastFor(Duration.ZERO)).hasMessageContaining("more than zero");
    assertThatThrownBy(() -> new Replay(-1, 0, Duration.ZERO))
        .hasMessageContaining("no less than 0");
  }
}
