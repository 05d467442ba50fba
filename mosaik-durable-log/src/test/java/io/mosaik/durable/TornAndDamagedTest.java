package io.mosaik.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mosaik.groups.log.LogStorageException;
import io.mosaik.groups.log.LogWrite;
import io.mosaik.groups.log.StoredLog;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** A torn tail is cut; whatever else differs from what was written is an error that says where. */
class TornAndDamagedTest {

  private static final String FIRST = Segment.nameOf(1);
  private static final String SECOND = Segment.nameOf(2);

  /** The log after each of some commits, and where each of them ends in its segment. */
  private record Written(byte[] file, List<StoredLog> states, List<Integer> ends) {}

  private static Written written(String... commands) {
    var files = new FaultyFiles(1);
    var states = new ArrayList<StoredLog>();
    var ends = new ArrayList<Integer>();
    DurableLogStorage storage = Logs.over(files);
    storage.open(Logs.INCARNATION);
    storage.write(Logs.state(3));
    long index = 1;
    for (String command : commands) {
      storage.write(Logs.append(index++, command));
      Logs.sync(storage);
      byte[] file = files.content(FIRST);
      ends.add(end(file));
      states.add(reopened(file));
    }
    return new Written(files.content(FIRST), states, ends);
  }

  private static int end(byte[] file) {
    int offset = Segment.PREFACE_BYTES;
    for (Frame next = Frame.read(file, offset); next != null; next = Frame.read(file, offset)) {
      offset = next.end();
    }
    return offset;
  }

  private static StoredLog reopened(byte[] file) {
    var files = new FaultyFiles(1);
    files.replace(FIRST, file);
    return Logs.over(files).open(0);
  }

  @Test
  void a_last_write_that_is_torn_at_any_byte_is_cut() {
    for (String last : List.of("last", "x".repeat(2_000), "\0".repeat(3_000))) {
      Written log = written("first", "second", last);
      int start = log.ends.get(1);
      for (int cut = start; cut < log.ends.get(2) - Frame.ALIGNMENT; cut++) {
        byte[] shorter = Arrays.copyOf(log.file, cut);
        byte[] zeros = Arrays.copyOf(shorter, log.file.length);
        assertThat(reopened(shorter)).as("ends at %d", cut).isEqualTo(log.states.get(1));
        assertThat(reopened(zeros)).as("zeros from %d", cut).isEqualTo(log.states.get(1));
      }
    }
  }

  @Test
  void a_last_write_of_which_any_sectors_are_missing_is_cut() {
    var random = new Random(5);
    for (String last : List.of("x".repeat(4_000), "\0".repeat(4_000))) {
      Written log = written("first", "second", last);
      int sectors = log.file.length / Frame.SECTOR_BYTES;
      int from = log.ends.get(1) / Frame.SECTOR_BYTES + 1;
      int to = (log.ends.get(2) - Frame.ALIGNMENT) / Frame.SECTOR_BYTES;
      for (int round = 0; round < 300; round++) {
        byte[] torn = log.file.clone();
        boolean missing = false;
        for (int sector = from; sector < Math.min(sectors, to); sector++) {
          if (random.nextInt(3) == 0) {
            int at = sector * Frame.SECTOR_BYTES;
            Arrays.fill(torn, at, at + Frame.SECTOR_BYTES, (byte) 0);
            missing = true;
          }
        }
        if (round % 2 == 0) { // also where it begins, up to the next sector
          Arrays.fill(torn, log.ends.get(1), from * Frame.SECTOR_BYTES, (byte) 0);
          missing = true;
        }
        assertThat(reopened(torn)).isEqualTo(log.states.get(missing ? 1 : 2));
      }
    }
  }

  @Test
  void a_bit_that_flips_anywhere_is_an_error_or_changes_nothing() {
    Written log = written("first", "x".repeat(700), "\0".repeat(1_200), "\0".repeat(1_500));
    StoredLog whole = log.states.getLast();
    int errors = 0;
    for (int at = 0; at < log.file.length; at++) {
      byte[] flipped = log.file.clone();
      flipped[at] ^= (byte) (1 << at % 8);
      try {
        assertThat(reopened(flipped)).as("offset %d", at).isEqualTo(whole);
      } catch (LogStorageException e) {
        errors++;
        assertThat(e).hasMessageStartingWith("/faulty/" + FIRST).hasMessageContaining("offset ");
      }
    }
    int padding = 5 * Frame.ALIGNMENT; // between frames: nothing is kept there
    assertThat(errors).isGreaterThan(log.ends.getLast() - padding - Segment.PREFACE_BYTES);
  }

  @Test
  void damage_is_named_by_file_and_offset() {
    Written log = written("first", "second", "third");
    int second = log.ends.get(0);
    byte[] damaged = log.file.clone();
    damaged[second + Frame.HEADER_BYTES + 3] ^= 4;
    assertThatThrownBy(() -> reopened(damaged))
        .isInstanceOf(LogStorageException.class)
        .hasMessage(
            "/faulty/%s, offset %d: the log is damaged: a frame doesn't match its checksum, and more was written behind it. Restore the whole directory, or move it away: the member then comes back as a new one"
                .formatted(FIRST, second));
  }

  @Test
  void a_write_in_the_middle_that_is_zeros_is_damage_and_no_tail() {
    Written log = written("first", "second", "third");
    byte[] lost = log.file.clone();
    Arrays.fill(lost, log.ends.get(0), log.ends.get(1), (byte) 0);
    assertThatThrownBy(() -> reopened(lost))
        .hasMessageContaining("offset " + log.ends.get(0))
        .hasMessageContaining("follows at offset " + log.ends.get(1));
  }

