package io.mosaik.groups.log;

import io.mosaik.id.Digest;
import io.mosaik.wire.BinaryReader;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.Codec;

/**
 * The identity of one formation of a group: 32 random bytes, made when its first committee forms.
 * Two halves that formed apart have different lineages and never mix their logs.
 *
 * @param digest the 32 bytes
 */
public record Lineage(Digest digest) implements Comparable<Lineage> {

  /** What a node without a log says: 32 zero bytes. */
  public static final Lineage NONE = new Lineage(Digest.ofBytes(new byte[Digest.LENGTH]));

  /** The 32 bytes as they are. */
  public static final Codec<Lineage> CODEC =
      new Codec<>() {
        @Override
        public void encode(Lineage lineage, BinaryWriter out) {
          out.raw(lineage.digest.toBytes());
        }

        @Override
        public Lineage decode(BinaryReader in) {
          return ofBytes(in.raw(Digest.LENGTH));
        }
      };

  /**
   * Wraps 32 bytes.
   *
   * @throws IllegalArgumentException if the length differs
   */
  public static Lineage ofBytes(byte[] bytes) {
    return new Lineage(Digest.ofBytes(bytes));
  }

  /** Whether this is {@link #NONE}. */
  public boolean isNone() {
    return equals(NONE);
  }

  @Override
  public int compareTo(Lineage other) {
    return digest.compareTo(other.digest);
  }

  @Override
  public boolean equals(Object other) {
    return other == this || (other instanceof Lineage that && digest.equals(that.digest));
  }

  @Override
  public int hashCode() {
    return digest.hashCode();
  }

  /** The first 5 bytes in hexadecimal, for logs. */
  @Override
  public String toString() {
    return isNone() ? "none" : digest.toShortString();
  }
}
