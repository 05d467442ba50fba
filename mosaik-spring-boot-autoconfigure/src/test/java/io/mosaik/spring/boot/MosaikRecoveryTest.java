package io.mosaik.spring.boot;

import static io.mosaik.spring.boot.TestContext.SOON;
import static io.mosaik.spring.boot.TestContext.nodeBeside;
import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.Network;
import io.mosaik.durable.DurableLogStorage;
import io.mosaik.groups.Group;
import io.mosaik.groups.GroupBuilder;
import io.mosaik.groups.GroupKey;
import io.mosaik.groups.config.ConsensusConfig;
import io.mosaik.id.PeerId;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.function.ThrowingConsumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** An operator recovers a group by actuator, over HTTP. */
@Execution(ExecutionMode.CONCURRENT)
class MosaikRecoveryTest {

  private static final JsonMapper JSON = new JsonMapper();
  private static final String ALLOWED = "management.endpoint.mosaikrecovery.access=unrestricted";

  @TempDir private Path directory = Path.of("set by JUnit");

  @Test
  void who_lost_its_majority_goes_on_by_the_word_of_an_operator_and_of_no_stale_one() {
    run(
        app -> {
          Network network = app.context.getBean(Network.class);
          Group<Integer, Long, Integer, Long> group = app.context.getBean(Ledger.class).group;
          var first = new Counter();
          var second = new Counter();
          try (Network a = nodeBeside(network);
              Network b = nodeBeside(network)) {
            settings(a, first).join();
            settings(b, second).join();
            group.when().isOnline().await(SOON);
            assertThat(group.execute(5, SOON).result()).isEqualTo(5L);

            Stream.of(first, second).forEach(Counter::breakDown);
            var unused = group.executeAsync(7); // both die of it, and may have told nobody before
            JsonNode seen = awaitOutage(app);
            assertThat(texts(seen.at("/outage/missing")))
                .containsExactlyInAnyOrder(a.peerId().toString(), b.peerId().toString());
            assertThat(app.get("/actuator/health").body)
                .contains("OUT_OF_SERVICE", "it stands still, for there has been no leader");
            long committed = seen.get("committed").asLong();

            Answer half = app.recover("ledger", List.of(a.peerId()), committed);
            assertThat(half.status).isEqualTo(409);
            assertThat(half.message()).contains("name all of them", b.peerId().toString());
            Answer stale = app.recover("ledger", List.of(a.peerId(), b.peerId()), committed - 1);
            assertThat(stale.status).isEqualTo(409);
            assertThat(stale.message()).contains("committed up to " + committed + " here, not ");
            Answer living = app.recover("ledger", List.of(a.peerId(), network.peerId()), committed);
            assertThat(living.status).isEqualTo(409);

            Answer given = app.recover("ledger", List.of(a.peerId(), b.peerId()), committed);
            assertThat(given.status).isEqualTo(202);
            group.when().isOnline().await(SOON);
            assertThat(group.committee()).containsExactly(network.peerId());
            assertThat(group.execute(1, SOON).result()).isIn(6L, 13L);
            Answer again = app.recover("ledger", List.of(a.peerId(), b.peerId()), committed);
            assertThat(again.status).isEqualTo(409);
            assertThat(again.message()).contains("nothing to recover");
          }
        },
        ALLOWED,
        "management.endpoint.health.show-details=always");
  }

  @Test
  void a_word_that_is_about_nothing_is_refused_with_a_sentence() {
    run(
        app -> {
          PeerId self = app.context.getBean(Network.class).peerId();
          assertThat(app.groups().get("outage").isNull()).isTrue();
          Answer unknown = app.recover("other", List.of(self), 0);
          assertThat(unknown.status).isEqualTo(404);
          assertThat(unknown.message()).contains("no group 'other'; it is in [ledger]");
          Answer noOutage = app.recover("ledger", List.of(self), 0);
          assertThat(noOutage.status).isEqualTo(409);
          assertThat(noOutage.message()).contains("nothing to recover");
          assertThat(noOutage.body).contains("\"outage\":null");
          Answer noPeer = app.post("ledger", "{\"lost\":\"bob\",\"committed\":\"0\"}");
          assertThat(noPeer.status).isEqualTo(400);
          assertThat(noPeer.message()).contains("64 hexadecimal characters, this is 'bob'");
          assertThat(app.post("ledger", "{\"committed\":\"0\"}").status).isEqualTo(400);
          assertThat(app.post("ledger", "{\"lost\":\"" + self + "\"}").status).isEqualTo(400);
        },
        ALLOWED);
  }

