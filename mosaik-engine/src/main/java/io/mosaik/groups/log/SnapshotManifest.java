package io.mosaik.groups.log;

import io.mosaik.id.Digest;
import io.mosaik.wire.BinaryReader;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.Codec;
import io.mosaik.wire.MalformedException;
import java.util.ArrayList;
import java.util.List;

/**
 * Describes a snapshot: where it cuts the log, and what its bytes are. Its bytes are divided into
 * chunks of {@link #CHUNK_BYTES}, the last of which may be shorter; each is known by its digest, so
 * that chunks can come from anyone who has the same snapshot.
 *
 * @param lineage of the log it was cut from
 * @param position of the last entry it covers
 * @param committee that was in force there
 * @param committeeIndex of the entry that named it
 * @param sizeBytes of the whole
 * @param chunks the BLAKE3 digest of each chunk, in order
 */
public record SnapshotManifest(
    Lineage lineage,
    LogPosition position,
    Committee committee,
    long committeeIndex,
    long sizeBytes,
    List<Digest> chunks) {

  /** The length of every chunk but the last: 256 KiB. */
  public static final int CHUNK_BYTES = 256 << 10;

  /** The most chunks of a snapshot, which has 64 GiB with so many. */
  public static final int MAX_CHUNKS = 1 << 18;

  /** Lineage, position, committee and its index, size, and so many digests of 32 bytes. */
  public static final Codec<SnapshotManifest> CODEC =
      new Codec<>() {
        @Override
        public void encode(SnapshotManifest manifest, BinaryWriter out) {
          out.value(manifest.lineage, Lineage.CODEC).value(manifest.position, LogPosition.CODEC);
          out.value(manifest.committee, Committee.CODEC).varint(manifest.committeeIndex);
          out.varint(manifest.sizeBytes);
          for (Digest chunk : manifest.chunks) {
            out.raw(chunk.toBytes());
          }
        }

        @Override
        public SnapshotManifest decode(BinaryReader in) {
          Lineage lineage = in.value(Lineage.CODEC);
          LogPosition position = in.value(LogPosition.CODEC);
          Committee committee = in.value(Committee.CODEC);
          long committeeIndex = LogPosition.readNumber(in, "committee index");
          long sizeBytes = LogPosition.readNumber(in, "size");
          long count = chunkCount(sizeBytes);
          if (count > MAX_CHUNKS || count * Digest.LENGTH > in.remaining()) {
            throw new MalformedException("a snapshot of " + sizeBytes + " bytes without digests");
          }
          var chunks = new ArrayList<Digest>((int) count);
          for (int i = 0; i < count; i++) {
            chunks.add(Digest.ofBytes(in.raw(Digest.LENGTH)));
          }
          try {
            return new SnapshotManifest(
                lineage, position, committee, committeeIndex, sizeBytes, chunks);
          } catch (IllegalArgumentException e) {
            throw new MalformedException(String.valueOf(e.getMessage()), e);
          }
        }
      };

  /**
   * Checks and copies.
   *
   * @throws IllegalArgumentException if the numbers don't fit each other
   */
  public SnapshotManifest {
    chunks = List.copyOf(chunks);
    if (lineage.isNone()
        || position.index() < 1
        || committeeIndex < 1
        || committeeIndex > position.index()) {
      throw new IllegalArgumentException(
          "a snapshot at %s of lineage %s with a committee of index %d"
              .formatted(position, lineage, committeeIndex));
    }
    if (sizeBytes < 0 || chunks.size() > MAX_CHUNKS || chunkCount(sizeBytes) != chunks.size()) {
      throw new IllegalArgumentException(
          "a snapshot of %,d bytes in %,d chunks; it has %,d bytes a chunk and at most %,d chunks"
              .formatted(sizeBytes, chunks.size(), CHUNK_BYTES, MAX_CHUNKS));
    }
  }

  private static long chunkCount(long sizeBytes) {
    return sizeBytes / CHUNK_BYTES + (sizeBytes % CHUNK_BYTES == 0 ? 0 : 1);
  }

  /** How many bytes a chunk has. */
  public int chunkBytes(int chunk) {
    long offset = (long) chunk * CHUNK_BYTES;
    return (int) Math.min(CHUNK_BYTES, sizeBytes - offset);
  }

  /** Names the snapshot: two with the same digest are the same, byte by byte. */
  public Digest digest() {
    return Digest.hash(CODEC.toBytes(this));
  }

  /** Position and size, for logs. */
  @Override
  public String toString() {
    return "snapshot at " + position + ", " + sizeBytes + " bytes";
  }
}
