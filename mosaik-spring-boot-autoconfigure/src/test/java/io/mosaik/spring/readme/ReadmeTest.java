package io.mosaik.spring.readme;

import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.Network;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.springframework.beans.factory.config.YamlPropertiesFactoryBean;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.io.ByteArrayResource;

/** The four steps of the README: its code is what runs here, and it runs. */
@ResourceLock("logging") // an application sets it up anew
class ReadmeTest {

  private static final Path README = Path.of("../README.md");
  private static final Path CODE = Path.of("src/test/java/io/mosaik/spring/readme");

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  @Import(Trader.class)
  static class TraderApplication {}

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  @Import(Matcher.class)
  static class MatcherApplication {}

  @Test
  void its_java_is_the_code_of_this_package() throws IOException {
    var sources = new StringBuilder();
    for (String file : List.of("Order.java", "Trader.java", "Matcher.java")) {
      sources.append(Files.readString(CODE.resolve(file)));
    }
    List<String> blocks = blocks("java");
    assertThat(blocks).hasSize(2);
    for (String block : blocks) {
      for (String part : block.split("\n(?=@[DC])", -1)) {
        assertThat(sources.toString()).contains(part.strip());
      }
    }
  }

  @Test
  void its_dependency_is_the_starter_of_this_build() throws IOException {
    String parent = Files.readString(Path.of("../mosaik-spring-boot-starter/pom.xml"));
    String dependency = blocks("xml").getFirst();
    for (String line :
        dependency.lines().filter(l -> l.contains("</")).map(String::strip).toList()) {
      if (!line.equals("</dependency>")) {
        assertThat(parent).contains(line);
      }
    }
  }

  @Test
  void what_watching_needs_is_what_these_tests_run_with() throws IOException {
    String tested = Files.readString(Path.of("pom.xml"));
    List<String> artifacts =
        blocks("xml").get(1).lines().filter(line -> line.contains("<artifactId>")).toList();
    assertThat(artifacts).hasSize(3).allSatisfy(line -> assertThat(tested).contains(line.strip()));
  }

  @Test
  void its_two_applications_find_each_other_and_an_order_arrives() throws Exception {
    Properties matching = yaml(blocks("yaml").get(0));
    Properties trading = yaml(blocks("yaml").get(1));
    Properties watching = yaml(blocks("yaml").get(2));
    replacePort(matching, "mosaik.bind", 4000, 0); // any that is free here
    try (ConfigurableApplicationContext matcher =
        start(MatcherApplication.class, matching, watching)) {
      int port = matcher.getBean(Network.class).address().candidates().getFirst().port();
      replacePort(trading, "mosaik.bootstrap", 4000, port);
      try (ConfigurableApplicationContext trader =
          start(TraderApplication.class, trading, watching)) {
        trader.getBean(Trader.class).buy("EUR/USD", 10_850, 3);

        List<Order> book = matcher.getBean(Matcher.class).book();
        await(() -> !book.isEmpty());
        assertThat(book).containsExactly(new Order("EUR/USD", 10_850, 3));
        assertThat(get(matcher, "/actuator/health"))
            .contains("\"status\":\"UP\"")
            .containsPattern("\"mosaik\":\\{[^}]*\"details\":\\{")
            .contains(matcher.getBean(Network.class).peerId().toShortString());
        assertThat(get(matcher, "/actuator/prometheus")).contains("mosaik_peers 1.0");
        assertThat(get(matcher, "/actuator/mosaik"))
            .contains(trader.getBean(Network.class).peerId().toString());
      }
    }
  }

  private static void replacePort(Properties properties, String name, int from, int to) {
    String address = properties.getProperty(name);
    assertThat(address).endsWith(":" + from);
    properties.setProperty(name, address.substring(0, address.lastIndexOf(':') + 1) + to);
  }

  private static ConfigurableApplicationContext start(
      Class<?> application, Properties node, Properties watching) {
    var arguments = new ArrayList<String>();
    node.forEach((key, value) -> arguments.add("--" + key + "=" + value));
    watching.forEach((key, value) -> arguments.add("--" + key + "=" + value));
    arguments.add("--server.port=0");
    return new SpringApplicationBuilder(application)
        .web(WebApplicationType.SERVLET)
        .run(arguments.toArray(String[]::new));
  }

  private static String get(ConfigurableApplicationContext context, String path)
      throws IOException, InterruptedException {
    String port = context.getEnvironment().getProperty("local.server.port");
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client
          .send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                  .timeout(Duration.ofSeconds(20))
                  .build(),
              HttpResponse.BodyHandlers.ofString())
          .body();
    }
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!condition.getAsBoolean() && System.nanoTime() < deadline) {
      Thread.sleep(10); // real processes' time; the deadline bounds it
    }
  }

  private static Properties yaml(String text) {
    var factory = new YamlPropertiesFactoryBean();
    factory.setResources(new ByteArrayResource(text.getBytes(StandardCharsets.UTF_8)));
    return Objects.requireNonNull(factory.getObject());
  }

  private static List<String> blocks(String language) throws IOException {
    var blocks = new ArrayList<String>();
    var matcher =
        Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(README));
    while (matcher.find()) {
      blocks.add(matcher.group(1));
    }
    return blocks;
  }
}
