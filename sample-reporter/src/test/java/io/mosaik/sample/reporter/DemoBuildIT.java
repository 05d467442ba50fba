package io.mosaik.sample.reporter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code ./demo} builds in its own way: few modules, no tests. It is here, in the module that is
 * built last, because by then all that it needs from a registry has been fetched.
 */
class DemoBuildIT {

  private static final Path PROJECT =
      Path.of(Objects.requireNonNull(System.getProperty("basedir"), "basedir")).resolveSibling("");

  @TempDir private Path copy = Path.of("set by JUnit");

  @Test
  @Timeout(value = 8, unit = TimeUnit.MINUTES)
  void the_demonstration_builds_from_the_main_sources_alone() throws Exception {
    for (String file : List.of("demo", "mvnw", "pom.xml", ".mvn")) {
      copy(PROJECT.resolve(file));
    }
    for (Path module : modules()) {
      copy(module.resolve("pom.xml"));
      copy(module.resolve("src/main"));
    }

    File log = copy.resolve("build.log").toFile();
    var build = new ProcessBuilder("bash", "demo", "--build-only").directory(copy.toFile());
    build.environment().put("MAVEN_ARGS", "--offline" + localRepository());
    Process process = build.redirectErrorStream(true).redirectOutput(log).start();
    int exit = process.waitFor();

    assertThat(exit).as(() -> read(log.toPath())).isZero();
    for (String app : List.of("sample-trader", "sample-matcher", "sample-reporter")) {
      assertThat(copy.resolve(app).resolve("target"))
          .isDirectoryContaining("glob:**/" + app + "-*.jar");
    }
  }

  private static List<Path> modules() throws IOException {
    try (Stream<Path> children = Files.list(PROJECT)) {
      return children.filter(child -> Files.exists(child.resolve("pom.xml"))).toList();
    }
  }

  private void copy(Path from) throws IOException {
    if (!Files.exists(from)) {
      return;
    }
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path to = copy.resolve(PROJECT.relativize(file));
        Files.createDirectories(Objects.requireNonNull(to.getParent()));
        Files.copy(file, to, StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
  }

  /** The one that this build uses, as Surefire tells it. */
  private static String localRepository() {
    String path = System.getProperty("localRepository");
    return path == null ? "" : " -Dmaven.repo.local=" + path;
  }

  private static String read(Path file) {
    try {
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
