package io.mosaik.durable;

import io.mosaik.groups.log.LogStorageException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * One file of a journal: a preface that names the format, then frames. Of a segment that is not the
 * last, only this is kept in memory.
 */
final class Segment {

  /** What a segment grows to before the next one begins, unless a single frame is larger. */
  static final int LIMIT_BYTES = 16 << 20;

  /** Magic, format version, number, zeros, checksum. The first frame follows. */
  static final int PREFACE_BYTES = 32;

  private static final long MAGIC = 0x4d4f_5341_494b_4c47L; // "MOSAIKLG"
  private static final int VERSION = 1;
  private static final int CRC_AT = PREFACE_BYTES - Integer.BYTES;
  private static final String PREFIX = "log-";
  private static final String SUFFIX = ".segment";

  private final long number;
  private long lastIndex;

  Segment(long number) {
    this.number = number;
  }

  long number() {
    return number;
  }

  String name() {
    return nameOf(number);
  }

  static String nameOf(long number) {
    return PREFIX + "%016x".formatted(number) + SUFFIX;
  }

  static boolean isName(String name) {
    return name.startsWith(PREFIX) && name.endsWith(SUFFIX);
  }

  /** The highest index of an entry in it that still counts; 0 if there is none. */
  long lastIndex() {
    return lastIndex;
  }

  /** A write was made durable in the last of these segments: it may undo what the others have. */
  static void placed(List<Segment> segments, Note.Write note) {
    long from = note.write().firstIndex();
    if (from == 0) {
      return;
    }
    long kept = note.anew() ? 0 : from - 1;
    segments.forEach(segment -> segment.lastIndex = Math.min(segment.lastIndex, kept));
    int count = note.write().entries().size();
    if (count > 0) {
      segments.getLast().lastIndex = from + count - 1;
    }
  }

  /** The bytes that begin the file. */
  byte[] preface() {
    var out = ByteBuffer.allocate(PREFACE_BYTES);
    out.putLong(MAGIC).putInt(VERSION).putLong(number);
    return out.putInt(CRC_AT, crc(out.array())).array();
  }

  /**
   * Checks how a file begins.
   *
   * @param where the file, for messages
   */
  static long numberIn(byte[] file, String where) {
    if (file.length < PREFACE_BYTES) {
      throw Errors.damaged(where, 0, "it has " + file.length + " bytes and not even a preface");
    }
    var in = ByteBuffer.wrap(file, 0, PREFACE_BYTES);
    if (in.getLong() != MAGIC || in.getInt(CRC_AT) != crc(file)) {
      throw Errors.damaged(where, 0, "it doesn't begin as a log does");
    }
    int version = in.getInt();
    if (version != VERSION) {
      throw new LogStorageException(
          "%s: a log of format %d; this version of Mosaik reads format %d only"
              .formatted(where, version, VERSION));
    }
    return in.getLong();
  }

  private static int crc(byte[] preface) {
    var crc = new CRC32C();
    crc.update(preface, 0, CRC_AT);
    return (int) crc.getValue();
  }
}
