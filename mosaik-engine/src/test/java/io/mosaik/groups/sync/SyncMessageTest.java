package io.mosaik.groups.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mosaik.groups.log.Lineage;
import io.mosaik.groups.log.LogPosition;
import io.mosaik.groups.log.SnapshotManifest;
import io.mosaik.id.Digest;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.MalformedException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class SyncMessageTest {

  private static final Digest DIGEST = Digest.ofName("snapshot");
  private static final Lineage LINEAGE = Lineage.formed(new SplittableRandom(1));

  static List<SyncMessage> examples() {
    return List.of(
        new SyncMessage.ChunkRequest(DIGEST, 300),
        new SyncMessage.Chunk(DIGEST, 300, new byte[] {1, 2, 3}),
        new SyncMessage.Gone(DIGEST),
        new SyncMessage.Held(LINEAGE, new LogPosition(3, 300), DIGEST),
        new SyncMessage.StateAt(LINEAGE, 1_000, DIGEST));
  }

  @Test
  void every_message_survives_the_wire_and_nothing_shorter_or_longer_does() {
    for (SyncMessage message : examples()) {
      byte[] bytes = SyncMessage.CODEC.toBytes(message);
      assertThat(SyncMessage.CODEC.toBytes(SyncMessage.CODEC.fromBytes(bytes))).isEqualTo(bytes);
      for (int length = 0; length <= bytes.length + 1; length++) {
        byte[] other = Arrays.copyOf(bytes, length);
        if (length != bytes.length) {
          assertThatThrownBy(() -> SyncMessage.CODEC.fromBytes(other))
              .isInstanceOf(MalformedException.class);
        }
      }
    }
  }

  @Test
  void the_bytes_are_the_documented_ones() {
    assertThat(HexFormat.of().formatHex(SyncMessage.CODEC.toBytes(examples().get(1))))
        .isEqualTo("41" + HexFormat.of().formatHex(DIGEST.toBytes()) + "ac02" + "03" + "010203");
  }

  @Test
  void chunks_that_no_snapshot_has_are_refused() {
    var beyond =
        new BinaryWriter().u8(64).raw(DIGEST.toBytes()).varint(SnapshotManifest.MAX_CHUNKS);
    assertThatThrownBy(() -> SyncMessage.CODEC.fromBytes(beyond.toByteArray()))
        .isInstanceOf(MalformedException.class);
    var large =
        new BinaryWriter()
            .u8(65)
            .raw(DIGEST.toBytes())
            .varint(0)
            .bytes(new byte[SnapshotManifest.CHUNK_BYTES + 1]);
    assertThatThrownBy(() -> SyncMessage.CODEC.fromBytes(large.toByteArray()))
        .isInstanceOf(MalformedException.class);
  }
}
