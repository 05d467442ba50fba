package io.mosaik.groups.log;

import io.mosaik.id.Digest;
import io.mosaik.wire.BinaryReader;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.Codec;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * The identity of one formation of a group, made when its first committee forms, and of each of its
 * epochs: 16 random bytes that stay, the number of the epoch (4 bytes), and 12 random bytes that
 * are new in each epoch. Logs of different lineages never mix, be it that two halves formed apart
 * or that a group was recovered and its past comes back.
 *
 * @param digest the 32 bytes
 */
public record Lineage(Digest digest) implements Comparable<Lineage> {

  private static final int EPOCH_AT = 16;

  /** No epoch has a greater number: 2^30. */
  public static final int MAX_EPOCH = 1 << 30;

  /** What a node without a log says: 32 zero bytes. */
  public static final Lineage NONE = new Lineage(Digest.ofBytes(new byte[Digest.LENGTH]));

  /**
   * That of every group whose quorum is of those who are bonded: its logs part and come together
   * again, and each position in them says by its term which one it is of.
   */
  public static final Lineage BONDED = of(Digest.ofName("mosaik.groups.bonded").toBytes(), 0);

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

  /** A new one, of epoch 0; unlike every other, if the source of randomness is a good one. */
  public static Lineage formed(RandomGenerator random) {
    var bytes = new byte[Digest.LENGTH];
    random.nextBytes(bytes);
    bytes[0] |= 1; // never NONE
    return of(bytes, 0);
  }

  /**
   * A later epoch of this one; unlike any other epoch of it, of whatever number.
   *
   * @param epoch its number, greater than that of this one
   */
  public Lineage recovered(int epoch, RandomGenerator random) {
    var bytes = new byte[Digest.LENGTH];
    random.nextBytes(bytes);
    System.arraycopy(digest.toBytes(), 0, bytes, 0, EPOCH_AT);
    return of(bytes, epoch);
  }

  private static Lineage of(byte[] bytes, int epoch) {
    ByteBuffer.wrap(bytes).putInt(EPOCH_AT, epoch);
    return ofBytes(bytes);
  }

  /** How often the group was recovered from the loss of a majority. */
  public int epoch() {
    return ByteBuffer.wrap(digest.toBytes()).getInt(EPOCH_AT);
  }

  /** Whether both are epochs of what was formed once. */
  public boolean isOfOneFormationWith(Lineage other) {
    byte[] mine = digest.toBytes();
    byte[] theirs = other.digest.toBytes();
    return Arrays.equals(mine, 0, EPOCH_AT, theirs, 0, EPOCH_AT);
  }

  /** Whether this is a later epoch of another one. */
  public boolean isEpochAfter(Lineage other) {
    return isOfOneFormationWith(other) && epoch() > other.epoch();
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

  /** The first 5 bytes in hexadecimal and the epoch if it is not the first, for logs. */
  @Override
  public String toString() {
    return isNone()
        ? "none"
        : epoch() == 0 ? digest.toShortString() : digest.toShortString() + "+" + epoch();
  }
}
