package io.mosaik.groups.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mosaik.id.Digest;
import io.mosaik.id.SecretKey;
import io.mosaik.wire.MalformedException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What disks keep of a write. */
class StoredBytesTest {

  private static final Lineage LINEAGE = new Lineage(Digest.hash(new byte[] {1}));
  private static final LogWrite WRITE =
      new LogWrite(
          new HardState(
              LINEAGE,
              300,
              new Member(SecretKey.of("alice").peerId(), 5),
              true,
              List.of(EndedLineage.abandoned(new Lineage(Digest.hash(new byte[] {2}))))),
          17,
          List.of(new Entry.Noop(299), new Entry.Noop(300)));

  @Test
  void a_write_comes_back() {
    byte[] bytes = LogWrite.CODEC.toBytes(WRITE);
    assertThat(LogWrite.CODEC.fromBytes(bytes)).isEqualTo(WRITE);
    var nothing = new LogWrite(null, 0, List.of());
    assertThat(LogWrite.CODEC.toBytes(nothing)).containsExactly(0, 0, 0);
    assertThat(LogWrite.CODEC.fromBytes(new byte[] {0, 0, 0})).isEqualTo(nothing);
  }

  @Test
  void bytes_that_are_cut_off_anywhere_are_malformed() {
    byte[] bytes = LogWrite.CODEC.toBytes(WRITE);
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> LogWrite.CODEC.fromBytes(cut))
          .isInstanceOf(MalformedException.class);
    }
  }

  @Test
  void entries_without_a_place_are_malformed() {
    byte[] bytes = {0, 0, 1, 2, 1};
    assertThatThrownBy(() -> LogWrite.CODEC.fromBytes(bytes))
        .isInstanceOf(MalformedException.class);
  }
}
