package io.mosaik.id;

/**
 * The name of a collection's store.
 *
 * @param digest the 32 bytes of the name
 */
public record StoreId(Digest digest) implements Comparable<StoreId> {

  /** The id that a name stands for; 64 hexadecimal characters are the id itself. */
  public static StoreId of(String name) {
    return new StoreId(Digest.ofName(name));
  }

  @Override
  public int compareTo(StoreId other) {
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
