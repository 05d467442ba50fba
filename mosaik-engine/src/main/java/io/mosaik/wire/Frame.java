package io.mosaik.wire;

import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * One encoded message with its 4-byte big-endian length before it: made once, shared by all who
 * receive it, never changed.
 */
public final class Frame {

  /** The bytes that the length takes. */
  public static final int HEADER_BYTES = 4;

  private final byte[] bytes;
  private final int length;

  /** Of the first bytes of an array that nobody changes any more. */
  private Frame(byte[] bytes, int length) {
    this.bytes = bytes;
    this.length = length;
  }

  /**
   * The frame of what is written, without a copy of it.
   *
   * @param expectedBytes for how much there is room before the writer grows
   * @param content writes the payload; its writer is of no use afterwards
   */
  public static Frame write(int expectedBytes, Consumer<? super BinaryWriter> content) {
    var out = new BinaryWriter(HEADER_BYTES + expectedBytes);
    out.i32(0);
    content.accept(out);
    int length = out.size();
    byte[] bytes = out.take();
    BinaryWriter.putInt(bytes, 0, length - HEADER_BYTES);
    return new Frame(bytes, length);
  }

  /** A frame of a copy of the payload. */
  public static Frame of(byte[] payload) {
    return of(payload, 0, payload.length);
  }

  static Frame of(byte[] source, int offset, int length) {
    var bytes = new byte[HEADER_BYTES + length];
    BinaryWriter.putInt(bytes, 0, length);
    System.arraycopy(source, offset, bytes, HEADER_BYTES, length);
    return new Frame(bytes, bytes.length);
  }

  /** The payload's length, without the header. */
  public int payloadBytes() {
    return length - HEADER_BYTES;
  }

  /** The length on the wire, header included. */
  public int wireBytes() {
    return length;
  }

  /** The header and payload, as a read-only view without a copy. */
  public ByteBuffer toWire() {
    return ByteBuffer.wrap(bytes, 0, length).slice().asReadOnlyBuffer();
  }

  /** A reader over the payload, without a copy. */
  public BinaryReader payload() {
    return new BinaryReader(bytes, HEADER_BYTES, length - HEADER_BYTES);
  }
}
