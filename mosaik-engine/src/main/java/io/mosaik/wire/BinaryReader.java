package io.mosaik.wire;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;

/**
 * Reads what {@link BinaryWriter} wrote, from bytes that may be hostile: nothing is allocated
 * before its length is known to be there. Not thread-safe.
 */
public final class BinaryReader {

  private final byte[] buffer;
  private final int end;
  private int position;

  /** Reads the whole array; the array must not change meanwhile. */
  public BinaryReader(byte[] bytes) {
    this(bytes, 0, bytes.length);
  }

  /** Reads a part of the array; the array must not change meanwhile. */
  public BinaryReader(byte[] bytes, int offset, int length) {
    if (offset < 0 || length < 0 || offset > bytes.length - length) {
      throw new IndexOutOfBoundsException(
          "offset " + offset + ", length " + length + " of " + bytes.length + " bytes");
    }
    buffer = bytes;
    position = offset;
    end = offset + length;
  }

  /** Reads 8 bits, unsigned. */
  public int u8() {
    require(1);
    return buffer[position++] & 0xff;
  }

  /** Reads 1 or 0; anything else is malformed. */
  public boolean bool() {
    int value = u8();
    if (value > 1) {
      throw new MalformedException("a boolean is 0 or 1, this is " + value);
    }
    return value == 1;
  }

  /** Reads 16 bits, unsigned, big-endian. */
  public int u16() {
    require(2);
    return u8() << 8 | u8();
  }

  /** Reads 32 bits, big-endian. */
  public int i32() {
    require(4);
    int value =
        (buffer[position] & 0xff) << 24
            | (buffer[position + 1] & 0xff) << 16
            | (buffer[position + 2] & 0xff) << 8
            | (buffer[position + 3] & 0xff);
    position += 4;
    return value;
  }

  /** Reads 64 bits, big-endian. */
  public long i64() {
    require(8);
    long high = i32();
    return high << 32 | (i32() & 0xffffffffL);
  }

  /** Reads IEEE 754 bits, big-endian. */
  public double f64() {
    return Double.longBitsToDouble(i64());
  }

  /** Reads an unsigned LEB128 number of at most 63 bits, in its shortest form only. */
  public long varint() {
    long value = 0;
    for (int shift = 0; shift < 63; shift += 7) {
      int next = u8();
      value |= (long) (next & 0x7f) << shift;
      if (next < 0x80) {
        if (next == 0 && shift > 0) {
          throw new MalformedException("a count that is not in its shortest form");
        }
        return value;
      }
    }
    throw new MalformedException("a count of more than 63 bits");
  }

  /**
   * Reads the count of a list.
   *
   * @param most the largest count allowed
   * @param leastBytesEach how many bytes an element takes at the least; more elements than the rest
   *     of the bytes can hold are refused before anything is allocated
   */
  public int count(int most, int leastBytesEach) {
    long count = varint();
    if (count > most) {
      throw new MalformedException("a count of " + count + ", at most " + most + " are allowed");
    }
    if (count * Math.max(0L, leastBytesEach) > remaining()) {
      throw new MalformedException("a count of " + count + " in " + remaining() + " bytes");
    }
    return (int) count;
  }

  /** Reads so many bytes as they are, into a new array. */
  public byte[] raw(int length) {
    require(length);
    byte[] bytes = Arrays.copyOfRange(buffer, position, position + length);
    position += length;
    return bytes;
  }

  /** Reads a length and so many bytes; longer than the given most is malformed. */
  public byte[] bytes(int most) {
    long length = varint();
    if (length > most) {
      throw new MalformedException("a length of " + length + ", at most " + most + " is allowed");
    }
    return raw((int) length);
  }

  /** Reads a length in bytes and a UTF-8 text; longer or not UTF-8 is malformed. */
  public String string(int mostBytes) {
    byte[] bytes = bytes(mostBytes);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new MalformedException("a text that is not UTF-8", e);
    }
  }

  /** Reads a value by its codec. */
  public <T> T value(Codec<T> codec) {
    return codec.decode(this);
  }

  /** All the remaining bytes, into a new array. */
  public byte[] rest() {
    return raw(remaining());
  }

  /** Copies all the remaining bytes; the position stays. */
  void copyRemaining(byte[] target, int at) {
    System.arraycopy(buffer, position, target, at, remaining());
  }

  /** Copies some of the remaining bytes, counted from the position, which stays. */
  void copy(int from, int length, ByteBuffer target) {
    target.put(buffer, position + from, length);
  }

  /** A reader over the next so many bytes, without a copy; this one goes on after them. */
  public BinaryReader slice(int length) {
    require(length);
    var slice = new BinaryReader(buffer, position, length);
    position += length;
    return slice;
  }

  /**
   * A reader over a part of the remaining bytes, without a copy; this one stays where it is, so
   * that any number of threads may do so at once.
   *
   * @param from where the part begins, counted from this reader's position
   * @throws IndexOutOfBoundsException if the part isn't within the remaining bytes
   */
  public BinaryReader view(int from, int length) {
    Objects.checkFromIndexSize(from, length, remaining());
    return new BinaryReader(buffer, position + from, length);
  }

  /** The remaining bytes as a read-only view without a copy; the position stays. */
  public ByteBuffer remainingView() {
    return ByteBuffer.wrap(buffer, position, remaining()).slice().asReadOnlyBuffer();
  }

  /** How many bytes it keeps in memory: all of the array that it reads. */
  public int heldBytes() {
    return buffer.length;
  }

  /** How many bytes are left. */
  public int remaining() {
    return end - position;
  }

  /** Malformed if bytes are left. */
  public void expectEnd() {
    if (remaining() != 0) {
      throw new MalformedException(remaining() + " bytes too many");
    }
  }

  private void require(int bytes) {
    if (bytes > remaining()) {
      throw new MalformedException(bytes + " bytes are wanted, " + remaining() + " are left");
    }
  }
}
