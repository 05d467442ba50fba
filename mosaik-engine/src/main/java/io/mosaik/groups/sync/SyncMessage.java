package io.mosaik.groups.sync;

import io.mosaik.groups.log.Lineage;
import io.mosaik.groups.log.LogPosition;
import io.mosaik.groups.log.SnapshotManifest;
import io.mosaik.id.Digest;
import io.mosaik.wire.BinaryReader;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.Codec;
import io.mosaik.wire.MalformedException;

/** What members say to each other beside consensus. */
public sealed interface SyncMessage {

  /** A kind (one byte, {@link #FIRST_KIND} or more), then what the kind has. */
  Codec<SyncMessage> CODEC = new SyncCodec();

  /** The kinds below are those of consensus. */
  int FIRST_KIND = 64;

  /**
   * Asks for one chunk.
   *
   * @param snapshot the digest of its manifest
   * @param chunk from 0 on
   */
  record ChunkRequest(Digest snapshot, int chunk) implements SyncMessage {}

  /**
   * Answers a {@link ChunkRequest}.
   *
   * @param snapshot the digest of its manifest
   * @param chunk which
   * @param bytes the whole chunk; not changed by anyone
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Chunk(Digest snapshot, int chunk, byte[] bytes) implements SyncMessage {}

  /** Answers a {@link ChunkRequest} for a snapshot that the answerer does not have any more. */
  record Gone(Digest snapshot) implements SyncMessage {}

  /**
   * The sender has a snapshot: others may ask for it, and who has another at the same position
   * knows that the two have diverged.
   *
   * @param lineage of the log
   * @param position of the last entry it covers
   * @param snapshot the digest of its manifest
   */
  record Held(Lineage lineage, LogPosition position, Digest snapshot) implements SyncMessage {}

  /**
   * The digest of the sender's state at a position, where its machine offers one.
   *
   * @param lineage of the log
   * @param index of the last entry that was applied
   * @param state the digest
   */
  record StateAt(Lineage lineage, long index, Digest state) implements SyncMessage {}

  /** The bytes, as {@code docs/raft.md} has them. */
  final class SyncCodec implements Codec<SyncMessage> {
    private static final int CHUNK_REQUEST = 64;
    private static final int CHUNK = 65;
    private static final int GONE = 66;
    private static final int HELD = 67;
    private static final int STATE_AT = 68;

    private SyncCodec() {}

    @Override
    public void encode(SyncMessage message, BinaryWriter out) {
      switch (message) {
        case ChunkRequest m -> out.u8(CHUNK_REQUEST).raw(m.snapshot.toBytes()).varint(m.chunk);
        case Chunk m -> out.u8(CHUNK).raw(m.snapshot.toBytes()).varint(m.chunk).bytes(m.bytes);
        case Gone m -> out.u8(GONE).raw(m.snapshot.toBytes());
        case Held m -> {
          out.u8(HELD).value(m.lineage, Lineage.CODEC).value(m.position, LogPosition.CODEC);
          out.raw(m.snapshot.toBytes());
        }
        case StateAt m ->
            out.u8(STATE_AT).value(m.lineage, Lineage.CODEC).varint(m.index).raw(m.state.toBytes());
      }
    }

    @Override
    public SyncMessage decode(BinaryReader in) {
      int kind = in.u8();
      return switch (kind) {
        case CHUNK_REQUEST -> new ChunkRequest(digest(in), chunk(in));
        case CHUNK -> new Chunk(digest(in), chunk(in), in.bytes(SnapshotManifest.CHUNK_BYTES));
        case GONE -> new Gone(digest(in));
        case HELD -> new Held(in.value(Lineage.CODEC), in.value(LogPosition.CODEC), digest(in));
        case STATE_AT ->
            new StateAt(in.value(Lineage.CODEC), LogPosition.readNumber(in, "index"), digest(in));
        default -> throw new MalformedException("a message of the unknown kind " + kind);
      };
    }

    private static Digest digest(BinaryReader in) {
      return Digest.ofBytes(in.raw(Digest.LENGTH));
    }

    private static int chunk(BinaryReader in) {
      return in.count(SnapshotManifest.MAX_CHUNKS - 1, 0);
    }
  }
}
