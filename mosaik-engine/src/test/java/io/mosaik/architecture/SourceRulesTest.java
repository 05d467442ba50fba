package io.mosaik.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The source keeps its rules, and each of them can be broken. */
class SourceRulesTest {

  private static final Path ENGINE = Path.of("src/main/java");
  private static final Path SPRING = Path.of("../mosaik-spring-boot-autoconfigure/src/main/java");
  private static final Path DURABLE = Path.of("../mosaik-durable-log/src/main/java");

  private final SourceRules violations =
      SourceRules.below(Path.of("src/test/java/io/mosaik/architecture/violations"));

  @Test
  void packages_and_public_types_and_methods_are_documented() {
    assertThat(SourceRules.below(ENGINE, DURABLE, SPRING).undocumented()).isEmpty();
  }

  @Test
  void no_block_is_synchronized_outside_the_doors() {
    List<Path> inside =
        SourceRules.below(ENGINE).sources().stream()
            .filter(file -> !file.startsWith(ENGINE.resolve("io/mosaik/runtime")))
            .filter(file -> !file.startsWith(ENGINE.resolve("io/mosaik/transport/quic")))
            .toList();

    assertThat(new SourceRules(inside).synchronizedBlocks()).isEmpty();
  }

  @Test
  void nothing_is_left_for_later() {
    assertThat(SourceRules.below(ENGINE, DURABLE, SPRING).leftovers()).isEmpty();
  }

  @Test
  void a_missing_comment_is_named() {
    assertThat(violations.undocumented())
        .containsExactly(
            "package-info.java:1 package "
                + "io.mosaik.architecture.violations.collections has no Javadoc",
            "Undocumented.java:3 public type Undocumented has no Javadoc",
            "Undocumented.java:5 public method alsoUndocumented has no Javadoc");
  }

  @Test
  void a_synchronized_block_is_named() {
    assertThat(violations.synchronizedBlocks())
        .containsExactly("HasSynchronizedBlocks.java:8 synchronized block");
  }

  @Test
  void a_note_for_later_is_named() {
    assertThat(violations.leftovers()).containsExactly("LeavesANote.java:5 // TODO: the rest");
  }
}
