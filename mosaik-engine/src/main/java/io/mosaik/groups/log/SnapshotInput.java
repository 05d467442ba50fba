package io.mosaik.groups.log;

import io.mosaik.id.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads a stored snapshot from its beginning, and checks each chunk against its digest before any
 * of it is seen. It holds one chunk. Not thread-safe; blocks as the storage does.
 */
public final class SnapshotInput extends InputStream {

  /** Where chunks come from. */
  @FunctionalInterface
  public interface Source {

    /** As {@link LogStorage#readSnapshot}. */
    byte @Nullable [] read(SnapshotManifest manifest, int chunk);
  }

  private final Source source;
  private final SnapshotManifest manifest;
  private byte[] chunk = new byte[0];
  private int position;
  private int next;

  /** Reads this snapshot. */
  public SnapshotInput(Source source, SnapshotManifest manifest) {
    this.source = source;
    this.manifest = manifest;
  }

  @Override
  public int read() throws IOException {
    return fill() ? chunk[position++] & 0xff : -1;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, target.length);
    if (length == 0) {
      return 0;
    }
    if (!fill()) {
      return -1;
    }
    int count = Math.min(length, chunk.length - position);
    System.arraycopy(chunk, position, target, offset, count);
    position += count;
    return count;
  }

  /** Has the next chunk where the last is read; false at the end. */
  private boolean fill() throws IOException {
    if (position < chunk.length) {
      return true;
    }
    if (next == manifest.chunks().size()) {
      return false;
    }
    byte[] read = source.read(manifest, next);
    if (read == null || !Digest.hash(read).equals(manifest.chunks().get(next))) {
      throw new IOException(
          "chunk %d of %s %s"
              .formatted(next, manifest, read == null ? "is not stored any more" : "is damaged"));
    }
    chunk = read;
    position = 0;
    next++;
    return true;
  }
}
