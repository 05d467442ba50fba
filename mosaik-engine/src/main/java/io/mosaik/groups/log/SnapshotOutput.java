package io.mosaik.groups.log;

import io.mosaik.id.Digest;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Writes a snapshot from its beginning to its end, chunk by chunk, and takes each chunk's digest.
 * It holds one chunk. Not thread-safe; blocks as the storage does.
 */
public final class SnapshotOutput extends OutputStream {

  private final SnapshotWriter writer;
  private final byte[] chunk = new byte[SnapshotManifest.CHUNK_BYTES];
  private final List<Digest> digests = new ArrayList<>();
  private int filled;
  private long writtenBytes;

  /** Writes by this writer, which nobody else uses. */
  public SnapshotOutput(SnapshotWriter writer) {
    this.writer = writer;
  }

  @Override
  public void write(int value) {
    if (filled == chunk.length) {
      writeChunk();
    }
    chunk[filled++] = (byte) value;
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    int done = 0;
    while (done < length) {
      if (filled == chunk.length) {
        writeChunk();
      }
      int count = Math.min(length - done, chunk.length - filled);
      System.arraycopy(bytes, offset + done, chunk, filled, count);
      filled += count;
      done += count;
    }
  }

  private void writeChunk() {
    if (digests.size() == SnapshotManifest.MAX_CHUNKS) {
      throw new LogStorageException("a snapshot of more than %,d bytes".formatted(writtenBytes));
    }
    byte[] bytes = Arrays.copyOf(chunk, filled);
    writer.write(writtenBytes, bytes);
    digests.add(Digest.hash(bytes));
    writtenBytes += filled;
    filled = 0;
  }

  /**
   * Ends the snapshot: when this returns, it is durable.
   *
   * @param lineage of the log it was cut from
   * @param position of the last entry it covers
   * @param committee in force there
   * @param committeeIndex of the entry that named it
   * @return what was written
   */
  public SnapshotManifest finish(
      Lineage lineage, LogPosition position, Committee committee, long committeeIndex) {
    if (filled > 0) {
      writeChunk();
    }
    var manifest =
        new SnapshotManifest(lineage, position, committee, committeeIndex, writtenBytes, digests);
    writer.finish(manifest);
    return manifest;
  }
}
