package io.mosaik.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The Spring integration is built from what any user of the engine can call. */
class PublicApiOnlyTest {

  private static final List<String> ENGINE =
      List.of(
          "collections",
          "groups",
          "streams",
          "discovery",
          "tickets",
          "transport",
          "runtime",
          "wire",
          "id",
          "sim");

  /** Packages of the engine that users call. Of the others nothing, but for the types below. */
  private static final Set<String> PUBLIC =
      Set.of(
          "collections",
          "groups",
          "groups.config",
          "groups.log",
          "streams",
          "streams.criteria",
          "discovery",
          "discovery.bootstrap",
          "tickets",
          "transport",
          "wire",
          "id");

  /** What public handles take, return or throw. */
  private static final Set<String> PUBLIC_TYPES =
      Set.of(
          "io.mosaik.runtime.Cancellation",
          "io.mosaik.runtime.DeadlineExceededException",
          "io.mosaik.runtime.WaitInterruptedException",
          "io.mosaik.runtime.Watch");

  private static final ArchRule RULE =
      noClasses()
          .should()
          .dependOnClassesThat(
              describe("are internal to the engine", PublicApiOnlyTest::isInternal))
          .as("The Spring integration uses the engine's public API alone")
          .allowEmptyShould(true);

  @Test
  void the_integration_uses_the_public_api_alone() {
    RULE.check(new ClassFileImporter().importPath(Path.of("target/classes")));
  }

  @Test
  void a_class_that_looks_inside_is_named() {
    assertThat(
            RULE.evaluate(new ClassFileImporter().importClasses(LooksInside.class))
                .getFailureReport()
                .getDetails())
        .isNotEmpty()
        .allMatch(line -> line.contains("LooksInside"))
        .anyMatch(line -> line.contains("Platform"));
  }

  private static boolean isInternal(JavaClass type) {
    String name = type.getPackageName();
    if (!name.startsWith("io.mosaik.") || PUBLIC_TYPES.contains(type.getName())) {
      return false;
    }
    String below = name.substring("io.mosaik.".length());
    int dot = below.indexOf('.');
    boolean engine = ENGINE.contains(dot < 0 ? below : below.substring(0, dot));
    return engine && !PUBLIC.contains(below);
  }
}
