package io.mosaik.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.mosaik.Network;
import io.mosaik.groups.Group;
import io.mosaik.id.NetworkId;
import io.mosaik.id.SecretKey;
import io.mosaik.spring.listener.MosaikListener;
import io.mosaik.spring.listener.MosaikListenerErrorHandler;
import io.mosaik.spring.listener.MosaikListenerRegistry;
import io.mosaik.streams.Consumer;
import io.mosaik.streams.Datum;
import io.mosaik.streams.Producer;
import io.mosaik.streams.Received;
import io.mosaik.transport.Address;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

class MosaikAutoConfigurationTest {

  private static final Duration SOON = Duration.ofSeconds(20);

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(
                  MosaikAutoConfiguration.class,
                  MosaikHealthAutoConfiguration.class,
                  MosaikInfoAutoConfiguration.class,
                  MosaikEndpointAutoConfiguration.class,
                  MosaikMetricsAutoConfiguration.class,
                  MosaikObservationAutoConfiguration.class))
          .withPropertyValues("mosaik.network=spring-test", "mosaik.bind=127.0.0.1:0");

  @Datum("spring-test.tick")
  record Tick(int value) {}

  @Datum("spring-test.other")
  record Other(int value) {}

  @Test
  void the_node_is_what_the_properties_say() {
    runner
        .withPropertyValues(
            "mosaik.secret-key=spring-test-key",
            "mosaik.tags=trader,eu",
            "mosaik.advertise=example.org:4000")
        .run(context -> {
          Network network = context.getBean(Network.class);
          assertThat(network.id()).isEqualTo(NetworkId.of("spring-test"));
          assertThat(network.peerId()).isEqualTo(SecretKey.of("spring-test-key").peerId());
          assertThat(network.discovery().self().get().hasTag("eu")).isTrue();
          assertThat(network.address().candidates()).contains(new Address("example.org", 4000));
        });
  }

  @Test
  void nothing_is_there_when_it_is_disabled() {
    runner
        .withPropertyValues("mosaik.enabled=false")
        .run(context -> {
          assertThat(context).doesNotHaveBean(Network.class);
          assertThat(context).doesNotHaveBean(MosaikListenerRegistry.class);
          assertThat(context).doesNotHaveBean(HealthIndicator.class);
        });
  }

  @Test
  void a_network_of_the_users_own_wins() {
    runner
        .withBean(
            "mine",
            Network.class,
            () -> Network.builder(NetworkId.of("mine")).bind(Address.parse("127.0.0.1:0")).start())
        .run(context ->
            assertThat(context.getBean(Network.class).id()).isEqualTo(NetworkId.of("mine")));
  }

  @Test
  void a_customizer_has_the_last_word() {
    runner
        .withBean(NetworkBuilderCustomizer.class, () -> builder -> builder.tags("customized"))
        .run(context ->
            assertThat(context.getBean(Network.class).discovery().self().get().hasTag("customized"))
                .isTrue());
  }

  @Test
  void the_network_is_closed_with_the_context() {
    var closed = new boolean[1];
    runner.run(context -> {
      Network network = context.getBean(Network.class);
      context.getSourceApplicationContext().close();
      closed[0] = network.closeAsync().isDone();
    });
    assertThat(closed[0]).isTrue();
  }

  @Test
  void producers_and_consumers_are_injected_by_their_generic_type() {
    runner
        .withUserConfiguration(Injected.class)
        .run(context -> {
          Injected injected = context.getBean(Injected.class);
          Network network = context.getBean(Network.class);
          assertThat(injected.ticks).isSameAs(network.streams().produce(Tick.class));
          assertThat(injected.others.getObject()).isSameAs(network.streams().produce(Other.class));
          assertThat(injected.consumed.stream()).isEqualTo(injected.ticks.stream());
        });
  }

  @Test
  void a_producer_of_the_users_own_wins() {
    runner
        .withUserConfiguration(OwnProducer.class, Injected.class)
        .run(context ->
            assertThat(context.getBean(Injected.class).ticks)
                .isSameAs(context.getBean("ownTicks")));
  }

  @Test
  void a_group_is_injected_by_the_type_of_its_machine() {
    runner
        .withUserConfiguration(Grouped.class)
        .withPropertyValues("mosaik.groups.count.key=a-secret")
        .run(context -> {
          Grouped grouped = context.getBean(Grouped.class);
          Group<Integer, Long, Integer, Long> group = grouped.group(context);
          assertThat(group.execute(5, SOON).result()).isEqualTo(5L);
        });
  }

  @Test
  void a_group_without_a_machine_elects_a_leader() {
    runner
        .withPropertyValues("mosaik.groups.leader.key=a-secret")
        .run(context -> {
          Group<?, ?, ?, ?> group = context.getBean(Group.class);
          var health = context.getBean("mosaikHealthIndicator", HealthIndicator.class);
          assertThat(health.health()).isNotNull();
          assertThat(group.when().leaderElected().get(SOON.toMillis(), TimeUnit.MILLISECONDS))
              .isEqualTo(context.getBean(Network.class).peerId());
          group.when().isOnline().get(SOON.toMillis(), TimeUnit.MILLISECONDS);
          assertThat(String.valueOf(health.health())).contains("UP").contains("LEADER");
        });
  }

  @Test
  void a_listener_gets_what_a_producer_sends_and_goes_on_after_an_error() {
    runner
        .withConfiguration(
            AutoConfigurations.of(
                MetricsAutoConfiguration.class, SimpleMetricsExportAutoConfiguration.class))
        .withUserConfiguration(Listening.class)
        .run(context -> {
          try (Network other =
              Network.builder(NetworkId.of("spring-test"))
                  .bind(Address.parse("127.0.0.1:0"))
                  .tags("feed")
                  .bootstrap(context.getBean(Network.class).address())
                  .start()) {
            Producer<Tick> ticks = other.streams().produce(Tick.class);
            ticks.when().subscribed().minimumOf(2).await(SOON);
            for (int i = 0; i < 4; i++) {
              ticks.send(new Tick(i));
            }
            Listening listening = context.getBean(Listening.class);
            for (int i = 0; i < 4; i++) {
              assertThat(listening.plain.poll(20, TimeUnit.SECONDS)).isEqualTo(new Tick(i));
              assertThat(listening.received.poll(20, TimeUnit.SECONDS))
                  .isEqualTo(new Received<>(new Tick(i), other.peerId()));
            }
            assertThat(listening.failed.poll(20, TimeUnit.SECONDS))
                .isEqualTo("plain: tick 2 is refused");
            MeterRegistry meters = context.getBean(MeterRegistry.class);
            assertThat(meters.get("mosaik.peers").gauge().value()).isEqualTo(1);
            assertThat(
                    meters
                        .get("mosaik.listener.failed")
                        .tag("listener", "plain")
                        .functionCounter()
                        .count())
                .isEqualTo(1);
            assertThat(
                    meters
                        .get("mosaik.consumer.datums")
                        .tag("consumer", "0")
                        .functionCounter()
                        .count())
                .isEqualTo(4);
          }
        });
  }

  @Test
  void a_listener_can_be_started_and_stopped_by_its_id() {
    runner
        .withUserConfiguration(Manual.class)
        .run(context -> {
          var registry = context.getBean(MosaikListenerRegistry.class);
          Network network = context.getBean(Network.class);
          assertThat(network.streams().consumers()).isEmpty();
          registry.start("manual");
          assertThat(network.streams().consumers()).hasSize(1);
          registry.stop("manual");
          assertThat(network.streams().consumers()).isEmpty();
        });
  }

  @Test
  void a_listener_without_a_datum_fails_at_start_with_a_sentence() {
    runner
        .withUserConfiguration(Wrong.class)
        .run(context ->
            assertThat(context)
                .getFailure()
                .rootCause()
                .hasMessageContaining("takes 2 parameters"));
  }

  @Test
  void without_micrometer_the_rest_is_there() {
    runner
        .withClassLoader(new FilteredClassLoader("io.micrometer"))
        .run(context -> {
          assertThat(context).hasSingleBean(Network.class);
          assertThat(context).hasBean("mosaikHealthIndicator");
          assertThat(context).doesNotHaveBean("mosaikMetrics");
          assertThat(context).doesNotHaveBean("mosaikListenerObservation");
        });
  }

  @Test
  void health_can_be_switched_off() {
    runner
        .withPropertyValues("management.health.mosaik.enabled=false")
        .run(context -> assertThat(context).doesNotHaveBean("mosaikHealthIndicator"));
  }

  @Configuration(proxyBeanMethods = false)
  static class Injected {

    final Producer<Tick> ticks;
    final ObjectProvider<Producer<Other>> others;
    final Consumer<Tick> consumed;

    Injected(
        Producer<Tick> ticks, ObjectProvider<Producer<Other>> others, Consumer<Tick> consumed) {
      this.ticks = ticks;
      this.others = others;
      this.consumed = consumed;
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class OwnProducer {

    @Bean
    Producer<Tick> ownTicks(Network network) {
      return network.streams().producer(Tick.class).bufferSize(7).build();
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class Grouped {

    @Bean
    Counter counter() {
      return new Counter();
    }

    @Bean
    Holder holder(@Qualifier("count") Group<Integer, Long, Integer, Long> group) {
      return new Holder(group);
    }

    Group<Integer, Long, Integer, Long> group(
        org.springframework.context.ApplicationContext context) {
      return context.getBean(Holder.class).group();
    }

    record Holder(Group<Integer, Long, Integer, Long> group) {}
  }

  @Configuration(proxyBeanMethods = false)
  static class Listening {

    final BlockingQueue<Tick> plain = new LinkedBlockingQueue<>();
    final BlockingQueue<Received<Tick>> received = new LinkedBlockingQueue<>();
    final BlockingQueue<String> failed = new LinkedBlockingQueue<>();

    @MosaikListener(id = "plain", tags = "${feed:feed}")
    void onTick(Tick tick) {
      plain.add(tick);
      if (tick.value() == 2) {
        throw new IllegalStateException("tick 2 is refused");
      }
    }

    @MosaikListener(stream = "spring-test.tick", bufferSize = "16")
    void onReceived(Received<Tick> tick) {
      received.add(tick);
    }

    @Bean
    MosaikListenerErrorHandler errors() {
      return (id, datum, error) -> failed.add(id + ": " + error.getMessage());
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class Manual {

    @MosaikListener(id = "manual", autoStartup = false, concurrency = "3")
    void onTick(Tick tick) {}
  }

  @Configuration(proxyBeanMethods = false)
  static class Wrong {

    @MosaikListener
    void onTick(Tick tick, int more) {}
  }
}
