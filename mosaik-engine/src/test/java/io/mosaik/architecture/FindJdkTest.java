package io.mosaik.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The script behind {@code mvnw} and {@code demo} finds the JDK that a user would expect. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "a POSIX shell script")
class FindJdkTest {

  private static final Path SCRIPT = Path.of("../.mvn/find-jdk.sh").toAbsolutePath().normalize();

  /** What the script calls; nothing else is on its path, above all no java of this machine. */
  private static final List<String> TOOLS =
      List.of("dirname", "env", "head", "readlink", "sed", "sort");

  @TempDir Path machine;

  private final Map<String, String> environment = new TreeMap<>();

  @BeforeEach
  void a_machine_without_java() throws IOException {
    Path tools = Files.createDirectories(machine.resolve("bin"));
    for (String tool : TOOLS) {
      Path system = Path.of("/usr/bin", tool);
      executable(
          tools.resolve(tool),
          "exec " + (Files.exists(system) ? system : Path.of("/bin", tool)) + " \"$@\"");
    }
    environment.put("FIND_JDK_ROOT", machine.toString());
    environment.put("HOME", machine.resolve("home").toString());
    environment.put("PATH", tools.toString());
  }

  @Test
  void java_home_wins_when_it_is_new_enough() throws IOException, InterruptedException {
    Path mine = jdk("somewhere of mine/jdk", "21.0.4");
    jdk("usr/lib/jvm/jdk-25", "25");
    environment.put("JAVA_HOME", mine.toString());

    assertThat(find()).isEqualTo(new Found(0, mine + "\n", ""));
  }

  @Test
  void a_java_home_that_is_too_old_is_passed_over() throws IOException, InterruptedException {
    environment.put("JAVA_HOME", jdk("mine", "17.0.15").toString());
    Path newer = jdk("usr/lib/jvm/temurin-21-jdk-amd64", "21.0.4");

    assertThat(find()).isEqualTo(new Found(0, newer + "\n", ""));
  }

  @Test
  void a_java_home_that_does_not_exist_is_passed_over() throws IOException, InterruptedException {
    environment.put("JAVA_HOME", machine.resolve("gone").toString());
    Path there = jdk("opt/java/openjdk", "21.0.4");

    assertThat(find()).isEqualTo(new Found(0, there + "\n", ""));
  }

  @Test
  void the_java_on_the_path_comes_next_through_its_links()
      throws IOException, InterruptedException {
    Path onPath = jdk("tools/jdk", "22.0.1");
    Files.createSymbolicLink(machine.resolve("alternative"), onPath.resolve("bin/java"));
    Files.createSymbolicLink(machine.resolve("bin/java"), Path.of("../alternative"));
    jdk("usr/lib/jvm/jdk-25", "25");

    assertThat(find()).isEqualTo(new Found(0, onPath.toRealPath() + "\n", ""));
  }

  @Test
  void among_the_others_the_newest_long_term_release_wins()
      throws IOException, InterruptedException {
    jdk("usr/lib/jvm/java-17-openjdk", "17.0.15");
    jdk("usr/lib/jvm/jdk-21", "21.0.4");
    jdk("usr/lib/jvm/jdk-26", "26.0.1");
    Path longTerm = jdk("home/.sdkman/candidates/java/25.0.3-tem", "25.0.3");

    assertThat(find()).isEqualTo(new Found(0, longTerm + "\n", ""));
  }

  @Test
  void without_a_long_term_release_the_newest_wins() throws IOException, InterruptedException {
    jdk("home/.jdks/openjdk-22", "22.0.1");
    Path newest = jdk("home/.asdf/installs/java/openjdk-24", "24-ea");

    assertThat(find()).isEqualTo(new Found(0, newest + "\n", ""));
  }

  @Test
  void the_usual_places_of_a_mac_are_searched() throws IOException, InterruptedException {
    Path mac = jdk("Library/Java/JavaVirtualMachines/temurin 21.jdk/Contents/Home", "21.0.4");

    assertThat(find()).isEqualTo(new Found(0, mac + "\n", ""));
  }

  @Test
  void variables_that_name_jdks_are_searched() throws IOException, InterruptedException {
    Path named = jdk("runner/jdk", "21.0.4");
    environment.put("JAVA_HOME_21_X64", named.toString());

    assertThat(find()).isEqualTo(new Found(0, named + "\n", ""));
  }

  @Test
  void a_jdk_without_a_compiler_or_that_does_not_start_does_not_count()
      throws IOException, InterruptedException {
    Files.delete(jdk("usr/lib/jvm/jre-29", "29").resolve("bin/javac"));
    executable(jdk("usr/lib/jvm/other-processor", "29").resolve("bin/java"), "exit 126");
    Path works = jdk("usr/lib/jvm/jdk-21", "21.0.4");

    assertThat(find()).isEqualTo(new Found(0, works + "\n", ""));
  }

  @Test
  void a_jdk_without_a_release_file_is_asked_itself() throws IOException, InterruptedException {
    Path jdk = jdk("usr/lib/jvm/built-at-home", "21");
    Files.delete(jdk.resolve("release"));
    executable(jdk.resolve("bin/java"), "echo 'openjdk version \"21.0.4\" 2024-07-16' >&2");

    assertThat(find()).isEqualTo(new Found(0, jdk + "\n", ""));
  }

  @Test
  void where_none_fits_one_sentence_names_the_fix() throws IOException, InterruptedException {
    jdk("usr/lib/jvm/java-17-openjdk", "17.0.15");
    jdk("usr/lib/jvm/java-8-openjdk", "1.8.0_402");

    Found found = find();

    assertThat(found.exitCode()).isEqualTo(1);
    assertThat(found.output()).isEmpty();
    assertThat(found.error())
        .hasLineCount(1)
        .contains("JDK 21 or newer")
        .contains("install one")
        .contains("JAVA_HOME");
  }

  /** A made-up JDK: what the script looks at, and nothing else. */
  private Path jdk(String folder, String version) throws IOException {
    Path jdk = machine.resolve(folder);
    Files.createDirectories(jdk.resolve("bin"));
    executable(jdk.resolve("bin/java"), "exit 0");
    executable(jdk.resolve("bin/javac"), "exit 0");
    Files.writeString(
        jdk.resolve("release"), "IMPLEMENTOR=\"Made up\"\nJAVA_VERSION=\"" + version + "\"\n");
    return jdk;
  }

  private static void executable(Path file, String script) throws IOException {
    Files.writeString(file, "#!/bin/sh\n" + script + "\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  private Found find() throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder("/bin/sh", SCRIPT.toString());
    Path error = machine.resolve("stderr");
    builder.redirectError(error.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    Process process = builder.start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Found(process.waitFor(), output, Files.readString(error));
  }

  private record Found(int exitCode, String output, String error) {}
}
