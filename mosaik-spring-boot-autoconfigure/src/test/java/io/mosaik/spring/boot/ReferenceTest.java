package io.mosaik.spring.boot;

import static io.mosaik.spring.boot.TestContext.SOON;
import static io.mosaik.spring.boot.TestContext.nodeBeside;
import static io.mosaik.spring.boot.TestContext.runner;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.mosaik.Network;
import io.mosaik.spring.boot.MosaikProperties.GroupProperties;
import io.mosaik.spring.boot.TestContext.Other;
import io.mosaik.spring.boot.TestContext.Tick;
import io.mosaik.spring.listener.MosaikListener;
import io.mosaik.streams.Fold;
import io.mosaik.streams.Producer;
import io.mosaik.streams.View;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code docs/reference-spring.md} says what is there, all of it, and nothing else. */
class ReferenceTest {

  private static final Pattern ROW = Pattern.compile("(?m)^\\| `([^`]+)` \\|(.*)\\|$");

  @Test
  void its_properties_are_those_of_the_metadata() throws IOException {
    Map<String, String> rows = rows("## Properties", "Of each group:");
    Map<String, JsonNode> properties = metadata();
    assertThat(rows.keySet()).containsExactlyInAnyOrderElementsOf(properties.keySet());
    rows.forEach((name, row) -> {
      JsonNode property = Objects.requireNonNull(properties.get(name));
      assertThat(row).as(name).endsWith("| " + property.get("description").asString() + " ");
      JsonNode defaultValue = property.get("defaultValue");
      if (defaultValue != null) {
        assertThat(row).as(name).contains("| `" + defaultValue.asString() + "` |");
      }
    });
  }

  @Test
  void its_properties_of_a_group_are_those_that_are_read() throws IOException {
    assertThat(rows("Of each group:", "## What can be injected").keySet())
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(GroupProperties.class.getRecordComponents())
                .map(RecordComponent::getName)
                .map(name -> name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT))
                .peek(name -> assertThat(ConfigurationPropertyName.isValid(name)).isTrue())
                .map(name -> "mosaik.groups.<name>." + name)
                .toList());
  }

  @Test
  void its_attributes_are_those_of_the_annotation() throws IOException {
    assertThat(rows("## Listeners", "## Start and stop").keySet())
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(MosaikListener.class.getDeclaredMethods()).map(Method::getName).toList());
  }

  @Test
  void its_meters_are_those_that_are_registered() throws IOException {
    Map<String, String> rows = rows("## Meters", "`group` is the name");
    runner()
        .withConfiguration(
            AutoConfigurations.of(
                MetricsAutoConfiguration.class, SimpleMetricsExportAutoConfiguration.class))
        .withPropertyValues("mosaik.groups.any.key=a-secret")
        .withUserConfiguration(Folds.class)
        .withBean(User.class)
        .run(context -> {
          try (Network other = nodeBeside(context.getBean(Network.class))) {
            other.streams().consumer(Other.class).shared("any").build();
            Producer<?> producer = context.getBean(Network.class).streams().producers().getFirst();
            producer.when().subscribed().await(SOON);
          }
          context.getBean(MosaikMetrics.class).refresh();
          var registered = new TreeMap<String, String>();
          for (Meter meter : context.getBean(MeterRegistry.class).getMeters()) {
            if (meter.getId().getName().startsWith("mosaik.")) {
              registered.put(meter.getId().getName(), row(meter.getId()));
            }
          }
          assertThat(new TreeMap<>(rows)).isEqualTo(registered);
        });
  }

  /** As it stands in the table. */
  private static String row(Meter.Id meter) {
    String tags =
        meter.getTags().stream()
            .map(Tag::getKey)
            .sorted(Comparator.reverseOrder())
            .map(key -> "`" + key + "`")
            .collect(Collectors.joining(", "));
    return " "
        + meter.getType().name().toLowerCase(Locale.ROOT)
        + " | "
        + (tags.isEmpty() ? "" : tags + " ")
        + "| "
        + meter.getDescription()
        + " ";
  }

  private static Map<String, String> rows(String from, String to) throws IOException {
    String page = Files.readString(Path.of("../docs/reference-spring.md"));
    String part = page.substring(page.indexOf(from), page.indexOf(to));
    var rows = new LinkedHashMap<String, String>();
    var matcher = ROW.matcher(part);
    while (matcher.find()) {
      rows.put(matcher.group(1), matcher.group(2));
    }
    return rows;
  }

  private static Map<String, JsonNode> metadata() throws IOException {
    var properties = new LinkedHashMap<String, JsonNode>();
    try (InputStream in =
        Objects.requireNonNull(
            MosaikProperties.class.getResourceAsStream(
                "/META-INF/spring-configuration-metadata.json"))) {
      JsonNode all = new JsonMapper().readTree(in.readAllBytes());
      List<String> ours = List.of("mosaik.", "management.health.mosaik.");
      for (JsonNode property : all.get("properties")) {
        String name = property.get("name").asString();
        if (ours.stream().anyMatch(name::startsWith)) {
          properties.put(name, property);
        }
      }
    }
    return properties;
  }

  @Configuration(proxyBeanMethods = false)
  static class Folds {

    @Bean
    Fold<Other, String> last() {
      return Fold.of("last", "", (before, other) -> other.toString());
    }
  }

  /** Has one of everything that has meters. */
  static final class User {

    User(Producer<Other> producer, View<String> view) {
      assertThat(producer.name()).isEqualTo("spring-test.other");
      assertThat(view.name()).isEqualTo("spring-test.other");
    }

    @MosaikListener(id = "user")
    void onTick(Tick tick) {}
  }
}
