package io.mosaik.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mosaik.id.StreamId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The ways in which an application takes what a consumer has received, in a simulated world. */
class ConsumerWorldTest {

  private static final StreamId STEPS = StreamId.of("steps");

  private final StreamWorld world = new StreamWorld(1);
  private final StreamWorld.Node n0 = world.start("n0");
  private final StreamWorld.Node n1 = world.start("n1");

  @AfterEach
  void close() {
    world.close();
  }

  @Datum("steps")
  record Step(int number) {}

  private static List<Step> steps(int from, int end) {
    return IntStream.range(from, end).mapToObj(Step::new).toList();
  }

  private Producer<Step> producer() {
    return n0.streams().produce(Step.class);
  }

  private Consumer<Step> consumer() {
    return n1.streams().consume(Step.class);
  }

  private void send(Producer<Step> producer, int from, int end) {
    producer.when().subscribed().await();
    steps(from, end).forEach(producer::send);
    world.run(Duration.ofMillis(200));
  }

  /** Writes down datums and gaps in the order in which they are taken. */
  private static List<Object> record(Consumer<Step> consumer) {
    var history = new ArrayList<Object>();
    consumer.onGap(history::add);
    consumer.listen(next -> history.add(next.datum()));
    return history;
  }

  @Test
  void a_loop_takes_each_datum_and_ends_when_the_consumer_is_closed() {
    Consumer<Step> consumer = consumer();
    send(producer(), 0, 5);
    consumer.close();

    var taken = new ArrayList<Step>();
    for (Step next : consumer) {
      taken.add(next);
    }
    assertThat(taken).isEqualTo(steps(0, 5));
    assertThat(consumer.iterator().hasNext()).isFalse();
    assertThatThrownBy(() -> consumer.iterator().next()).isInstanceOf(NoSuchElementException.class);
  }

