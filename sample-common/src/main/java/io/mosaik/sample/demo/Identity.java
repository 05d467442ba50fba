package io.mosaik.sample.demo;

import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * A node's identity: an Ed25519 key pair as the configuration wants it.
 *
 * @param secretKey the 32-byte seed, in hex
 * @param peerId the 32-byte public key, in hex
 */
record Identity(String secretKey, String peerId) {

  private static final int KEY_BYTES = 32;

  /** A new random identity. */
  static Identity random() {
    try {
      KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
      // RFC 8410: both encodings end with the raw key, 32 bytes.
      return new Identity(
          rawKey(pair.getPrivate().getEncoded()), rawKey(pair.getPublic().getEncoded()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform since 15 has Ed25519", e);
    }
  }

  private static String rawKey(byte[] encoded) {
    return HexFormat.of()
        .formatHex(Arrays.copyOfRange(encoded, encoded.length - KEY_BYTES, encoded.length));
  }
}
