package io.mosaik.id;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.bouncycastle.crypto.digests.Blake3Digest;

/**
 * A BLAKE3 hash of 32 bytes (BLAKE3 specification, §2): the name of everything that isn't a peer.
 *
 * <p>Immutable and ordered bytewise, unsigned, so that every node sorts alike.
 */
public final class Digest implements Comparable<Digest> {

  /** The length of every digest, in bytes. */
  public static final int LENGTH = 32;

  private static final HexFormat HEX = HexFormat.of();

  private final byte[] bytes;

  private Digest(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * Wraps 32 bytes as they are.
   *
   * @param bytes exactly {@value #LENGTH} bytes; copied
   * @throws IllegalArgumentException if the length differs
   */
  public static Digest ofBytes(byte[] bytes) {
    if (bytes.length != LENGTH) {
      throw new IllegalArgumentException(
          "a digest has " + LENGTH + " bytes, these are " + bytes.length);
    }
    return new Digest(bytes.clone());
  }

  /** The BLAKE3 hash of the given bytes. */
  public static Digest hash(byte[] data) {
    return hashAll(data);
  }

  /**
   * The digest that a name stands for: 64 hexadecimal characters are the digest itself, anything
   * else is hashed as UTF-8.
   */
  public static Digest ofName(String name) {
    if (name.length() == 2 * LENGTH && name.chars().allMatch(HexFormat::isHexDigit)) {
      return new Digest(HEX.parseHex(name));
    }
    return hash(name.getBytes(StandardCharsets.UTF_8));
  }

  /** A new digest that depends on this one and on the given part: {@code H(this ‖ part)}. */
  public Digest derive(byte[] part) {
    return hashAll(bytes, part);
  }

  /** {@link #derive(byte[])} of the UTF-8 bytes of a text. */
  public Digest derive(String part) {
    return derive(part.getBytes(StandardCharsets.UTF_8));
  }

  /** {@link #derive(byte[])} of another digest. */
  public Digest derive(Digest part) {
    return hashAll(bytes, part.bytes);
  }

  private static Digest hashAll(byte[]... parts) {
    var blake3 = new Blake3Digest(LENGTH);
    for (byte[] part : parts) {
      blake3.update(part, 0, part.length);
    }
    var out = new byte[LENGTH];
    blake3.doFinal(out, 0);
    return new Digest(out);
  }

  /** A copy of the 32 bytes. */
  public byte[] toBytes() {
    return bytes.clone();
  }

  /** The first 5 bytes in hexadecimal, for logs. */
  public String toShortString() {
    return HEX.formatHex(bytes, 0, 5);
  }

  /** All 64 hexadecimal characters, in lower case. */
  public String toHex() {
    return HEX.formatHex(bytes);
  }

  @Override
  public int compareTo(Digest other) {
    return Arrays.compareUnsigned(bytes, other.bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Digest that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** The same as {@link #toHex()}. */
  @Override
  public String toString() {
    return toHex();
  }
}
