package io.mosaik.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mosaik.id.Tag;
import io.mosaik.runtime.DeadlineExceededException;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What can be waited for. */
class ConditionsWorldTest {

  private final StreamWorld world = new StreamWorld(1);

  @AfterEach
  void close() {
    world.close();
  }

  @Datum("ticks")
  record Tick(int value) {}

  @Test
  void conditions_arm_again_on_each_edge() {
    var n0 = world.start("n0");
    var n1 = world.start("n1");
    Producer<Tick> producer = n0.streams().produce(Tick.class);
    var met = new AtomicInteger();
    var unmet = new AtomicInteger();
    AwaitableCondition one = producer.when().subscribed();
    var watching = one.onMet(Runnable::run, met::incrementAndGet);
    one.unmet().onMet(Runnable::run, unmet::incrementAndGet);
    world.run(Duration.ofSeconds(1));
    assertThat(met).hasValue(0);
    assertThat(unmet).hasValue(1);

    for (int round = 1; round <= 3; round++) {
      Consumer<Tick> consumer = n1.streams().consume(Tick.class);
      one.await();
      world.run(Duration.ofSeconds(1));
      assertThat(met).hasValue(round);
      assertThat(one.future()).isCompleted();
      consumer.close();
      one.unmet().await();
      world.run(Duration.ofSeconds(1));
      assertThat(unmet).hasValue(round + 1);
    }

    watching.cancel();
    Consumer<Tick> consumer = n1.streams().consume(Tick.class);
    one.await();
    world.run(Duration.ofSeconds(1));
    assertThat(met).hasValue(3);
    assertThat(consumer.producers()).hasSize(1);
  }

  @Test
  void only_connected_peers_that_match_are_counted_by_their_present_entry() {
    var n0 = world.start("n0");
    Producer<Tick> producer = n0.streams().produce(Tick.class);
    var n1 = world.start("n1", "a", "b");
    var n2 = world.start("n2", "a");
    n1.streams().consume(Tick.class);
    n2.streams().consume(Tick.class);
    producer.when().subscribed().minimumOf(2).await();

    assertThat(producer.when().subscribed().minimumOf(3).isMet()).isFalse();
    assertThat(producer.when().subscribed().minimumOf(3).unmet().isMet()).isTrue();
    assertThat(producer.when().subscribed().withTags("a").minimumOf(2).isMet()).isTrue();
    AwaitableCondition both = producer.when().subscribed().withTags("a", "b").minimumOf(2);
    assertThat(both.isMet()).isFalse();
    assertThat(
            producer
                .when()
                .subscribed()
                .withPredicate(entry -> entry.peerId().equals(n2.peerId()))
                .isMet())
        .isTrue();

    var future = both.future();
    world.run(Duration.ofSeconds(2));
    assertThat(future).isNotDone();
    n2.discovery().addTags(Tag.of("b"));
    world.until("the new tag counts", future::isDone);
    n1.discovery().removeTags(Tag.of("b"));
    both.unmet().await(Duration.ofSeconds(5));
  }

  @Test
  void who_is_being_dialled_is_shown_and_does_not_count() {
    var n0 = world.start("n0");
    var n1 = world.start("n1");
    world.until(
        "they know each other", () -> n1.discovery().catalog().get().get(n0.peerId()) != null);
    n0.streams().produce(Tick.class);
    world.run(Duration.ofSeconds(1));
    world.world().cut("n0", "n1");
    Consumer<Tick> consumer = n1.streams().consume(Tick.class);
    world.run(Duration.ofMillis(500));
    assertThat(consumer.producers())
        .singleElement()
        .satisfies(info -> assertThat(info.state()).isEqualTo(SubscriptionInfo.State.CONNECTING));
    assertThat(consumer.when().subscribed().isMet()).isFalse();
    assertThat(consumer.when().subscribed().unmet().isMet()).isTrue();

    world.world().mend("n0", "n1");
    consumer.when().subscribed().await(Duration.ofMinutes(1));
    assertThat(consumer.when().subscribed().future()).as("met at once").isCompleted();
  }

  @Test
  void waiting_has_a_deadline_and_costs_nothing_meanwhile() {
    var n0 = world.start("n0");
    Producer<Tick> producer = n0.streams().produce(Tick.class);
    world.run(Duration.ofSeconds(1));
    long before = world.world().trace().events();
    assertThatThrownBy(() -> producer.when().subscribed().await(Duration.ofSeconds(30)))
        .isInstanceOf(DeadlineExceededException.class)
        .hasMessageContaining("at least 1");
    assertThat(world.world().trace().events() - before).isLessThan(200);
  }