  @Test
  void nobody_has_access_who_was_not_given_it() {
    run(app -> {
      assertThat(app.get("/actuator/mosaik").status).isEqualTo(200);
      assertThat(app.get("/actuator/mosaikrecovery").status).isEqualTo(404);
      assertThat(app.post("ledger", "{}").status).isEqualTo(404);
    });
    run(
        app -> {
          assertThat(app.get("/actuator/mosaikrecovery").status).isEqualTo(200);
          PeerId self = app.context.getBean(Network.class).peerId();
          assertThat(app.recover("ledger", List.of(self), 0).status).isIn(404, 405);
        },
        "management.endpoint.mosaikrecovery.access=read-only");
  }

  private static JsonNode awaitOutage(App app) throws Exception {
    long deadlineNs = System.nanoTime() + SOON.toNanos();
    JsonNode seen = app.groups();
    while (texts(seen.at("/outage/missing")).size() < 2) {
      assertThat(System.nanoTime()).as("there is an outage").isLessThan(deadlineNs);
      Thread.sleep(50); // the group has to find out first; the deadline bounds it
      seen = app.groups();
    }
    return seen;
  }

  private static List<String> texts(JsonNode array) {
    return array.valueStream().map(JsonNode::asString).toList();
  }

  private void run(ThrowingConsumer<App> test, String... properties) {
    var arguments =
        Stream.concat(
                Stream.of(
                    "mosaik.network=" + TestContext.NETWORK,
                    "mosaik.bind=127.0.0.1:0",
                    "server.port=0",
                    "test.directory=" + directory,
                    "management.endpoints.web.exposure.include=*"),
                Stream.of(properties))
            .map(property -> "--" + property)
            .toArray(String[]::new);
    try (ConfigurableApplicationContext context =
        new SpringApplicationBuilder(Application.class).run(arguments)) {
      test.accept(new App(context));
    }
  }

  private static GroupBuilder<Integer, Long, Integer, Long> settings(
      Network node, Counter counter) {
    return node.groups()
        .withKey(GroupKey.of("ledger"))
        .stateMachine(counter)
        .consensus(
            ConsensusConfig.builder()
                .heartbeatInterval(Duration.ofMillis(100))
                .heartbeatJitter(Duration.ofMillis(30))
                .electionTimeout(Duration.ofMillis(400))
                .electionTimeoutJitter(Duration.ofMillis(200))
                .bootstrapDelay(Duration.ofMillis(100))
                .bootstrapExpect(3)
                .build());
  }

  /** An application that is looked at from outside. */
  private record App(ConfigurableApplicationContext context) {

    JsonNode groups() throws IOException, InterruptedException {
      return JSON.readTree(get("/actuator/mosaikrecovery").body).at("/groups/0");
    }

    Answer get(String path) throws IOException, InterruptedException {
      return send(path, HttpRequest.newBuilder().GET());
    }

    Answer recover(String group, List<PeerId> lost, long committed)
        throws IOException, InterruptedException {
      String peers = lost.stream().map(PeerId::toString).collect(Collectors.joining(","));
      return post(group, "{\"lost\":\"%s\",\"committed\":\"%d\"}".formatted(peers, committed));
    }

    Answer post(String group, String body) throws IOException, InterruptedException {
      return send(
          "/actuator/mosaikrecovery/" + group,
          HttpRequest.newBuilder()
              .header("Content-Type", "application/json")
              .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private Answer send(String path, HttpRequest.Builder request)
        throws IOException, InterruptedException {
      String port = context.getEnvironment().getProperty("local.server.port");
      try (HttpClient client = HttpClient.newHttpClient()) {
        HttpResponse<String> response =
            client.send(
                request.uri(URI.create("http://127.0.0.1:" + port + path)).timeout(SOON).build(),
                HttpResponse.BodyHandlers.ofString());
        return new Answer(response.statusCode(), response.body());
      }
    }
  }

  private record Answer(int status, String body) {

    String message() {
      return JSON.readTree(body).get("message").asString();
    }
  }

  /** The group of the application, on a disk. */
  record Ledger(Group<Integer, Long, Integer, Long> group) {}

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class Application {

    @Bean
    Ledger ledger(Network network, GroupNames names, @Value("${test.directory}") Path directory) {
      var group =
          settings(network, new Counter())
              .storage(DurableLogStorage.at(directory.resolve("ledger")))
              .join();
      names.put(group.id(), "ledger");
      return new Ledger(group);
    }
  }
}
