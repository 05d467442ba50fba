package io.mosaik.streams;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** {@code docs/streams-proof.md} names tests that are there. */
class StreamsProofTest {

  private static final Path TESTS = Path.of("src/test/java/io/mosaik");
  private static final Pattern NAMED = Pattern.compile("`(\\w+)`");

  @Test
  void the_page_names_tests_that_are_there() throws IOException {
    String tests;
    try (var files = Files.walk(TESTS)) {
      tests =
          files
              .filter(file -> file.toString().endsWith("Test.java"))
              .map(StreamsProofTest::read)
              .collect(Collectors.joining("\n"));
    }
    var named = new TreeSet<String>();
    for (String row : Files.readAllLines(Path.of("../docs/streams-proof.md"))) {
      int last = row.lastIndexOf('|', row.length() - 2);
      if (row.startsWith("|") && last > 0) {
        NAMED.matcher(row.substring(last)).results().forEach(name -> named.add(name.group(1)));
      }
    }
    assertThat(named).hasSizeGreaterThan(50);
    assertThat(named)
        .allSatisfy(name ->
            assertThat(
                    tests.contains("void " + name + "(") || tests.contains("class " + name + " "))
                .as(name)
                .isTrue());
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
