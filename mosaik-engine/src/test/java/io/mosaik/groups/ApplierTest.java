package io.mosaik.groups;

import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.groups.log.Entry;
import io.mosaik.groups.log.Origin;
import io.mosaik.id.PeerId;
import java.util.List;
import org.junit.jupiter.api.Test;

class ApplierTest {

  private static final Origin ORIGIN = new Origin(PeerId.ofBytes(new byte[PeerId.LENGTH]), 1);

  private final Journal journal = new Journal();
  private final Applier<String, Integer, String, String> applier =
      new Applier<>(
          journal,
          Runnable::run,
          new MachineActivity(() -> 0),
          (manifest, chunk) -> null,
          state -> {});

  private void apply(long index, long sequence, String line) {
    var command = new Entry.Command(1, ORIGIN, sequence, journal.commandCodec().toBytes(line));
    applier.apply(List.of(new Applier.Item<>(index, command, null)));
  }

  @Test
  void a_command_counts_once() {
    apply(2, 1, "one");
    apply(3, 1, "one");
    apply(4, 3, "three");
    assertThat(journal.lines()).containsExactly("one");
    assertThat(applier.appliedIndex()).isEqualTo(4);
  }

  @Test
  void after_a_rebuild_from_nothing_the_same_log_gives_the_same_state() {
    apply(2, 1, "of a log that was given up");
    applier.rebuild(null);
    assertThat(journal.lines()).isEmpty();
    assertThat(applier.appliedIndex()).isZero();
    apply(2, 1, "one");
    apply(3, 2, "two");
    assertThat(journal.lines()).containsExactly("one", "two");
  }
}
