package io.mosaik.wire;

/**
 * Turns values of one type into bytes and back. Implementations are thread-safe and keep no state
 * between calls: {@link #encode} runs on the caller's thread of a producer, {@link #decode} on the
 * receiver's strand, several at a time.
 *
 * @param <T> the type of the values
 */
public interface Codec<T> {

  /**
   * Writes a value.
   *
   * @throws RuntimeException if the value can't be written; it reaches the caller of {@code send}
   */
  void encode(T value, BinaryWriter out);

  /**
   * Reads a value. It need not consume all of the reader's bytes; who calls decides whether a rest
   * is an error.
   *
   * @throws MalformedException if the bytes are not such a value; any other exception is treated
   *     alike
   */
  T decode(BinaryReader in);

  /** Encodes into a new array. */
  default byte[] toBytes(T value) {
    var out = new BinaryWriter();
    encode(value, out);
    return out.toByteArray();
  }

  /**
   * Decodes a whole array.
   *
   * @throws MalformedException if the bytes are not such a value, or if some are left over
   */
  default T fromBytes(byte[] bytes) {
    var in = new BinaryReader(bytes);
    T value = decode(in);
    in.expectEnd();
    return value;
  }
}
