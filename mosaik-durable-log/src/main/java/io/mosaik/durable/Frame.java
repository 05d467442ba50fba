package io.mosaik.durable;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What is written and made durable at once: a header, a payload and an end mark. Only one frame at
 * a time is ever on its way to the disk, which is what lets a reader tell a torn tail from damage;
 * see {@link Tail}.
 *
 * @param number counts the frames of a log, from 1 on
 * @param payload its records, one after another
 * @param end the offset at which the next frame begins
 */
record Frame(long number, byte[] payload, int end) {

  /** Length of the payload, mask, number, checksum of the payload, checksum of all these. */
  static final int HEADER_BYTES = 24;

  /** Frames begin at multiples of this, so that no header lies in two sectors. */
  static final int ALIGNMENT = 32;

  /** What a disk writes as a whole or not at all. */
  static final int SECTOR_BYTES = 512;

  /** The most bytes of a payload: 1 GiB. */
  static final int MAX_PAYLOAD_BYTES = 1 << 30;

  /** The last byte of a frame; not zero, so that a frame that ends in zeros is not all there. */
  static final byte END_MARK = 0x7e;

  /**
   * What a header says.
   *
   * @param length of the payload
   * @param mask every byte of the payload is stored XOR this
   * @param number of the frame
   * @param payloadCrc CRC32C of the payload as it is stored
   */
  record Header(int length, int mask, long number, int payloadCrc) {

    /** Just behind the end mark of a frame that begins at an offset. */
    long end(int offset) {
      return (long) offset + HEADER_BYTES + length + 1;
    }
  }

  /**
   * Encodes a frame that will be written at an offset. Where a whole sector of it would be zeros,
   * the payload is masked so that none is: a sector of zeros in a frame was then never written.
   */
  static byte[] encode(long number, int offset, List<byte[]> records) {
    int length = records.stream().mapToInt(record -> record.length).reduce(0, Math::addExact);
    byte[] frame = new byte[aligned(Math.addExact(length, HEADER_BYTES + 1))];
    var payload = ByteBuffer.wrap(frame, HEADER_BYTES, length);
    records.forEach(payload::put);
    int end = HEADER_BYTES + length;
    int mask = maskFor(frame, offset, end);
    apply(mask, frame, HEADER_BYTES, end);
    frame[end] = END_MARK;
    var header = ByteBuffer.wrap(frame);
    header.putInt(length).putInt(mask).putLong(number).putInt(crc(frame, HEADER_BYTES, end));
    header.putInt(crc(frame, 0, HEADER_BYTES - Integer.BYTES));
    return frame;
  }

  /** The header at an offset; null if there is none, or none that is whole. */
  static @Nullable Header header(byte[] file, int offset) {
    if (file.length - offset < HEADER_BYTES) {
      return null;
    }
    var in = ByteBuffer.wrap(file, offset, HEADER_BYTES);
    var header = new Header(in.getInt(), in.getInt(), in.getLong(), in.getInt());
    boolean whole = in.getInt() == crc(file, offset, offset + HEADER_BYTES - Integer.BYTES);
    return whole && header.length >= 0 && header.length <= MAX_PAYLOAD_BYTES ? header : null;
  }

  /** The frame at an offset; null if there is none, or none that is whole. */
  static @Nullable Frame read(byte[] file, int offset) {
    Header header = header(file, offset);
    if (header == null || header.end(offset) > file.length) {
      return null;
    }
    int from = offset + HEADER_BYTES;
    int end = from + header.length;
    if (file[end] != END_MARK || crc(file, from, end) != header.payloadCrc) {
      return null;
    }
    byte[] payload = Arrays.copyOfRange(file, from, end);
    apply(header.mask, payload, 0, payload.length);
    return new Frame(header.number, payload, aligned(end + 1));
  }

  /** The first place for a frame that is not below an offset. */
  static int aligned(int offset) {
    return Math.addExact(offset, ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  /** Zero if no sector of the payload is all zeros; else a byte that none consists of. */
  private static int maskFor(byte[] frame, int offset, int end) {
    var constants = new BitSet();
    int first = SECTOR_BYTES - offset % SECTOR_BYTES; // where the second sector of it begins
    for (int at = first; at + SECTOR_BYTES <= end; at += SECTOR_BYTES) {
      if (isConstant(frame, at, at + SECTOR_BYTES)) {
        constants.set(frame[at] & 0xff);
      }
    }
    int mask = constants.nextClearBit(0);
    return mask > 0xff ? 0 : mask;
  }

  private static boolean isConstant(byte[] bytes, int from, int to) {
    for (int i = from + 1; i < to; i++) {
      if (bytes[i] != bytes[from]) {
        return false;
      }
    }
    return true;
  }

  private static void apply(int mask, byte[] bytes, int from, int to) {
    if (mask != 0) {
      for (int i = from; i < to; i++) {
        bytes[i] ^= (byte) mask;
      }
    }
  }

  private static int crc(byte[] bytes, int from, int to) {
    var crc = new CRC32C();
    crc.update(bytes, from, to - from);
    return (int) crc.getValue();
  }
}
