package io.mosaik.durable;

import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.groups.log.Committee;
import io.mosaik.groups.log.Entry;
import io.mosaik.groups.log.LogWrite;
import io.mosaik.groups.log.Member;
import io.mosaik.groups.log.StoredLog;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Format 1 as it was first written, byte by byte: logs that exist stay readable. */
class FrozenFormatTest {

  private static final String SEGMENT = Segment.nameOf(1);
  private static final String SNAPSHOT = "snapshot-0000000000000001.snapshot";
  private static final byte[] STATE_OF_MACHINE = Logs.bytes("the state of a machine");

  private static FaultyFiles written() {
    var files = new FaultyFiles(1);
    DurableLogStorage storage = Logs.over(files);
    storage.open(Logs.INCARNATION);
    storage.write(Logs.state(3));
    storage.write(
        new LogWrite(
            null,
            1,
            List.of(
                new Entry.Formation(1, Logs.LINEAGE, Logs.COMMITTEE),
                new Entry.Noop(2),
                Logs.command(2, Logs.bytes("a command")))));
    Logs.sync(storage);
    var other = new Member(Logs.MEMBER.peer(), 0xffff_ffff_ffff_fff0L);
    storage.write(
        new LogWrite(
            Logs.state(300).hardState(),
            3,
            List.of(
                Logs.command(300, new byte[1_100]),
                new Entry.CommitteeChange(300, Committee.of(List.of(other))))));
    Logs.sync(storage);
    Logs.snapshot(storage, 3, STATE_OF_MACHINE);
    storage.close();
    return files;
  }

  /** Without the zeros ahead. */
  private static byte[] trimmed(byte[] file) {
    int end = file.length;
    while (file[end - 1] == 0) {
      end--;
    }
    return Arrays.copyOf(file, end);
  }

  private static byte[] frozen(String name) throws IOException {
    try (InputStream in = FrozenFormatTest.class.getResourceAsStream("format-1/" + name + ".hex")) {
      String text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
      return HexFormat.of().parseHex(text.lines().collect(Collectors.joining()));
    }
  }

  @Test
  void what_was_written_then_is_read_now() throws IOException {
    var old = new FaultyFiles(1);
    old.replace(SEGMENT, frozen(SEGMENT));
    old.replace(SNAPSHOT, frozen(SNAPSHOT));
    DurableLogStorage storage = Logs.over(old);
    StoredLog found = storage.open(0);
    assertThat(found).isEqualTo(Logs.over(written()).open(0));
    assertThat(found.entries()).hasSize(4);
    assertThat(found.hardState().term()).isEqualTo(300);
    assertThat(storage.readSnapshot(Objects.requireNonNull(found.snapshot()), 0))
        .isEqualTo(STATE_OF_MACHINE);
  }

  @Test
  void what_is_written_now_was_written_then() throws IOException {
    FaultyFiles files = written();
    assertThat(trimmed(files.content(SEGMENT))).isEqualTo(frozen(SEGMENT));
    assertThat(files.content(SNAPSHOT)).isEqualTo(frozen(SNAPSHOT));
  }
}
