package io.mosaik.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A growing buffer to encode into. Integers are big-endian; counts and lengths are unsigned LEB128
 * (7 bits a byte, low bits first). Not thread-safe.
 */
public final class BinaryWriter {

  private static final int INITIAL_BYTES = 128;
  private static final byte[] TAKEN = {};

  private byte[] buffer;
  private int size;

  /** An empty writer. */
  public BinaryWriter() {
    this(INITIAL_BYTES);
  }

  /** An empty writer with room for so many bytes before it grows. */
  public BinaryWriter(int expectedBytes) {
    buffer = new byte[Math.max(16, expectedBytes)];
  }

  /** Writes the low 8 bits. */
  public BinaryWriter u8(int value) {
    ensure(1);
    buffer[size++] = (byte) value;
    return this;
  }

  /** Writes 1 or 0. */
  public BinaryWriter bool(boolean value) {
    return u8(value ? 1 : 0);
  }

  /** Writes the low 16 bits, big-endian. */
  public BinaryWriter u16(int value) {
    ensure(2);
    buffer[size++] = (byte) (value >>> 8);
    buffer[size++] = (byte) value;
    return this;
  }

  /** Writes 32 bits, big-endian. */
  public BinaryWriter i32(int value) {
    ensure(4);
    size = putInt(buffer, size, value);
    return this;
  }

  /** Writes 64 bits, big-endian. */
  public BinaryWriter i64(long value) {
    ensure(8);
    size = putInt(buffer, size, (int) (value >>> 32));
    size = putInt(buffer, size, (int) value);
    return this;
  }

  /** Writes the IEEE 754 bits, big-endian. */
  public BinaryWriter f64(double value) {
    return i64(Double.doubleToLongBits(value));
  }

  /**
   * Writes a count or length, unsigned LEB128.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public BinaryWriter varint(long value) {
    if (value < 0) {
      throw new IllegalArgumentException("a count can't be negative: " + value);
    }
    ensure(10);
    long rest = value;
    while (rest >= 0x80) {
      buffer[size++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    buffer[size++] = (byte) rest;
    return this;
  }

  /** How many bytes {@link #varint} takes for a count that is not negative. */
  public static int varintBytes(long value) {
    return Math.max(1, (70 - Long.numberOfLeadingZeros(value)) / 7);
  }

  /** Writes the bytes as they are, without a length. */
  public BinaryWriter raw(byte[] bytes) {
    return raw(bytes, 0, bytes.length);
  }

  /** Writes a part of the bytes as they are, without a length. */
  public BinaryWriter raw(byte[] bytes, int offset, int length) {
    ensure(length);
    System.arraycopy(bytes, offset, buffer, size, length);
    size += length;
    return this;
  }

  /** Writes what another writer holds, without a length. */
  public BinaryWriter raw(BinaryWriter other) {
    return raw(other.buffer, 0, other.size);
  }

  /** Writes all the remaining bytes of a reader, without a length; the reader stays as it is. */
  public BinaryWriter raw(BinaryReader in) {
    int length = in.remaining();
    ensure(length);
    in.copyRemaining(buffer, size);
    size += length;
    return this;
  }

  /** Writes a length (LEB128) and the bytes. */
  public BinaryWriter bytes(byte[] bytes) {
    return varint(bytes.length).raw(bytes);
  }

  /** Writes a length in bytes (LEB128) and the text as UTF-8. */
  public BinaryWriter string(String text) {
    return bytes(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Writes a value by its codec, without a length. */
  public <T> BinaryWriter value(T value, Codec<T> codec) {
    codec.encode(value, this);
    return this;
  }

  /** How many bytes were written so far. */
  public int size() {
    return size;
  }

  /** A copy of what was written. */
  public byte[] toByteArray() {
    return Arrays.copyOf(buffer, size);
  }

  /** What was written, as a frame: its length before it. */
  public Frame toFrame() {
    return Frame.of(buffer, 0, size);
  }

  /** How many more bytes fit before it grows. */
  public int spareBytes() {
    return buffer.length - size;
  }

  /** Gives back the room that is left. */
  public void trim() {
    buffer = Arrays.copyOf(buffer, size);
  }

  /** A reader over what was written, without a copy; nothing more may be written. */
  public BinaryReader toReader() {
    return new BinaryReader(buffer, 0, size);
  }

  /** Gives its array away, with what was written at its beginning, and is empty then. */
  byte[] take() {
    byte[] taken = buffer;
    buffer = TAKEN;
    size = 0;
    return taken;
  }

  private void ensure(int more) {
    if (buffer.length - size < more) {
      buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, Math.addExact(size, more)));
    }
  }

  static int putInt(byte[] target, int at, int value) {
    target[at] = (byte) (value >>> 24);
    target[at + 1] = (byte) (value >>> 16);
    target[at + 2] = (byte) (value >>> 8);
    target[at + 3] = (byte) value;
    return at + 4;
  }
}
