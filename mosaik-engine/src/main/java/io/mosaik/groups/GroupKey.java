package io.mosaik.groups;

import io.mosaik.id.Digest;
import io.mosaik.runtime.RealPlatform;
import java.security.MessageDigest;

/**
 * The secret that the members of a group share: who knows it may join. Never printed, never sent;
 * members prove that they know it.
 */
public final class GroupKey {

  private final byte[] secret;

  private GroupKey(byte[] secret) {
    this.secret = secret;
  }

  /**
   * The key of 64 hexadecimal characters, or of any other text through its digest.
   *
   * @throws IllegalArgumentException if the text is blank
   */
  public static GroupKey of(String text) {
    if (text.isBlank()) {
      throw new IllegalArgumentException(
          "a group key is 64 hexadecimal characters or a secret text, this is blank");
    }
    return new GroupKey(Digest.ofName(text).toBytes());
  }

  /** The key of 32 bytes. */
  public static GroupKey ofBytes(byte[] secret) {
    return new GroupKey(Digest.ofBytes(secret).toBytes());
  }

  /**
   * A new key of 32 unpredictable bytes: make one for each group that is deployed, and give all its
   * members the {@link #text}. Who can guess a key is a member.
   */
  public static GroupKey random() {
    return new GroupKey(RealPlatform.unpredictableBytes(Digest.LENGTH));
  }

  /**
   * The key as 64 hexadecimal characters, for a configuration or a secret store; {@link #of} makes
   * the same key of it.
   */
  public String text() {
    return Digest.ofBytes(secret).toHex();
  }

  /** Tells keys apart, and says nothing else of them; for what is written down beside a group. */
  public Digest mark() {
    return Digest.hash(secret).derive("mosaik.group-key.mark");
  }

  /** A copy of the 32 secret bytes. */
  public byte[] toBytes() {
    return secret.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof GroupKey that && MessageDigest.isEqual(secret, that.secret);
  }

  @Override
  public int hashCode() {
    return Digest.hash(secret).hashCode();
  }

  /** Never the key itself. */
  @Override
  public String toString() {
    return "GroupKey";
  }
}
