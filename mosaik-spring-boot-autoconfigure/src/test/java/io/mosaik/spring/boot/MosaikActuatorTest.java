package io.mosaik.spring.boot;

import static io.mosaik.spring.boot.TestContext.SOON;
import static io.mosaik.spring.boot.TestContext.nodeBeside;
import static io.mosaik.spring.boot.TestContext.runner;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.mosaik.Network;
import io.mosaik.groups.Group;
import io.mosaik.groups.GroupKey;
import io.mosaik.spring.boot.TestContext.Other;
import io.mosaik.spring.boot.TestContext.Tick;
import io.mosaik.spring.listener.MosaikListener;
import io.mosaik.streams.Producer;
import io.mosaik.streams.Refusal;
import io.mosaik.streams.Replay;
import io.mosaik.streams.Unwanted;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.info.Info;
import org.springframework.boot.actuate.info.InfoContributor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

class MosaikActuatorTest {

  private final ApplicationContextRunner runner =
      runner()
          .withConfiguration(
              AutoConfigurations.of(
                  MetricsAutoConfiguration.class,
                  SimpleMetricsExportAutoConfiguration.class,
                  ObservationAutoConfiguration.class));

  @Test
  void the_endpoint_shows_what_the_node_sees_and_no_secret() {
    runner
        .withBean(User.class)
        .withPropertyValues(
            "mosaik.network-secret=hush",
            "mosaik.secret-key=hush-hush",
            "mosaik.groups.any.key=hush-hush-hush")
        .run(context -> {
          Network network = context.getBean(Network.class);
          MosaikEndpoint.Report report =
              new MosaikEndpoint(network, context.getBean(GroupNames.class)).report();
          assertThat(report.peerId()).isEqualTo(network.peerId().toString());
          assertThat(report.groups())
              .singleElement()
              .extracting("name", "role")
              .containsExactly("any", "UNFORMED");
          assertThat(report.producers())
              .singleElement()
              .extracting("name")
              .isEqualTo("spring-test.other");
          assertThat(report.consumers())
              .singleElement()
              .extracting("name")
              .isEqualTo("spring-test.tick");
          assertThat(report.toString()).doesNotContain("hush");
        });
  }

  @Test
  void a_group_with_another_member_shows_its_bond_its_log_and_who_is_sure_to_lead() {
    runner
        .withPropertyValues("mosaik.groups.pair.key=a-secret")
        .run(context -> {
          Network network = context.getBean(Network.class);
          Group<?, ?, ?, ?> group = context.getBean(Group.class);
          MeterRegistry meters = context.getBean(MeterRegistry.class);
          double sent;
          try (Network other = nodeBeside(network)) {
            other.groups().withKey(GroupKey.of("a-secret")).observer().join();
            group.when().bondedWith(other.peerId()).await(SOON);
            group.when().isOnline().await(SOON);
            MosaikEndpoint.GroupReport report = report(context);
            assertThat(report.bonds())
                .singleElement()
                .satisfies(bond -> {
                  assertThat(bond.peer()).isEqualTo(other.peerId().toString());
                  assertThat(bond.bytesReceived()).isPositive();
                  assertThat(bond.messagesSent()).isPositive();
                });
            assertThat(report.sync().heldEntries()).isPositive();
            assertThat(report.sync().diverged()).isFalse();
            sent = counted(meters, "mosaik.group.bonds.sent.bytes");
            assertThat(sent).isPositive();
            assertThat(gauged(meters, "mosaik.group.bonds")).isEqualTo(1);
            assertThat(gauged(meters, "mosaik.group.log.bytes")).isPositive();
          }
          await(() -> group.bonds().isEmpty());
          assertThat(counted(meters, "mosaik.group.bonds.sent.bytes"))
              .as("what was sent on a bond that is gone")
              .isGreaterThanOrEqualTo(sent);
          await(() -> group.leadership().get().isHeld());
          assertThat(report(context).leadership()).isEqualTo(group.status().get().term());
          assertThat(gauged(meters, "mosaik.group.leadership")).isEqualTo(1);
        });
  }

  private static MosaikEndpoint.GroupReport report(ApplicationContext context) {
    return new MosaikEndpoint(context.getBean(Network.class), context.getBean(GroupNames.class))
        .report()
        .groups()
        .getFirst();
  }

  private static double counted(MeterRegistry meters, String name) {
    return meters.get(name).functionCounter().count();
  }

