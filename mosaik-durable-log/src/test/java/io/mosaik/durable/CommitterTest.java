package io.mosaik.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mosaik.groups.log.LogStorageException;
import io.mosaik.groups.log.LogWrite;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A disk that takes nothing: the queue before it, and nobody who carries it out. */
class CommitterTest {

  private static final int COMMAND_BYTES = 4 << 20;

  @Test
  @Timeout(30)
  void a_write_never_waits_for_the_disk_and_one_too_many_ends_the_storage() {
    Journal journal = Journal.begin(new FaultyFiles(1), 8 << 10, Logs.INCARNATION);
    var committer = new Committer(journal, "a stuck disk");
    var entries = List.of(Logs.command(1, new byte[COMMAND_BYTES]));
    int count = 0;
    for (; count < Committer.MAX_QUEUED_BYTES / COMMAND_BYTES - 1; count++) {
      committer.write(new Note.Write(false, new LogWrite(null, count + 1, entries)));
    }
    var oneTooMany = new Note.Write(false, new LogWrite(null, count + 1, entries));
    assertThat(count).isGreaterThan(16); // 64 MiB
    assertThatThrownBy(() -> committer.write(oneTooMany))
        .isInstanceOf(LogStorageException.class)
        .hasMessageContaining("a stuck disk")
        .hasMessageContaining("does not keep up");
    assertThatThrownBy(committer::check).isInstanceOf(LogStorageException.class);
  }
}
