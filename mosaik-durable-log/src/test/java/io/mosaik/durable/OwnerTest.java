package io.mosaik.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mosaik.groups.GroupKey;
import io.mosaik.groups.log.LogStorageException;
import io.mosaik.id.Digest;
import io.mosaik.id.GroupId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A directory remembers whose log it has. */
class OwnerTest {

  private static final GroupId BEFORE = GroupId.of("with the settings of before");
  private static final GroupId AFTER = GroupId.of("with other settings");
  private static final Digest KEY = GroupKey.of("a key").mark();

  @TempDir private Path directory = Path.of("set by JUnit");

  private DurableLogStorage log(String name, GroupId group) {
    DurableLogStorage log = DurableLogStorage.at(directory.resolve(name));
    log.keepFor(group, KEY);
    return log;
  }

  private void write(String name, GroupId group) {
    try (DurableLogStorage log = log(name, group)) {
      log.open(Logs.INCARNATION);
      log.write(Logs.append(1, "a command")); // durable when it is closed
    }
  }

  @Test
  void the_log_of_one_group_is_refused_to_another_by_the_names_of_both() {
    write("log", BEFORE);
    try (DurableLogStorage other = log("log", AFTER)) {
      assertThatThrownBy(() -> other.open(Logs.INCARNATION))
          .isInstanceOf(LogStorageException.class)
          .hasMessageContaining(BEFORE.toString())
          .hasMessageContaining(AFTER.toString())
          .hasMessageContaining("both have one key, and differ in consensus settings");
    }
    try (DurableLogStorage prepared = DurableLogStorage.at(directory.resolve("log")).prepare()) {
      assertThatThrownBy(() -> prepared.keepFor(AFTER, KEY))
          .isInstanceOf(LogStorageException.class);
    }
    try (DurableLogStorage same = log("log", BEFORE)) {
      assertThat(same.open(Logs.INCARNATION).entries()).hasSize(1);
    }
  }

  @Test
  void a_log_that_says_nothing_of_its_group_is_taken_for_that_of_who_opens_it() throws IOException {
    write("log", BEFORE);
    Files.delete(directory.resolve("log").resolve(Owner.NAME));
    write("log", AFTER);
    assertThat(directory.resolve("log").resolve(Owner.NAME)).content().contains(AFTER.toString());
  }

  @Test
  void logs_of_other_groups_of_the_same_key_are_found_beside_it() {
    write("one", BEFORE);
    DurableLogStorage other = log("other", AFTER);
    assertThat(other.otherLogsOfItsKey()).containsExactly(directory.resolve("one"));
    DurableLogStorage same = log("other", BEFORE);
    assertThat(same.otherLogsOfItsKey()).isEmpty();
    DurableLogStorage stranger = DurableLogStorage.at(directory.resolve("third"));
    stranger.keepFor(AFTER, GroupKey.of("another key").mark());
    assertThat(stranger.otherLogsOfItsKey()).isEmpty();
  }

  @Test
  void what_does_not_say_whose_log_it_is_is_damaged() throws IOException {
    write("log", BEFORE);
    Path file = directory.resolve("log").resolve(Owner.NAME);
    Files.writeString(file, Files.readString(file).substring(1));
    assertThatThrownBy(() -> log("log", BEFORE).prepare())
        .isInstanceOf(LogStorageException.class)
        .hasMessageContaining(file + ", offset 0: the log is damaged");
  }
}
