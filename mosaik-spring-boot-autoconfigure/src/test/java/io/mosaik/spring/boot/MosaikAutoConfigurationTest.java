package io.mosaik.spring.boot;

import static io.mosaik.spring.boot.TestContext.runner;
import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.Network;
import io.mosaik.id.NetworkId;
import io.mosaik.id.SecretKey;
import io.mosaik.spring.listener.MosaikListenerRegistry;
import io.mosaik.transport.Address;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.test.context.FilteredClassLoader;

class MosaikAutoConfigurationTest {

  @Test
  void the_node_is_what_the_properties_say() {
    runner()
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
    runner()
        .withPropertyValues("mosaik.enabled=false")
        .run(context -> {
          assertThat(context).hasNotFailed();
          assertThat(context).doesNotHaveBean(Network.class);
          assertThat(context).doesNotHaveBean(MosaikListenerRegistry.class);
          assertThat(context).doesNotHaveBean(HealthIndicator.class);
        });
  }

  @Test
  void a_network_of_the_users_own_wins() {
    runner()
        .withBean(
            "mine",
            Network.class,
            () -> Network.builder(NetworkId.of("mine")).bind(Address.parse("127.0.0.1:0")).start())
        .run(context ->
            assertThat(context.getBean(Network.class).id()).isEqualTo(NetworkId.of("mine")));
  }

  @Test
  void a_customizer_has_the_last_word() {
    runner()
        .withBean(NetworkBuilderCustomizer.class, () -> builder -> builder.tags("customized"))
        .run(context ->
            assertThat(context.getBean(Network.class).discovery().self().get().hasTag("customized"))
                .isTrue());
  }

  @Test
  void the_network_is_closed_with_the_context() {
    var closed = new boolean[1];
    runner()
        .run(context -> {
          Network network = context.getBean(Network.class);
          context.getSourceApplicationContext().close();
          closed[0] = network.closeAsync().isDone();
        });
    assertThat(closed[0]).isTrue();
  }

  @Test
  void without_micrometer_the_rest_is_there() {
    runner()
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
    runner()
        .withPropertyValues("management.health.mosaik.enabled=false")
        .run(context -> assertThat(context).doesNotHaveBean("mosaikHealthIndicator"));
  }
}
