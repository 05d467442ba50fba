package io.mosaik.groups.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Each rule that a core can be told to break is broken by some test, and each that the page on
 * consensus has is one of these or has its test named on the page of proofs.
 */
final class EveryRuleTest {

  private static final Path TESTS = Path.of("src/test/java/io/mosaik/groups/raft");

  private static final Path RULES = Path.of("../docs/raft.md");
  private static final Path PROOF = Path.of("../docs/proof.md");
  private static final Path RULE = Path.of("src/main/java/io/mosaik/groups/raft/Rule.java");

  /** A rule that random walks are run without, or that a history is written for. */
  private static final Pattern BREACH =
      Pattern.compile(
          "\\bvoid (\\w+)\\(|(?<=[\\s{])\"([A-Z_]{6,})\"(?=[,}\\s])|\\bRule\\.([A-Z_]+),(?: \\w+::\\w+\\);)?$",
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

  @Test
  void every_numbered_rule_is_broken_or_has_its_test_on_the_page_of_proofs() throws IOException {
    Set<String> rules = all("(?m)^- \\*\\*([A-Z]\\d+a?)\\*\\*", Files.readString(RULES));
    assertThat(rules).hasSizeGreaterThan(50);
    var known = new TreeSet<String>();
    for (String comment : all("/\\*\\* (.*?):", Files.readString(RULE))) {
      known.addAll(all("([A-Z]\\d+a?)", comment));
    }
    for (String cell : all("(?m)^\\| ([A-Z]\\d.*?) \\|", Files.readString(PROOF))) {
      known.addAll(all("\\b([A-Z]\\d+a?)\\b", cell));
    }
    assertThat(known).containsExactlyInAnyOrderElementsOf(rules);
  }

  @Test
  void every_test_that_the_page_of_proofs_names_is_there() throws IOException {
    Set<String> named = all("`([a-z0-9]+_[a-z0-9_]+)`", Files.readString(PROOF));
    assertThat(named).hasSizeGreaterThan(40);
    try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
      for (Path file : files.filter(f -> f.toString().endsWith("Test.java")).toList()) {
        named.removeAll(all("\\bvoid (\\w+)\\(", Files.readString(file)));
      }
    }
    assertThat(named).isEmpty();
  }

  private static Set<String> all(String pattern, String text) {
    return Pattern.compile(pattern)
        .matcher(text)
        .results()
        .map(match -> match.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
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
