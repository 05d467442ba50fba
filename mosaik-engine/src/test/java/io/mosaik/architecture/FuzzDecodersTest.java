package io.mosaik.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.mosaik.wire.Decodes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * Has Jazzer fuzz one decoder after the other, each in a process of its own. Only with {@code
 * -Pfuzz}; see {@code docs/proof.md}.
 */
@Tag("fuzz")
final class FuzzDecodersTest {

  private static final String DRIVER = "com.code_intelligence.jazzer.Jazzer";

  @TestFactory
  Stream<DynamicTest> nothing_is_found_in() {
    String only = System.getProperty("mosaik.fuzz.only", "");
    return new ClassFileImporter()
        .withImportOption(new ImportOption.OnlyIncludeTests()).importPackages("io.mosaik").stream()
            .filter(test -> test.isAnnotatedWith(Decodes.class))
            .map(JavaClass::getName)
            .filter(name -> name.contains(only))
            .sorted()
            .map(name -> dynamicTest(name, () -> assertThat(fuzz(name)).isZero()));
  }

  private static int fuzz(String test) throws IOException, InterruptedException {
    String classPath = System.getProperty("surefire.test.class.path");
    var process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:+EnableDynamicAgentLoading",
                    "-cp",
                    classPath == null ? System.getProperty("java.class.path") : classPath,
                    DRIVER,
                    "--target_class=" + test,
                    "-max_total_time=" + Integer.getInteger("mosaik.fuzz.seconds", 60),
                    "-print_final_stats=1"))
            .inheritIO();
    process.environment().put("JAZZER_FUZZ", "1");
    return process.start().waitFor();
  }
}
