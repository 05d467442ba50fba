package io.mosaik.durable;

import io.mosaik.groups.log.LogStorageException;
import io.mosaik.groups.log.SnapshotManifest;
import io.mosaik.groups.log.SnapshotWriter;
import io.mosaik.id.Digest;
import io.mosaik.wire.MalformedException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The snapshots of a log, a file each: the bytes, the manifest, and a footer by which both are
 * found. A file gets its name when all of it is durable. On the strand of snapshots; blocks for as
 * long as the disk takes. Only {@link #names} and {@link #last} may be called by others.
 */
final class Snapshots {

  /** Length of the manifest, CRC32C of it, magic, format version, CRC32C of all these. */
  static final int FOOTER_BYTES = 24;

  private static final long MAGIC = 0x4d4f_5341_494b_5353L; // "MOSAIKSS"
  private static final int VERSION = 1;
  private static final String PREFIX = "snapshot-";
  private static final String SUFFIX = ".snapshot";
  private static final String PART = ".part";

  private final LogDirectory directory;
  private volatile List<Kept> kept;

  private record Kept(long number, SnapshotManifest manifest) {
    String name() {
      return nameOf(number);
    }
  }

  private Snapshots(LogDirectory directory, List<Kept> kept) {
    this.directory = directory;
    this.kept = kept;
  }

  private static String nameOf(long number) {
    return PREFIX + "%016x".formatted(number) + SUFFIX;
  }

  /** Finds the last one that was finished; older ones and unfinished ones are deleted. */
  static Snapshots open(LogDirectory directory) {
    var names = new ArrayList<String>();
    for (String name : directory.list()) {
      if (name.startsWith(PREFIX) && name.endsWith(SUFFIX)) {
        names.add(name);
      } else if (name.endsWith(PART)) {
        directory.delete(name);
      }
    }
    if (names.isEmpty()) {
      return new Snapshots(directory, List.of());
    }
    String last = names.removeLast();
    var found = new Kept(numberOf(directory, last), manifest(directory, last));
    names.forEach(directory::delete);
    return new Snapshots(directory, List.of(found));
  }

  private static long numberOf(LogDirectory directory, String name) {
    String digits = name.substring(PREFIX.length(), name.length() - SUFFIX.length());
    try {
      return Long.parseLong(digits, 16);
    } catch (NumberFormatException e) {
      throw new LogStorageException(directory.describe(name) + ": no name of a snapshot", e);
    }
  }

  private static SnapshotManifest manifest(LogDirectory directory, String name) {
    String where = directory.describe(name);
    try (LogFile file = directory.open(name)) {
      long size = file.size();
      if (size < FOOTER_BYTES) {
        throw Errors.damaged(where, 0, "a snapshot of " + size + " bytes");
      }
      byte[] footer = file.read(size - FOOTER_BYTES, FOOTER_BYTES);
      var in = ByteBuffer.wrap(footer);
      int length = in.getInt();
      int crc = in.getInt();
      if (in.getLong() != MAGIC || in.getInt(FOOTER_BYTES - 4) != crc(footer, FOOTER_BYTES - 4)) {
        throw Errors.damaged(where, size - FOOTER_BYTES, "it doesn't end as a snapshot does");
      }
      int version = in.getInt();
      if (version != VERSION) {
        throw new LogStorageException(
            "%s: a snapshot of format %d; this version of Mosaik reads format %d only"
                .formatted(where, version, VERSION));
      }
      long at = size - FOOTER_BYTES - length;
      if (length < 0 || at < 0) {
        throw Errors.damaged(where, size - FOOTER_BYTES, "it is shorter than it says");
      }
      byte[] bytes = file.read(at, length);
      if (crc(bytes, length) != crc) {
        throw Errors.damaged(where, at, "the manifest doesn't match its checksum");
      }
      SnapshotManifest manifest = SnapshotManifest.CODEC.fromBytes(bytes);
      if (manifest.sizeBytes() != at) {
        throw Errors.damaged(
            where, at, "it has %,d bytes instead of %,d".formatted(at, manifest.sizeBytes()));
      }
      return manifest;
    } catch (MalformedException e) {
      throw Errors.damaged(where, 0, "the manifest can't be read: " + e.getMessage());
    }
  }

  /** The one that was finished last; null if there is none. */
  @Nullable SnapshotManifest last() {
    List<Kept> now = kept;
    return now.isEmpty() ? null : now.getLast().manifest;
  }

  /** The names of their files. */
  List<String> names() {
    return kept.stream().map(Kept::name).toList();
  }

  /** One chunk, checked; null if there is no such snapshot. */
  byte @Nullable [] read(SnapshotManifest manifest, int chunk) {
    for (Kept each : kept) {
      if (each.manifest.equals(manifest)) {
        return read(each, chunk);
      }
    }
    return null;
  }

  private byte[] read(Kept snapshot, int chunk) {
    long offset = (long) chunk * SnapshotManifest.CHUNK_BYTES;
    try (LogFile file = directory.open(snapshot.name())) {
      byte[] bytes = file.read(offset, snapshot.manifest.chunkBytes(chunk));
      if (!Digest.hash(bytes).equals(snapshot.manifest.chunks().get(chunk))) {
        throw Errors.damaged(
            directory.describe(snapshot.name()),
            offset,
            "chunk " + chunk + " of the snapshot doesn't match its digest");
      }
      return bytes;
    }
  }

  /** Deletes one, unless it is the last. */
  void drop(SnapshotManifest manifest) {
    List<Kept> now = kept;
    for (Kept each : now.subList(0, Math.max(0, now.size() - 1))) {
      if (each.manifest.equals(manifest)) {
        kept = now.stream().filter(other -> other.number != each.number).toList();
        directory.delete(each.name());
      }
    }
  }

  /** Begins to write one. */
  SnapshotWriter begin() {
    long number = kept.isEmpty() ? 1 : kept.getLast().number + 1;
    return new Writer(number, directory.create(nameOf(number) + PART));
  }

  private static int crc(byte[] bytes, int length) {
    var crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }

  private final class Writer implements SnapshotWriter {

    private final long number;
    private final LogFile file;
    private long writtenBytes;
    private boolean over;

    Writer(long number, LogFile file) {
      this.number = number;
      this.file = file;
    }

    @Override
    public void write(long offset, byte[] bytes) {
      requireOpen();
      file.write(offset, bytes);
      writtenBytes += bytes.length;
    }

    @Override
    public void finish(SnapshotManifest manifest) {
      requireOpen();
      String name = nameOf(number);
      if (writtenBytes != manifest.sizeBytes()) {
        abort();
        throw new LogStorageException(
            "%s: a snapshot of %,d bytes of which %,d were written"
                .formatted(directory.describe(name), manifest.sizeBytes(), writtenBytes));
      }
      file.write(manifest.sizeBytes(), end(manifest));
      file.force();
      over = true;
      file.close();
      directory.rename(name + PART, name);
      directory.sync();
      var more = new ArrayList<>(kept);
      more.add(new Kept(number, manifest));
      kept = List.copyOf(more);
    }

    /** The manifest and the footer. */
    private static byte[] end(SnapshotManifest manifest) {
      byte[] bytes = SnapshotManifest.CODEC.toBytes(manifest);
      var out = ByteBuffer.allocate(bytes.length + FOOTER_BYTES).put(bytes);
      var footer = ByteBuffer.allocate(FOOTER_BYTES);
      footer.putInt(bytes.length).putInt(crc(bytes, bytes.length)).putLong(MAGIC).putInt(VERSION);
      footer.putInt(crc(footer.array(), FOOTER_BYTES - 4));
      return out.put(footer.flip()).array();
    }

    private void requireOpen() {
      if (over) {
        throw new LogStorageException(
            directory.describe(nameOf(number)) + ": this snapshot is finished or given up");
      }
    }

    @Override
    public void abort() {
      if (!over) {
        over = true;
        file.close();
        directory.delete(nameOf(number) + PART);
      }
    }
  }
}
