package io.mosaik.durable;

import org.jspecify.annotations.Nullable;

/**
 * Judges what stands where the next frame should begin, in the last segment of a log, when no whole
 * frame does: the end, a frame that a crash has torn, or damage.
 *
 * <p>Segments are filled with zeros ahead, sectors reach the disk each as a whole and in any order,
 * and a frame is written only when the one before is durable. So a torn frame is the last one, has
 * a sector of zeros (see {@link Frame#encode}), ends in zeros or ends with the file, and nobody was
 * told that it is durable. Everything else is damage.
 */
final class Tail {

  private final byte[] file;
  private final int offset;
  private final long number;

  private Tail(byte[] file, int offset, long number) {
    this.file = file;
    this.offset = offset;
    this.number = number;
  }

  /**
   * Judges the rest of a file.
   *
   * @param offset where a frame should begin
   * @param number that it should have
   * @return null if the log ends there, torn or not; else what is wrong
   */
  static @Nullable String damage(byte[] file, int offset, long number) {
    return new Tail(file, offset, number).damage();
  }

  private @Nullable String damage() {
    if (isZero(offset, file.length)) {
      return null;
    }
    Frame.Header header = Frame.header(file, offset);
    return header == null ? withoutHeader() : behind(header);
  }

  private @Nullable String withoutHeader() {
    int headerEnd = Math.min(file.length, offset + Frame.HEADER_BYTES);
    if (isZero(headerEnd, file.length)) {
      return null; // torn within the header
    }
    if (!isZero(offset, headerEnd)) {
      return "the header of a frame doesn't match its checksum";
    }
    for (int at = offset + Frame.ALIGNMENT; at < file.length; at += Frame.ALIGNMENT) {
      Frame later = Frame.read(file, at);
      if (later != null && later.number() > number) {
        return "frame "
            + later.number()
            + " follows at offset "
            + at
            + " where frame "
            + number
            + " should, which is zeros";
      }
    }
    return null; // torn: what came behind the header was written first
  }

  private @Nullable String behind(Frame.Header header) {
    if (header.number() != number) {
      return "frame " + header.number() + " stands where frame " + number + " should";
    }
    long end = header.end(offset);
    if (end > file.length) {
      return null; // torn: the file ends within it
    }
    if (!isZero((int) end, file.length)) {
      return "a frame doesn't match its checksum, and more was written behind it";
    }
    if (file[(int) end - 1] == 0) {
      return null; // torn: its end is missing
    }
    int sector = offset / Frame.SECTOR_BYTES * Frame.SECTOR_BYTES + Frame.SECTOR_BYTES;
    for (; sector + Frame.SECTOR_BYTES <= end; sector += Frame.SECTOR_BYTES) {
      if (isZero(sector, sector + Frame.SECTOR_BYTES)) {
        return null; // torn: a sector of it is missing
      }
    }
    return "a frame doesn't match its checksum";
  }

  private boolean isZero(int from, int to) {
    for (int i = from; i < to; i++) {
      if (file[i] != 0) {
        return false;
      }
    }
    return true;
  }
}
