package io.mosaik.wire;

import java.nio.ByteBuffer;

/**
 * One encoded message with its 4-byte big-endian length before it: made once, shared by all who
 * receive it, never changed.
 */
public final class Frame {

  /** The bytes that the length takes. */
  public static final int HEADER_BYTES = 4;

  private final byte[] bytes;

  private Frame(byte[] bytes) {
    this.bytes = bytes;
  }

  /** A frame of a copy of the payload. */
  public static Frame of(byte[] payload) {
    return of(payload, 0, payload.length);
  }

  static Frame of(byte[] source, int offset, int length) {
    var bytes = new byte[HEADER_BYTES + length];
    BinaryWriter.putInt(bytes, 0, length);
    System.arraycopy(source, offset, bytes, HEADER_BYTES, length);
    return new Frame(bytes);
  }

  /** The payload's length, without the header. */
  public int payloadBytes() {
    return bytes.length - HEADER_BYTES;
  }

  /** The length on the wire, header included. */
  public int wireBytes() {
    return bytes.length;
  }

  /** The header and payload, as a read-only view without a copy. */
  public ByteBuffer toWire() {
    return ByteBuffer.wrap(bytes).asReadOnlyBuffer();
  }

  /** A reader over the payload, without a copy. */
  public BinaryReader payload() {
    return new BinaryReader(bytes, HEADER_BYTES, bytes.length - HEADER_BYTES);
  }
}
