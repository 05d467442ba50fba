package io.mosaik.groups.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each rule that a core can be told to break is broken by some test. Prints which by which. */
final class EveryRuleTest {

  private static final Path TESTS = Path.of("src/test/java/io/mosaik/groups/raft");

  /** A rule that random walks are run without, or that a history is written for. */
  private static final Pattern BREACH =
      Pattern.compile(
          "\\bvoid (\\w+)\\(|(?<=[\\s{])\"([A-Z_]{6,})\"(?=[,}\\s])|\\bRule\\.([A-Z_]+),$",
          Pattern.MULTILINE);

  @Test
  void every_rule_is_broken_on_purpose_by_some_test() throws IOException {
    Map<Rule, String> breaches = new EnumMap<>(Rule.class);
    try (Stream<Path> files = Files.list(TESTS)) {
      for (Path file : files.filter(f -> f.toString().endsWith("Test.java")).sorted().toList()) {
        String source = Files.readString(file);
        if (source.contains("holdsOnlyWith(") || source.contains("notice_a_broken_rule(")) {
          collect(source, breaches);
        }
      }
    }
    breaches.forEach((rule, test) -> System.out.printf("%-24s %s%n", rule, test));
    assertThat(breaches).containsOnlyKeys(Rule.values());
  }

  private static void collect(String source, Map<Rule, String> breaches) {
    String test = "random_walks_notice_a_broken_rule";
    var matcher = BREACH.matcher(source);
    while (matcher.find()) {
      if (matcher.group(1) != null) {
        test = matcher.group(1);
      } else if (matcher.group(2) != null) {
        breaches.put(Rule.valueOf(matcher.group(2)), "random_walks_notice_a_broken_rule");
      } else {
        breaches.put(Rule.valueOf(matcher.group(3)), test);
      }
    }
  }
}
