package io.mosaik.id;

/**
 * A role that a node announces, as "trader" or "eu-west".
 *
 * @param digest the 32 bytes of the name
 */
public record Tag(Digest digest) implements Comparable<Tag> {

  /** The id that a name stands for; 64 hexadecimal characters are the id itself. */
  public static Tag of(String name) {
    return new Tag(Digest.ofName(name));
  }

  @Override
  public int compareTo(Tag other) {
    return digest.compareTo(other.digest);
  }

  /** The first 5 bytes in hexadecimal, for logs. */
  public String toShortString() {
    return digest.toShortString();
  }

  /** All 64 hexadecimal characters. */
  @Override
  public String toString() {
    return digest.toHex();
  }
}
