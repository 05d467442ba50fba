package io.mosaik.spring.boot;

import static io.mosaik.spring.boot.TestContext.SOON;
import static io.mosaik.spring.boot.TestContext.runner;
import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.Network;
import io.mosaik.groups.Group;
import io.mosaik.groups.log.LogStorageException;
import io.mosaik.id.PeerId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;

@Execution(ExecutionMode.CONCURRENT)
class MosaikStorageTest {

  @TempDir private Path directory = Path.of("set by JUnit");

  private ApplicationContextRunner counting() {
    return runner()
        .withBean(Counter.class)
        .withPropertyValues(
            "mosaik.groups.count.key=a-secret", "mosaik.storage.directory=" + directory);
  }

  @SuppressWarnings("unchecked")
  private static Group<Integer, Long, Integer, Long> group(ApplicationContext context) {
    return context.getBean(Group.class);
  }

  private Path logOf(Group<?, ?, ?, ?> group) {
    return directory.resolve(group.id().toString());
  }

  @Test
  void a_group_and_its_node_come_back_as_what_they_were() {
    var before = new AtomicReference<PeerId>();
    counting()
        .run(context -> {
          before.set(context.getBean(Network.class).peerId());
          assertThat(group(context).execute(5, SOON).result()).isEqualTo(5L);
          assertThat(logOf(group(context))).isDirectory();
        });
    counting()
        .run(context -> {
          assertThat(context.getBean(Network.class).peerId()).isEqualTo(before.get());
          assertThat(group(context).execute(2, SOON).result()).isEqualTo(7L);
        });
  }

  @Test
  @ExtendWith(OutputCaptureExtension.class)
  void a_group_of_the_same_key_with_other_settings_is_told_as_another_one(CapturedOutput output) {
    var before = new AtomicReference<Path>();
    counting()
        .run(context -> {
          assertThat(group(context).execute(5, SOON).result()).isEqualTo(5L);
          before.set(logOf(group(context)));
        });
    assertThat(output).doesNotContain("logs of other groups of the same key");
    counting()
        .withPropertyValues("mosaik.groups.count.quorum-policy=bonded")
        .run(context -> {
          assertThat(group(context).execute(5, SOON).result()).isEqualTo(5L);
          assertThat(logOf(group(context))).isNotEqualTo(before.get());
        });
    assertThat(output)
        .contains(
            "The group 'count' is ", "logs of other groups of the same key: [" + before + "]");
  }

  @Test
  void without_a_directory_nothing_is_written() throws IOException {
    runner()
        .withBean(Counter.class)
        .withPropertyValues("mosaik.groups.count.key=a-secret")
        .run(context -> assertThat(group(context).execute(5, SOON).result()).isEqualTo(5L));
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void an_identity_by_configuration_is_not_written_down() {
    counting()
        .withPropertyValues("mosaik.secret-key=mine")
        .run(context -> {
          assertThat(context).hasNotFailed();
          assertThat(directory.resolve("node.key")).doesNotExist();
        });
  }

  @Test
  void the_identity_is_readable_for_its_owner_alone() {
    counting()
        .run(context ->
            assertThat(Files.getPosixFilePermissions(directory.resolve("node.key")))
                .isEqualTo(PosixFilePermissions.fromString("rw-------")));
  }

  @Test
  void a_second_instance_on_one_directory_is_told_so() {
    counting()
        .run(first ->
            counting()
                .run(second -> {
                  FailureAnalysis analysis = analysis(second.getStartupFailure());
                  assertThat(analysis.getDescription())
                      .contains("mosaik.storage.directory", logOf(group(first)).toString())
                      .contains("in use by this very process");
                  assertThat(analysis.getAction()).contains("two directories");
                }));
  }

  @Test
  void a_damaged_log_ends_the_start_with_its_file_and_offset() {
    var log = new AtomicReference<Path>();
    counting()
        .run(context -> {
          group(context).execute(5, SOON);
          log.set(logOf(group(context)));
        });
    counting()
        .withInitializer(context -> damage(Objects.requireNonNull(log.get())))
        .run(context ->
            assertThat(analysis(context.getStartupFailure()).getDescription())
                .contains(".segment, offset 32: the log is damaged"));
  }

  private static void damage(Path log) {
    try (Stream<Path> files = Files.list(log)) {
      Path segment =
          files.filter(file -> file.toString().endsWith(".segment")).findFirst().orElseThrow();
      byte[] bytes = Files.readAllBytes(segment);
      bytes[70] ^= 1;
      Files.write(segment, bytes);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static FailureAnalysis analysis(@Nullable Throwable startup) {
    Throwable failure = Objects.requireNonNull(startup, "the start has not failed");
    assertThat(failure).hasRootCauseInstanceOf(LogStorageException.class);
    return Objects.requireNonNull(new LogStorageFailureAnalyzer().analyze(failure));
  }
}