  @Test
  void a_listener_with_concurrency_gets_each_datum_once() {
    Consumer<Step> consumer = consumer();
    var received = new ArrayList<Step>();
    var listening = consumer.listen(4, next -> received.add(next.datum()));
    send(producer(), 0, 500);
    assertThat(received).containsExactlyInAnyOrderElementsOf(steps(0, 500));

    assertThatThrownBy(() -> consumer.listen(next -> {}))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("a listener already");
    listening.cancel();
    consumer.listen(next -> {});
    assertThatThrownBy(() -> consumer.listen(0, next -> {}))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void a_subscription_that_was_cut_shows_as_a_gap_in_its_place() {
    var n2 = world.start("n2");
    Producer<Step> producer = producer();
    List<Object> history = record(consumer());
    n2.streams().consume(Step.class).listen(next -> {});
    producer.when().subscribed().minimumOf(2).await();
    send(producer, 0, 3);

    world.world().cut("n0", "n1");
    world.until("it is noticed", () -> producer.consumers().size() == 1);
    send(producer, 3, 7);
    world.world().mend("n0", "n1");
    producer.when().subscribed().minimumOf(2).await();
    send(producer, 7, 9);

    var expected = new ArrayList<Object>(steps(0, 3));
    expected.add(new Gap(n0.peerId(), 4, true));
    expected.addAll(steps(7, 9));
    assertThat(history).isEqualTo(expected);
  }

  @Test
  void what_the_policy_drops_shows_as_a_gap_in_its_place() {
    Producer<Step> producer =
        n0.streams()
            .producer(Step.class)
            .bufferSize(4)
            .slowConsumers(SlowConsumerPolicy.DROP_OLDEST)
            .build();
    Consumer<Step> consumer = n1.streams().consumer(Step.class).bufferSize(2).build();
    producer.when().subscribed().await();
    for (Step step : steps(0, 10)) {
      producer.send(step);
      world.run(Duration.ofMillis(5));
    }

    List<Object> history = record(consumer);
    world.run(Duration.ofSeconds(1));

    var expected = new ArrayList<Object>(steps(0, 2));
    expected.add(new Gap(n0.peerId(), 4, true));
    expected.addAll(steps(6, 10));
    assertThat(history).isEqualTo(expected);
    assertThat(consumer.stats().gaps()).isOne();
    assertThat(consumer.stats().missed()).isEqualTo(4);
  }

  @Test
  void a_producer_that_was_built_again_leaves_a_gap_of_unknown_size() {
    List<Object> history = record(consumer());
    Producer<Step> first = producer();
    send(first, 0, 1);
    first.close();
    world.run(Duration.ofSeconds(1));
    send(producer(), 1, 2);

    assertThat(history).containsExactly(new Step(0), new Gap(n0.peerId(), 0, false), new Step(1));
  }

  @Test
  void gaps_that_nobody_takes_are_one_gap() {
    Consumer<Step> consumer = consumer();
    for (int life = 0; life < 5; life++) {
      Producer<Step> producer = producer();
      producer.when().subscribed().await();
      producer.close();
      world.run(Duration.ofSeconds(1));
    }
    send(producer(), 0, 1);
    assertThat(consumer.stats().gaps()).isEqualTo(5);

    List<Object> history = record(consumer);
    world.run(Duration.ofMillis(10));
    assertThat(history).containsExactly(new Gap(n0.peerId(), 0, false), new Step(0));
  }

  @Test
  void a_refused_consumer_asks_again_as_its_backoff_says() {
    n0.streams().producer(Step.class).maxConsumers(1).build();
    Consumer<Step> first = consumer();
    first.when().subscribed().await();
    Consumer<Step> second =
        n1.streams().consumer(Step.class).backoff(Duration.ofHours(1), Duration.ofHours(2)).build();
    world.run(Duration.ofSeconds(5));
    first.close();
    world.run(Duration.ofMinutes(20));
    assertThat(second.when().subscribed().isMet()).isFalse();
    second.when().subscribed().await(Duration.ofHours(1));

    var builder = n1.streams().consumer(Step.class);
    assertThatThrownBy(() -> builder.backoff(Duration.ZERO, Duration.ofSeconds(1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> builder.backoff(Duration.ofSeconds(2), Duration.ofSeconds(1)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void what_does_not_decode_goes_to_its_handler_with_bytes_and_producer() {
    Producer<Integer> producer = n0.streams().producer(Integer.class).stream(STEPS).build();
    var handled = new ArrayList<Undecodable>();
    Consumer<Step> consumer =
        n1.streams()
            .consumer(Step.class)
            .onUndecodable(datum -> {
              handled.add(datum);
              throw new IllegalStateException("on purpose");
            })
            .build();
    producer.when().subscribed().await();
    producer.send(5);
    producer.send(6);
    world.run(Duration.ofSeconds(1));

    assertThat(consumer.tryReceive()).isNull();
    assertThat(handled).hasSize(2);
    assertThat(handled.get(0).bytes()).containsExactly(5);
    assertThat(handled.get(1).bytes()).containsExactly(6);
    assertThat(handled.get(0).producer()).isEqualTo(n0.peerId());
    assertThat(handled.get(0).error()).hasMessageContaining("Step");
    assertThat(consumer.stats().dropped()).isEqualTo(2);
    assertThat(consumer.when().subscribed().isMet()).isTrue();
  }

  /** The next version of a step. */
  record NewStep(int number, String reason, boolean isLast) {}

  @Test
  void old_and_new_versions_of_a_datum_run_side_by_side() {
    Producer<Step> older = producer();
    Consumer<NewStep> newConsumer = n1.streams().consumer(NewStep.class).stream(STEPS).build();
    Producer<NewStep> newer = n1.streams().producer(NewStep.class).stream(STEPS).build();
    Consumer<Step> oldConsumer = n0.streams().consume(Step.class);
    older.when().subscribed().await();
    newer.when().subscribed().await();
    older.send(new Step(1));
    newer.send(new NewStep(2, "because", true));

    assertThat(newConsumer.receive())
        .satisfies(step -> {
          assertThat(step.number()).isOne();
          assertThat(step.reason()).isNull();
          assertThat(step.isLast()).isFalse();
        });
    assertThat(oldConsumer.receive()).isEqualTo(new Step(2));
  }

  /** Requests nothing by itself. */
  private static final class Subscriber implements Flow.Subscriber<Received<Step>> {

    private final List<Step> received = new ArrayList<>();
    private Flow.@Nullable Subscription subscription;
    private @Nullable Throwable error;
    private boolean complete;

    @Override
    public void onSubscribe(Flow.Subscription given) {
      subscription = given;
    }

    @Override
    public void onNext(Received<Step> next) {
      received.add(next.datum());
    }

    @Override
    public void onError(Throwable failure) {
      error = failure;
    }

    @Override
    public void onComplete() {
      complete = true;
    }

    private Flow.Subscription subscription() {
      if (subscription == null) {
        throw new AssertionError("not subscribed");
      }
      return subscription;
    }
  }

  @Test
  void a_subscriber_gets_what_it_requests_and_the_end_without_a_request() {
    Consumer<Step> consumer = consumer();
    var subscriber = new Subscriber();
    consumer.publisher().subscribe(subscriber);
    send(producer(), 0, 10);
    assertThat(subscriber.received).isEmpty();

    subscriber.subscription().request(3);
    world.run(Duration.ofMillis(10));
    assertThat(subscriber.received).isEqualTo(steps(0, 3));

    consumer.close();
    subscriber.subscription().request(7);
    world.run(Duration.ofSeconds(1));
    assertThat(subscriber.received).isEqualTo(steps(0, 10));
    assertThat(subscriber.complete).isTrue();
  }

  @Test
  void a_second_subscriber_is_refused_until_the_first_has_cancelled() {
    Consumer<Step> consumer = consumer();
    var first = new Subscriber();
    var second = new Subscriber();
    var third = new Subscriber();
    consumer.publisher().subscribe(first);
    consumer.publisher().subscribe(second);
    world.run(Duration.ofMillis(10));
    assertThat(second.error).isInstanceOf(IllegalStateException.class);

    first.subscription().cancel();
    consumer.publisher().subscribe(third);
    world.run(Duration.ofMillis(10));
    third.subscription().request(Long.MAX_VALUE);
    send(producer(), 0, 5);
    assertThat(third.received).isEqualTo(steps(0, 5));
    assertThat(first.received).isEmpty();
    assertThat(third.error).isNull();
  }

  @Test
  void a_subscriber_that_does_not_request_holds_its_producer_back() {
    Producer<Step> producer =
        n0.streams()
            .producer(Step.class)
            .bufferSize(8)
            .slowConsumers(SlowConsumerPolicy.BLOCK)
            .build();
    Consumer<Step> consumer = n1.streams().consumer(Step.class).bufferSize(4).build();
    var subscriber = new Subscriber();
    consumer.publisher().subscribe(subscriber);
    producer.when().subscribed().await();
    int sent = 0;
    while (producer.trySend(new Step(sent)).isSent()) {
      sent++;
      world.run(Duration.ofMillis(1));
    }
    assertThat(sent).isEqualTo(4 + 8 + 8);

    subscriber.subscription().request(Long.MAX_VALUE);
    world.run(Duration.ofSeconds(1));
    assertThat(subscriber.received).isEqualTo(steps(0, sent));
  }

  @Test
  void closing_with_a_deadline_waits_for_the_listener() {
    Producer<Step> producer = producer();
    Consumer<Step> quick = consumer();
    Consumer<Step> slow = consumer();
    List<Step> quickDone = listenSlowly(quick, Duration.ofMillis(10), 2);
    List<Step> slowDone = listenSlowly(slow, Duration.ofSeconds(1), 1);
    producer.when().subscribed().minimumOf(2).await();
    send(producer, 0, 100);
    assertThat(quickDone).hasSizeLessThan(100);
    assertThat(quick.close(Duration.ofSeconds(5))).isTrue();
    assertThat(quickDone).containsExactlyInAnyOrderElementsOf(steps(0, 100));
    assertThat(quick.close(Duration.ZERO)).as("it has ended").isTrue();

    assertThat(slow.close(Duration.ofSeconds(5))).isFalse();
    assertThat(slowDone).hasSizeBetween(4, 6);
    world.run(Duration.ofMinutes(2));
    assertThat(slowDone).as("it goes on").hasSize(100);
  }

  private List<Step> listenSlowly(Consumer<Step> consumer, Duration each, int concurrency) {
    var done = new ArrayList<Step>();
    var timers = n1.host().platform().newStrand("timers");
    consumer.listen(
        concurrency,
        next -> {
          var over = new CompletableFuture<Void>();
          timers.schedule(each, () -> over.complete(null));
          n1.host().platform().await(over, Duration.ofMinutes(1));
          done.add(next.datum());
        });
    return done;
  }

  @Test
  void a_listener_can_not_wait_for_its_own_end() {
    Producer<Step> producer = producer();
    Consumer<Step> consumer = consumer();
    var refused = new ArrayList<String>();
    consumer.listen(next -> {
      try {
        boolean unused = consumer.close(Duration.ofSeconds(5));
      } catch (IllegalStateException e) {
        refused.add(e.getMessage());
      }
    });
    send(producer, 0, 1);
    assertThat(refused).singleElement().asString().contains("wait for its own end");
    consumer.close();
  }

  @Test
  void a_deadline_of_all_time_there_is_can_be_waited_for() {
    Producer<Step> producer = producer();
    Consumer<Step> consumer = consumer();
    send(producer, 0, 1);
    assertThat(consumer.receive(Duration.ofSeconds(Long.MAX_VALUE))).isEqualTo(new Step(0));
    n0.host().platform().newUserStrand("later").execute(() -> producer.send(new Step(1)));
    assertThat(consumer.receive(Duration.ofSeconds(Long.MAX_VALUE))).isEqualTo(new Step(1));
    assertThat(consumer.close(Duration.ofSeconds(Long.MAX_VALUE))).isTrue();
    assertThat(producer.close(Duration.ofSeconds(Long.MAX_VALUE))).isTrue();
  }
}
