package io.mosaik.wire;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * One encoded message with its 4-byte big-endian length before it: made once, shared by all who
 * receive it, never changed.
 */
public final class Frame {

  /** The bytes that the length takes. */
  public static final int HEADER_BYTES = 4;

  private static final byte[] NONE = {};

  private final byte[] bytes;
  private final int length;
  private final byte[] tail;
  private final int tailLength;

  /** Of the first bytes of an array that nobody changes any more. */
  private Frame(byte[] bytes, int length) {
    this(bytes, length, NONE, 0);
  }

  /** Of the first bytes of two arrays. */
  private Frame(byte[] bytes, int length, byte[] tail, int tailLength) {
    this.bytes = bytes;
    this.length = length;
    this.tail = tail;
    this.tailLength = tailLength;
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

  /**
   * The frame of what is written and of what another writer holds after it, without a copy of
   * either; nothing more may be written to that one.
   *
   * @param content writes how the payload begins; its writer is of no use afterwards
   * @param tail how it ends
   */
  public static Frame write(Consumer<? super BinaryWriter> content, BinaryWriter tail) {
    var out = new BinaryWriter();
    out.i32(0);
    content.accept(out);
    int length = out.size();
    byte[] bytes = out.take();
    BinaryWriter.putInt(bytes, 0, Math.addExact(length - HEADER_BYTES, tail.size()));
    return new Frame(bytes, length, tail.buffer(), tail.size());
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
    return wireBytes() - HEADER_BYTES;
  }

  /** The length on the wire, header included. */
  public int wireBytes() {
    return length + tailLength;
  }

  /** How the frame begins, header included, as a read-only view without a copy. */
  public ByteBuffer toWire() {
    return view(bytes, length);
  }

  /** What follows {@link #toWire}, likewise; often nothing. */
  public ByteBuffer restToWire() {
    return view(tail, tailLength);
  }

  private static ByteBuffer view(byte[] bytes, int length) {
    return ByteBuffer.wrap(bytes, 0, length).slice().asReadOnlyBuffer();
  }

  /** A reader over the payload; over a copy of it if it is not in one piece. */
  public BinaryReader payload() {
    if (tailLength == 0) {
      return new BinaryReader(bytes, HEADER_BYTES, length - HEADER_BYTES);
    }
    byte[] whole = Arrays.copyOf(bytes, wireBytes());
    System.arraycopy(tail, 0, whole, length, tailLength);
    return new BinaryReader(whole, HEADER_BYTES, payloadBytes());
  }
}