  @Test
  void a_producer_is_online_when_its_own_condition_says_so() {
    var n0 = world.start("n0");
    Producer<Tick> producer =
        n0.streams()
            .producer(Tick.class)
            .onlineWhen(condition -> condition.minimumOf(2).withTags("a"))
            .build();
    var n1 = world.start("n1", "a");
    var n2 = world.start("n2");
    n1.streams().consume(Tick.class);
    n2.streams().consume(Tick.class);
    producer.when().subscribed().minimumOf(2).await();
    world.run(Duration.ofSeconds(1));
    assertThat(producer.online().get()).isFalse();
    assertThat(producer.trySend(new Tick(1))).isEqualTo(new SendResult.Offline<>(new Tick(1)));

    n2.discovery().addTags(Tag.of("a"));
    producer.when().online().await();
    assertThat(producer.online().get()).isTrue();
    assertThat(producer.trySend(new Tick(1)).isSent()).isTrue();

    n1.discovery().removeTags(Tag.of("a"));
    world.until("it is offline again", () -> !producer.online().get());
  }

  @Test
  void a_consumer_is_online_without_producers_unless_it_says_otherwise() {
    var n0 = world.start("n0");
    var n1 = world.start("n1");
    Consumer<Tick> plain = n1.streams().consume(Tick.class);
    Consumer<Tick> needy =
        n1.streams().consumer(Tick.class).onlineWhen(condition -> condition).build();
    world.run(Duration.ofSeconds(1));
    assertThat(plain.online().get()).isTrue();
    assertThat(needy.online().get()).isFalse();
    n0.streams().produce(Tick.class);
    world.until("it is online", () -> needy.online().get());
  }

