package io.mosaik.transport.quic;

import io.mosaik.wire.Frame;
import io.mosaik.wire.MalformedException;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Puts frames together from the pieces a stream comes in. The length is checked against the limit
 * before anything is allocated, and memory is taken as bytes come, not as they are announced.
 */
final class FrameReader {

  private static final int FIRST_BYTES = 128 * 1024;

  private volatile int maxFrameBytes;
  private int headerBytes;
  private int length;
  private byte @Nullable [] payload;
  private int filled;

  FrameReader(int maxFrameBytes) {
    this.maxFrameBytes = maxFrameBytes;
  }

  /** Checks the frames whose length is not read yet against another limit. */
  void limit(int bytes) {
    maxFrameBytes = bytes;
  }

  /**
   * Reads on.
   *
   * @return the payload of a complete frame, or null if all that is here was read without
   *     completing one
   * @throws MalformedException if a frame is longer than allowed; the reader is of no use then
   */
  byte @Nullable [] read(ByteBuf in) {
    while (headerBytes < Frame.HEADER_BYTES) {
      if (!in.isReadable()) {
        return null;
      }
      length = length << 8 | in.readUnsignedByte();
      headerBytes++;
    }
    byte[] into = payload;
    if (into == null) {
      if (length < 0 || length > maxFrameBytes) {
        throw new MalformedException(
            "a frame of "
                + Integer.toUnsignedString(length)
                + " bytes, at most "
                + maxFrameBytes
                + " are allowed");
      }
      into = new byte[Math.min(length, FIRST_BYTES)];
    }
    while (true) {
      int piece = Math.min(into.length - filled, in.readableBytes());
      in.readBytes(into, filled, piece);
      filled += piece;
      if (filled == length) {
        headerBytes = 0;
        length = 0;
        payload = null;
        filled = 0;
        return into;
      }
      if (filled < into.length) {
        payload = into;
        return null;
      }
      into = Arrays.copyOf(into, (int) Math.min(length, into.length * 2L));
    }
  }
}