  @Test
  void bytes_of_a_frame_inside_a_command_are_not_taken_for_one() {
    Written log = written("first", "second");
    byte[] inside = Arrays.copyOfRange(log.file, log.ends.get(0), log.ends.get(1));
    var files = new FaultyFiles(1);
    files.replace(FIRST, log.file);
    DurableLogStorage storage = Logs.over(files);
    storage.open(0);
    storage.write(new LogWrite(null, 3, List.of(Logs.command(1, inside))));
    Logs.sync(storage);
    assertThat(reopened(files.content(FIRST)).entries()).hasSize(3);
  }

  @Test
  void any_garbage_is_an_error_of_the_storage_and_no_other() {
    Written log = written("first", "x".repeat(600), "last");
    var random = new Random(11);
    for (int round = 0; round < 3_000; round++) {
      byte[] garbage = log.file.clone();
      for (int i = random.nextInt(8); i >= 0; i--) {
        garbage[random.nextInt(garbage.length)] = (byte) random.nextInt();
      }
      if (random.nextInt(4) == 0) {
        garbage = Arrays.copyOf(garbage, random.nextInt(garbage.length));
      }
      try {
        StoredLog found = reopened(garbage);
        assertThat(found.entries())
            .isEqualTo(log.states.getLast().entries().subList(0, found.entries().size()));
      } catch (LogStorageException e) {
        assertThat(e).hasMessageContaining(FIRST);
      }
    }
  }

  /** Three segments and a snapshot. */
  private static FaultyFiles threeSegments() {
    var files = new FaultyFiles(1);
    DurableLogStorage storage = Logs.over(files);
    storage.open(Logs.INCARNATION);
    for (int i = 1; !files.list().contains(Segment.nameOf(3)); i++) {
      storage.write(Logs.append(i, "x".repeat(1_000)));
      Logs.sync(storage);
    }
    storage.close();
    return files;
  }

  @Test
  void a_segment_that_is_missing_is_noticed_wherever_it_was() {
    for (int missing = 1; missing <= 3; missing++) {
      FaultyFiles files = threeSegments();
      assertThat(Logs.over(files).open(0).entries()).hasSizeGreaterThan(10);
      files.delete(Segment.nameOf(missing));
      assertThatThrownBy(() -> Logs.over(files).open(0))
          .as("segment %d", missing)
          .isInstanceOf(LogStorageException.class)
          .hasMessageContaining("missing");
    }
  }

  @Test
  void a_segment_in_the_middle_that_breaks_off_is_damage_and_no_tail() {
    byte[] whole = threeSegments().content(SECOND);
    for (int length = 0; length < end(whole) - Frame.ALIGNMENT; length += 13) {
      FaultyFiles files = threeSegments();
      files.replace(SECOND, Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> Logs.over(files).open(0))
          .isInstanceOf(LogStorageException.class)
          .hasMessageContaining(SECOND);
    }
  }

  @Test
  void a_segment_of_another_log_is_noticed() {
    FaultyFiles files = threeSegments();
    var others = new FaultyFiles(1);
    DurableLogStorage other = Logs.over(others);
    other.open(99);
    for (int i = 1; !others.list().contains(Segment.nameOf(3)); i++) {
      other.write(Logs.append(i, "y".repeat(1_000)));
      Logs.sync(other);
    }
    files.replace(SECOND, others.content(SECOND));
    assertThatThrownBy(() -> Logs.over(files).open(0)).hasMessageContaining(SECOND);

    files.replace(SECOND, others.content(FIRST));
    assertThatThrownBy(() -> Logs.over(files).open(0)).hasMessageContaining("it is segment 1");
  }

  @Test
  void a_later_format_is_refused_by_its_number() {
    byte[] file = threeSegments().content(FIRST);
    var files = new FaultyFiles(1);
    var preface = ByteBuffer.wrap(file);
    preface.putInt(8, 2);
    var crc = new CRC32C();
    crc.update(file, 0, 28);
    preface.putInt(28, (int) crc.getValue());
    files.replace(FIRST, file);
    assertThatThrownBy(() -> Logs.over(files).open(0)).hasMessageContaining("a log of format 2");
  }

  @Test
  void a_snapshot_that_is_damaged_anywhere_is_an_error_where_it_is_read() {
    var files = new FaultyFiles(1);
    DurableLogStorage storage = Logs.over(files);
    storage.open(Logs.INCARNATION);
    storage.write(Logs.append(1, "one"));
    byte[] content = new byte[300];
    new Random(1).nextBytes(content);
    var manifest = Logs.snapshot(storage, 1, content);
    storage.close();
    String name = files.list().getLast();
    byte[] file = files.content(name);
    for (int at = 0; at < file.length; at++) {
      byte[] flipped = file.clone();
      flipped[at] ^= 16;
      files.replace(name, flipped);
      DurableLogStorage damaged = Logs.over(files);
      assertThatThrownBy(
              () -> {
                damaged.open(0);
                damaged.readSnapshot(manifest, 0);
              })
          .as("offset %d", at)
          .isInstanceOf(LogStorageException.class)
          .hasMessageContaining(name);
    }
    files.replace(name, file);
    files.delete(FIRST);
    assertThatThrownBy(() -> Logs.over(files).open(0)).hasMessageContaining("no log");
  }
}
