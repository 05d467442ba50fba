package io.mosaik.spring.starter;

import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.Network;
import io.mosaik.id.NetworkId;
import io.mosaik.streams.Consumer;
import io.mosaik.streams.Producer;
import io.mosaik.transport.Address;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.util.ClassUtils;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** A web application without actuator that adds the starter. */
class StarterIT {

  private static final Duration SOON = Duration.ofSeconds(30);

  record Greeting(String text) {}

  @Test
  void the_web_layer_is_as_it_was() throws Exception {
    try (ConfigurableApplicationContext context = start()) {
      assertThat(
              Arrays.stream(context.getBeanDefinitionNames()).map(n -> n.toLowerCase(Locale.ROOT)))
          .contains("jacksonjsonmapper")
          .noneMatch(name -> name.contains("cbor"));
      assertThat(ClassUtils.isPresent("tools.jackson.dataformat.cbor.CBORMapper", null)).isFalse();
      HttpResponse<String> json = get(context, "application/json");
      assertThat(json.statusCode()).isEqualTo(200);
      assertThat(json.body()).isEqualTo("{\"text\":\"hello\"}");
      assertThat(get(context, "application/cbor").statusCode()).isEqualTo(406);
    }
  }

  @Test
  void datums_travel_as_cbor_all_the_same() {
    try (ConfigurableApplicationContext context = start()) {
      Network network = context.getBean(Network.class);
      try (Network other =
          Network.builder(NetworkId.of("starter"))
              .bind(Address.parse("127.0.0.1:0"))
              .bootstrap(network.address())
              .start()) {
        Consumer<Greeting> greetings = network.streams().consume(Greeting.class);
        Producer<Greeting> greeter = other.streams().produce(Greeting.class);
        greeter.send(new Greeting("hello"), SOON);
        assertThat(greetings.receive(SOON)).isEqualTo(new Greeting("hello"));
      }
    }
  }

  @Test
  void actuator_is_not_needed() {
    try (ConfigurableApplicationContext context = start()) {
      assertThat(context.getBeanNamesForType(Network.class)).hasSize(1);
      assertThat(context.getBeanDefinitionNames())
          .doesNotContain("mosaikHealthIndicator", "mosaikMetrics", "mosaikEndpoint");
    }
  }

  private static ConfigurableApplicationContext start() {
    return new SpringApplicationBuilder(WebApplication.class)
        .run("--mosaik.network=starter", "--mosaik.bind=127.0.0.1:0", "--server.port=0");
  }

  private static HttpResponse<String> get(ConfigurableApplicationContext context, String accept)
      throws IOException, InterruptedException {
    String port = context.getEnvironment().getProperty("local.server.port");
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/greeting"))
              .header("Accept", accept)
              .timeout(SOON)
              .build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  @Import(Greeter.class)
  static class WebApplication {}

  @RestController
  static class Greeter {

    @GetMapping("/greeting")
    Greeting greeting() {
      return new Greeting("hello");
    }
  }
}
