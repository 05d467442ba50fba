package io.mosaik.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mosaik.groups.log.LogStorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A directory has one writer at a time, and says which. */
class DirectoryLockTest {

  @TempDir private Path directory = Path.of("set by JUnit");

  @Test
  void a_second_storage_in_this_process_is_refused_and_the_first_stays_locked() throws Exception {
    try (DurableLogStorage first = DurableLogStorage.at(directory).prepare()) {
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(() -> DurableLogStorage.at(directory).prepare())
            .isInstanceOf(LogStorageException.class)
            .hasMessageContaining(directory.toRealPath().toString())
            .hasMessageContaining("in use by this very process");
      }
      Process other = holder();
      assertThat(other.waitFor()).isNotZero();
      assertThat(first.isDurable()).isTrue();
    }
    DurableLogStorage.at(directory).prepare().close();
  }

  @Test
  void another_process_is_named_and_its_death_unlocks() throws Exception {
    Process other = holder();
    try {
      assertThat(other.inputReader().readLine()).startsWith("holds ");
      assertThatThrownBy(() -> DurableLogStorage.at(directory).open(1))
          .isInstanceOf(LogStorageException.class)
          .hasMessageContaining("in use by process " + other.pid() + ", started at ");
    } finally {
      other.destroyForcibly().waitFor();
    }
    DurableLogStorage.at(directory).prepare().close();
  }

  @Test
  void a_directory_that_can_not_be_made_is_named() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "x");
    assertThatThrownBy(() -> DurableLogStorage.at(file.resolve("below")).prepare())
        .isInstanceOf(LogStorageException.class)
        .hasMessageContaining(file.toString());
  }

  private Process holder() throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            LockHolder.class.getName(),
            directory.toString())
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }
}