  private static double gauged(MeterRegistry meters, String name) {
    return meters.get(name).gauge().value();
  }

  @Test
  void the_endpoint_shows_who_is_refused_left_alone_and_who_shares() {
    runner.run(context -> {
      Network network = context.getBean(Network.class);
      Producer<Tick> ticks =
          network
              .streams()
              .producer(Tick.class)
              .requireConsumer(peer -> peer.hasTag("reader"))
              .build();
      network.streams().consumer(Other.class).subscribeIf(peer -> false).build();
      try (Network reader = nodeBeside(network, "reader");
          Network other = nodeBeside(network)) {
        reader.streams().consumer(Tick.class).shared("work").build();
        other.streams().consume(Tick.class);
        other.streams().produce(Other.class);
        ticks.when().subscribed().await(SOON);
        var endpoint = new MosaikEndpoint(network, context.getBean(GroupNames.class));
        await(() -> {
          MosaikEndpoint.Report report = endpoint.report();
          MosaikEndpoint.Stream producer = report.producers().getFirst();
          MosaikEndpoint.Stream consumer = report.consumers().getFirst();
          return producer.refusals().getOrDefault(Refusal.NOT_ALLOWED, 0L) > 0
              && consumer.unwanted().getOrDefault(Unwanted.PREDICATE, 0) == 1
              && producer.shareGroups().size() == 1;
        });
        assertThat(endpoint.report().refusals()).containsEntry(Refusal.NOT_FOUND, 0L);
        assertThat(
                context
                    .getBean(MeterRegistry.class)
                    .get("mosaik.streams.refused")
                    .tag("reason", "NOT_FOUND")
                    .functionCounter()
                    .count())
            .isZero();
      }
    });
  }

  @Test
  void info_tells_who_the_node_is() {
    runner
        .withPropertyValues("mosaik.tags=trader")
        .run(context -> {
          var info = new Info.Builder();
          context.getBean("mosaikInfoContributor", InfoContributor.class).contribute(info);
          assertThat(info.build().getDetails().get("mosaik"))
              .asString()
              .contains(context.getBean(Network.class).peerId().toString(), "trader");
        });
  }

  @Test
  void a_call_of_a_listener_is_an_observation() {
    runner
        .withBean(User.class)
        .run(context -> {
          try (Network other = nodeBeside(context.getBean(Network.class))) {
            other.streams().produce(Tick.class).send(new Tick(1), SOON);
            MeterRegistry meters = context.getBean(MeterRegistry.class);
            await(() -> {
              Timer timer = meters.find("mosaik.listener").tag("listener", "user").timer();
              return timer != null && timer.count() == 1;
            });
          }
        });
  }

  @Test
  void a_producer_that_is_made_later_gets_its_meters() {
    runner.run(context -> {
      MeterRegistry meters = context.getBean(MeterRegistry.class);
      assertThat(meters.find("mosaik.producer.datums").meters()).isEmpty();
      context.getBean(Network.class).streams().produce(Tick.class);
      await(() -> meters.find("mosaik.producer.datums").functionCounter() != null);
    });
  }

  @Test
  void what_a_producer_keeps_for_late_consumers_shows() {
    runner.run(context -> {
      MeterRegistry meters = context.getBean(MeterRegistry.class);
      Producer<Tick> ticks =
          context
              .getBean(Network.class)
              .streams()
              .producer(Tick.class)
              .onlineWhen(consumers -> consumers.minimumOf(0))
              .replay(Replay.last(2))
              .build();
      for (int i = 0; i < 3; i++) {
        ticks.send(new Tick(i));
      }
      await(() -> {
        Gauge kept = meters.find("mosaik.producer.past.datums").tag("stream", ticks.name()).gauge();
        return kept != null && kept.value() == 2;
      });
      assertThat(
              meters.get("mosaik.producer.past.bytes").tag("stream", ticks.name()).gauge().value())
          .isPositive();
    });
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    long deadlineNs = System.nanoTime() + SOON.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("it holds within " + SOON).isLessThan(deadlineNs);
      Thread.sleep(10); // on its way; the deadline bounds it
    }
  }

  /** Produces and consumes. */
  static final class User {

    User(Producer<Other> producer) {
      assertThat(producer.name()).isEqualTo("spring-test.other");
    }

    @MosaikListener(id = "user")
    void onTick(Tick tick) {}
  }
}
