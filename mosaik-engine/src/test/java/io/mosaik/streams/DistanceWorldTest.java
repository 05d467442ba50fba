package io.mosaik.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mosaik.sim.LinkProfile;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Producers and consumers that take only who is near enough, in a simulated world. */
class DistanceWorldTest {

  private static final Duration BOUND = Duration.ofMillis(50);

  private final StreamWorld world = new StreamWorld(3);
  private final StreamWorld.Node producing = world.start("p");

  @AfterEach
  void close() {
    world.close();
  }

  @Datum("ticks")
  record Tick(int number) {}

  /** One way; there and back is twice that. */
  private void oneWay(int ms) {
    world.world().node("c");
    world.world().link("c", "p", LinkProfile.ofLatency(Duration.ofMillis(ms)));
  }

  private static List<SubscriptionInfo.State> states(Consumer<?> consumer) {
    return consumer.producers().stream().map(SubscriptionInfo::state).toList();
  }

  @Test
  void a_consumer_leaves_a_producer_alone_that_is_too_far_and_takes_it_when_it_comes_near() {
    oneWay(40);
    Producer<Tick> producer = producing.streams().produce(Tick.class);
    Consumer<Tick> consumer =
        world.start("c").streams().consumer(Tick.class).rttBelow(BOUND).build();
    world.run(Duration.ofMinutes(1));
    assertThat(consumer.producers()).isEmpty();
    assertThat(producer.stats().datums()).isZero();
    assertThat(consumer.unwanted().get(Unwanted.TOO_FAR)).isOne();

    oneWay(5);
    producer.when().subscribed().await(Duration.ofMinutes(5));
    assertThat(consumer.unwanted().get(Unwanted.TOO_FAR)).isZero();
  }

  @Test
  void a_consumer_lets_a_producer_go_that_is_too_far_for_long() {
    oneWay(5);
    Producer<Tick> producer = producing.streams().produce(Tick.class);
    Consumer<Tick> consumer =
        world.start("c").streams().consumer(Tick.class).rttBelow(BOUND).build();
    producer.when().subscribed().await(Duration.ofSeconds(10));
    world.run(Duration.ofMinutes(1));
    assertThat(states(consumer)).containsExactly(SubscriptionInfo.State.CONNECTED);

    oneWay(40);
    world.run(Duration.ofSeconds(9));
    assertThat(states(consumer)).containsExactly(SubscriptionInfo.State.CONNECTED);
    world.run(Duration.ofMinutes(2)); // until its smoothed time shows it, and ten seconds
    assertThat(consumer.producers()).isEmpty();
  }

  @Test
  void a_producer_refuses_who_is_too_far_and_takes_it_when_it_comes_near() {
    oneWay(40);
    Producer<Tick> producer = producing.streams().producer(Tick.class).rttBelow(BOUND).build();
    Consumer<Tick> consumer = world.start("c").streams().consume(Tick.class);
    world.run(Duration.ofMinutes(1));
    assertThat(producer.consumers()).isEmpty();
    assertThat(producer.refusals().get(Refusal.TOO_FAR)).isPositive();
    assertThat(consumer.refusals().get(Refusal.NOT_ALLOWED)).isPositive();

    oneWay(5);
    producer.when().subscribed().await(Duration.ofMinutes(5));
  }

  @Test
  void a_producer_closes_who_is_too_far_for_long() {
    oneWay(5);
    Producer<Tick> producer = producing.streams().producer(Tick.class).rttBelow(BOUND).build();
    world.start("c").streams().consume(Tick.class);
    producer.when().subscribed().await(Duration.ofSeconds(10));
    oneWay(40);
    world.run(Duration.ofSeconds(9));
    assertThat(producer.consumers()).hasSize(1);
    world.run(Duration.ofMinutes(2));
    assertThat(producer.consumers()).isEmpty();
    assertThat(producer.refusals().get(Refusal.TOO_FAR)).isPositive();
  }

  @Test
  void a_bound_that_nobody_can_be_within_is_refused() {
    assertThatThrownBy(() -> producing.streams().consumer(Tick.class).rttBelow(Duration.ZERO))
        .hasMessageContaining("a round trip takes time");
    assertThatThrownBy(
            () -> producing.streams().producer(Tick.class).rttBelow(Duration.ofMillis(-1)))
        .hasMessageContaining("a round trip takes time");
  }
}
