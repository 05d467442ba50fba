package io.mosaik.id;

import java.util.Arrays;
import java.util.HexFormat;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/**
 * A node's identity: its 32-byte Ed25519 public key (RFC 8032). Whoever completes a handshake as
 * this peer holds the {@link SecretKey}. Ordered bytewise, unsigned.
 */
public final class PeerId implements Comparable<PeerId> {

  /** The length of a peer id, in bytes. */
  public static final int LENGTH = 32;

  private static final HexFormat HEX = HexFormat.of();

  private final byte[] bytes;

  private PeerId(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * Wraps a public key.
   *
   * @param publicKey exactly {@value #LENGTH} bytes; copied
   * @throws IllegalArgumentException if the length differs
   */
  public static PeerId ofBytes(byte[] publicKey) {
    if (publicKey.length != LENGTH) {
      throw new IllegalArgumentException(
          "a peer id has " + LENGTH + " bytes, these are " + publicKey.length);
    }
    return new PeerId(publicKey.clone());
  }

  /**
   * Reads 64 hexadecimal characters.
   *
   * @throws IllegalArgumentException if it is anything else
   */
  public static PeerId parse(String hex) {
    if (hex.length() != 2 * LENGTH || !hex.chars().allMatch(HexFormat::isHexDigit)) {
      throw new IllegalArgumentException(
          "a peer id has 64 hexadecimal characters, this is '" + hex + "'");
    }
    return new PeerId(HEX.parseHex(hex));
  }

  /**
   * Whether this peer signed the message (Ed25519, RFC 8032 §5.1.7).
   *
   * @param signature any bytes; other than 64 of them are no signature
   */
  public boolean verify(byte[] message, byte[] signature) {
    if (signature.length != Ed25519.SIGNATURE_SIZE || !isPoint()) {
      return false;
    }
    return new Ed25519PublicKeyParameters(bytes)
        .verify(Ed25519.Algorithm.Ed25519, null, message, 0, message.length, signature, 0);
  }

  private boolean isPoint() {
    return Ed25519.validatePublicKeyPartial(bytes, 0);
  }

  /** A copy of the 32 bytes. */
  public byte[] toBytes() {
    return bytes.clone();
  }

  /** The first 5 bytes in hexadecimal, for logs. */
  public String toShortString() {
    return HEX.formatHex(bytes, 0, 5);
  }

  @Override
  public int compareTo(PeerId other) {
    return Arrays.compareUnsigned(bytes, other.bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PeerId that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** All 64 hexadecimal characters. */
  @Override
  public String toString() {
    return HEX.formatHex(bytes);
  }
}
