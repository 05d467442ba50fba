package io.mosaik.id;

import java.util.HexFormat;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/**
 * The secret half of a node's identity: the 32-byte seed of an Ed25519 key (RFC 8032 §5.1.5). Never
 * printed, never sent.
 */
public final class SecretKey {

  /** The length of a secret key, in bytes. */
  public static final int LENGTH = 32;

  private final byte[] seed;
  private final Ed25519PrivateKeyParameters key;
  private final PeerId peerId;

  private SecretKey(byte[] seed) {
    this.seed = seed;
    this.key = new Ed25519PrivateKeyParameters(seed);
    this.peerId = PeerId.ofBytes(key.generatePublicKey().getEncoded());
  }

  /**
   * The key of a seed.
   *
   * @param seed exactly {@value #LENGTH} bytes; copied
   * @throws IllegalArgumentException if the length differs
   */
  public static SecretKey ofBytes(byte[] seed) {
    if (seed.length != LENGTH) {
      throw new IllegalArgumentException(
          "a secret key has " + LENGTH + " bytes, these are " + seed.length);
    }
    return new SecretKey(seed.clone());
  }

  /**
   * The key of 64 hexadecimal characters, or of any other text through its digest, as {@link
   * Digest#ofName}.
   *
   * @throws IllegalArgumentException if the text is blank
   */
  public static SecretKey of(String text) {
    if (text.isBlank()) {
      throw new IllegalArgumentException(
          "a secret key is 64 hexadecimal characters or a secret text, this is blank");
    }
    return new SecretKey(Digest.ofName(text).toBytes());
  }

  /** The public half. */
  public PeerId peerId() {
    return peerId;
  }

  /** Signs a message (Ed25519, RFC 8032 §5.1.6); 64 bytes, the same for the same message. */
  public byte[] sign(byte[] message) {
    var signature = new byte[Ed25519.SIGNATURE_SIZE];
    key.sign(Ed25519.Algorithm.Ed25519, null, message, 0, message.length, signature, 0);
    return signature;
  }

  /** A copy of the 32 secret bytes, for the TLS key. */
  public byte[] toBytes() {
    return seed.clone();
  }

  /** The 64 hexadecimal characters to put into a configuration. */
  public String toHex() {
    return HexFormat.of().formatHex(seed);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SecretKey that && peerId.equals(that.peerId);
  }

  @Override
  public int hashCode() {
    return peerId.hashCode();
  }

  /** Says whose key it is, never the key. */
  @Override
  public String toString() {
    return "SecretKey of " + peerId.toShortString();
  }
}
