package io.mosaik.spring.boot;

import static io.mosaik.spring.boot.TestContext.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.mosaik.Network;
import io.mosaik.durable.DurableLogStorage;
import io.mosaik.groups.Group;
import io.mosaik.groups.GroupBuilder;
import io.mosaik.groups.GroupKey;
import io.mosaik.groups.config.ConsensusConfig;
import io.mosaik.id.NetworkId;
import io.mosaik.id.PeerId;
import io.mosaik.id.SecretKey;
import io.mosaik.transport.Address;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.function.ThrowingConsumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * An operator recovers a group by actuator, over HTTP. One application at a time: each sets logging
 * up anew.
 */
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock("logging")
class MosaikRecoveryTest {

  private static final JsonMapper JSON = new JsonMapper();
  private static final Page PAGE = new Page("../docs/recovery.md");
  private static final String ALLOWED = "management.endpoint.mosaikrecovery.access=unrestricted";

  @TempDir private Path directory = Path.of("set by JUnit");

  @Test
  void who_lost_its_majority_goes_on_by_the_word_of_an_operator_and_of_no_stale_one() {
    run(
        app -> {
          Network network = app.context.getBean(Network.class);
          Group<Integer, Long, Integer, Long> group = app.context.getBean(Ledger.class).group;
          var counters = List.of(new Counter(), new Counter());
          try (var said = new Said("io.mosaik");
              Network a = other(network, "recovery-2");
              Network b = other(network, "recovery-3")) {
            var of = settings(a, counters.get(0)).deprioritizeLeadership().join();
            var too = settings(b, counters.get(1)).deprioritizeLeadership().join();
            group.when().isLeader().await(SOON);
            long index = group.execute(5, SOON).index();
            of.when().applied().reaches(index).await(SOON);
            too.when().applied().reaches(index).await(SOON);

            counters.forEach(Counter::breakDown);
            assertThat(group.execute(7, SOON).result()).isEqualTo(12L); // both others die of it
            JsonNode seen = awaitOutage(app);
            assertThat(texts(seen.at("/outage/missing")))
                .containsExactlyInAnyOrder(a.peerId().toString(), b.peerId().toString());
            PAGE.shows(said.line("stands still"));
            PAGE.shows(app.get("/actuator/mosaikrecovery").body);
            PAGE.shows(
                JSON.readTree(app.get("/actuator/health").body)
                    .at("/components/mosaik/details/groups/ledger/outage")
                    .toString());
            PAGE.shows(
                JSON.readTree(app.get("/actuator/metrics/mosaik.group.outage").body)
                    .get("measurements")
                    .toString());
            long committed = seen.get("committed").asLong();

            Answer half = app.recover("ledger", List.of(a.peerId()), committed);
            assertThat(half.status).isEqualTo(409);
            assertThat(half.message()).contains("name all of them", b.peerId().toString());
            Answer stale = app.recover("ledger", List.of(a.peerId(), b.peerId()), committed - 1);
            assertThat(stale.status).isEqualTo(409);
            assertThat(stale.message()).contains("committed up to " + committed + " here, not ");
            Answer living = app.recover("ledger", List.of(a.peerId(), network.peerId()), committed);
            assertThat(living.status).isEqualTo(409);

            Answer given = app.post("ledger", PAGE.body());
            assertThat(given.status).isEqualTo(202);
            PAGE.shows(JSON.writeValueAsString(given.message()));
            group.when().isOnline().await(SOON);
            PAGE.shows(said.line("says that the logs"));
            PAGE.shows(said.line("goes on in epoch"));
            assertThat(group.committee()).containsExactly(network.peerId());
            assertThat(group.execute(1, SOON).result()).isEqualTo(13L);
            Answer again = app.post("ledger", PAGE.body());
            assertThat(again.status).isEqualTo(409);
            PAGE.shows(JSON.writeValueAsString(again.message()));

            of.close();
            var anew = settings(a, new Counter()).join();
            anew.when().isOnline().await(SOON);
            assertThat(anew.query(0, Group.Consistency.STRONG, SOON).answer()).isEqualTo(13L);
          }
        },
        ALLOWED,
        "mosaik.secret-key=recovery-1",
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

  private static Network other(Network known, String key) {
    return Network.builder(NetworkId.of(TestContext.NETWORK))
        .secretKey(SecretKey.of(key))
        .bind(Address.parse("127.0.0.1:0"))
        .bootstrap(known.address())
        .start();
  }

  /** The page that tells operators what to do: what it shows is what they see here. */
  private static final class Page {

    private static final Pattern BODY = Pattern.compile("-d '(\\{[^']*})'");
    private final String text;

    Page(String file) {
      try {
        text = Files.readString(Path.of(file));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** Lines may be broken elsewhere; incarnations are random. */
    void shows(String what) {
      assertThat(plain(text)).contains(plain(what));
    }

    /** What is sent by its command. */
    String body() {
      var matcher = BODY.matcher(text);
      assertThat(matcher.find()).isTrue();
      return matcher.group(1);
    }

    private static String plain(String text) {
      return text.replaceAll("#[0-9a-f]{4}\\b", "#").replaceAll("\\s", "");
    }
  }

  /** What was logged. */
  private static final class Said implements AutoCloseable {

    private final Logger logger;
    private final AppenderBase<ILoggingEvent> appender;
    private final ConcurrentLinkedQueue<String> lines = new ConcurrentLinkedQueue<>();

    Said(String name) {
      logger = (Logger) LoggerFactory.getLogger(name);
      appender =
          new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
              lines.add(event.getFormattedMessage());
            }
          };
      appender.start();
      logger.addAppender(appender);
    }

    /** The first that has this in it. */
    String line(String part) {
      return lines.stream().filter(line -> line.contains(part)).findFirst().orElseThrow();
    }

    @Override
    public void close() {
      logger.detachAppender(appender);
    }
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