  @Test
  void onlineWhen_wants_a_condition_made_from_the_given_one() {
    var n0 = world.start("n0");
    Producer<Tick> producer =
        n0.streams().producer(Tick.class).onlineWhen(c -> c.minimumOf(0)).build();
    assertThat(producer.trySend(new Tick(1)).isSent()).isTrue();
    assertThatThrownBy(
            () -> n0.streams().consumer(Tick.class).onlineWhen(c -> producer.when().online()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("minimumOf(2)");
  }

  @Test
  void who_waits_on_something_that_is_closed_hears_so() {
    var n0 = world.start("n0");
    Producer<Tick> producer = n0.streams().produce(Tick.class);
    var future = producer.when().subscribed().future();
    var sending = producer.sendAsync(new Tick(1));
    world.run(Duration.ofSeconds(1));
    producer.close();
    world.run(Duration.ofMillis(10));
    assertThat(future).isCompletedExceptionally();
    assertThatThrownBy(future::get).hasCauseInstanceOf(ProducerClosedException.class);
    assertThatThrownBy(sending::get).hasCauseInstanceOf(ProducerClosedException.class);
    assertThat(producer.online().get()).isFalse();
  }

  @Test
  void sends_that_wait_are_bounded_keep_their_order_and_end_in_time() {
    var n0 = world.start("n0");
    Producer<Tick> producer = n0.streams().producer(Tick.class).bufferSize(10).build();
    var first = producer.sendAsync(new Tick(0));
    world.run(Duration.ofSeconds(10));
    for (int i = 1; i < 10; i++) {
      assertThat(producer.sendAsync(new Tick(i))).isNotDone();
    }
    assertThat(producer.sendAsync(new Tick(10)))
        .failsWithin(Duration.ZERO)
        .withThrowableOfType(Exception.class)
        .withMessageContaining("10 sends are waiting");
    world.run(Duration.ofSeconds(21));
    assertThatThrownBy(first::get).hasCauseInstanceOf(DeadlineExceededException.class);

    var n1 = world.start("n1");
    Consumer<Tick> consumer = n1.streams().consume(Tick.class);
    consumer.when().subscribed().await(Duration.ofSeconds(5));
    world.run(Duration.ofSeconds(1));
    assertThat(StreamWorld.drain(consumer))
        .extracting(Tick::value)
        .containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9);
  }

  @Test
  void futures_of_receives_are_served_in_order_and_a_cancelled_one_takes_nothing() {
    var n0 = world.start("n0");
    var n1 = world.start("n1");
    Producer<Tick> producer = n0.streams().produce(Tick.class);
    Consumer<Tick> consumer = n1.streams().consume(Tick.class);
    producer.when().subscribed().await();
    var a = consumer.receiveAsync();
    var b = consumer.receiveAsync();
    var c = consumer.receiveAsync();
    b.cancel(false);
    producer.send(new Tick(1));
    producer.send(new Tick(2));
    world.until("both came", () -> a.isDone() && c.isDone());
    assertThat(a.resultNow().datum()).isEqualTo(new Tick(1));
    assertThat(c.resultNow()).isEqualTo(new Received<>(new Tick(2), n0.peerId()));
    var d = consumer.receiveAsync();
    consumer.close();
    world.run(Duration.ofMillis(10));
    assertThatThrownBy(d::get).hasCauseInstanceOf(ConsumerClosedException.class);
  }

  @Test
  void a_listener_that_throws_is_counted_and_there_is_only_one() {
    var n0 = world.start("n0");
    var n1 = world.start("n1");
    Producer<Tick> producer = n0.streams().produce(Tick.class);
    Consumer<Tick> consumer = n1.streams().consume(Tick.class);
    var sum = new AtomicInteger();
    var listening =
        consumer.listen(next -> {
          if (next.datum().value() == 1) {
            throw new IllegalStateException("on purpose");
          }
          sum.addAndGet(next.datum().value());
        });
    assertThatThrownBy(() -> consumer.listen(next -> {})).isInstanceOf(IllegalStateException.class);
    producer.when().subscribed().await();
    producer.send(new Tick(1));
    producer.send(new Tick(2));
    world.run(Duration.ofSeconds(1));
    assertThat(sum).hasValue(2);
    assertThat(consumer.stats().failed()).isOne();

    listening.cancel();
    producer.send(new Tick(4));
    world.run(Duration.ofSeconds(1));
    assertThat(sum).hasValue(2);
    assertThat(consumer.receive(Duration.ofSeconds(1))).isEqualTo(new Tick(4));
  }

  @Test
  void waits_that_were_given_up_leave_nothing() {
    var n0 = world.start("n0");
    Producer<Tick> producer = n0.streams().produce(Tick.class);
    AwaitableCondition never = producer.when().subscribed().minimumOf(2);
    for (int i = 0; i < 10_000; i++) {
      if (i % 2 == 0) {
        assertThat(never.future().cancel(false)).isTrue();
      } else {
        assertThatThrownBy(() -> never.await(Duration.ofMillis(1)))
            .isInstanceOf(DeadlineExceededException.class);
      }
    }
    world.run(Duration.ofMillis(1));
    assertThat(((ProducerHandle<Tick>) producer).worker().conditions().waiting()).isZero();
  }

  @Test
  void what_hangs_on_a_condition_may_block_and_holds_nobody_up() {
    var n0 = world.start("n0");
    Producer<Tick> producer =
        n0.streams().producer(Tick.class).requireConsumer(peer -> peer.hasTag("wanted")).build();
    var done =
        producer
            .when()
            .subscribed()
            .future()
            .thenRun(() -> producer.when().subscribed().minimumOf(2).await(Duration.ofMinutes(1)));
    world.start("n1", "wanted").streams().consume(Tick.class);
    producer.when().subscribed().await();
    world.start("n2", "wanted").streams().consume(Tick.class);
    world.until("the second one is admitted while the first one's hook waits", done::isDone);
    assertThat(done).isCompleted();
  }

  @Test
  void what_hangs_on_a_send_may_block_until_a_consumer_comes() {
    var n0 = world.start("n0");
    var n1 = world.start("n1");
    Producer<Tick> producer = n0.streams().produce(Tick.class);
    Consumer<Tick> first = n1.streams().consume(Tick.class);
    producer.when().subscribed().await();
    var done =
        producer
            .sendAsync(new Tick(1))
            .thenRun(() -> {
              producer.when().subscribed().unmet().await();
              producer.send(new Tick(2));
            })
            .thenCompose(nothing -> producer.sendAsync(new Tick(3)));
    assertThat(first.receive()).isEqualTo(new Tick(1));
    first.close();
    producer.when().subscribed().unmet().await();
    world.run(Duration.ofSeconds(1));
    Consumer<Tick> second = n1.streams().consume(Tick.class);
    assertThat(second.receive(Duration.ofSeconds(5))).isEqualTo(new Tick(2));
    assertThat(second.receive(Duration.ofSeconds(5))).isEqualTo(new Tick(3));
    world.until("it is answered", done::isDone);
    assertThat(done).isCompletedWithValue(1);
  }

  @Test
  void an_executor_that_refuses_keeps_nobody_else_from_hearing() {
    var n0 = world.start("n0");
    Producer<Tick> producer = n0.streams().produce(Tick.class);
    var met = new AtomicInteger();
    producer
        .when()
        .subscribed()
        .onMet(
            action -> {
              throw new RejectedExecutionException("on purpose");
            },
            () -> {});
    producer.when().subscribed().onMet(Runnable::run, met::incrementAndGet);
    world.start("n1").streams().consume(Tick.class);
    world.until("the other one hears", () -> met.get() == 1);
  }
}
