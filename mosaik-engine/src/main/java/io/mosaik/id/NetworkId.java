package io.mosaik.id;

/**
 * The name of a network: nodes of different networks never exchange anything.
 *
 * @param digest the 32 bytes of the name
 */
public record NetworkId(Digest digest) implements Comparable<NetworkId> {

  /** The id that a name stands for; 64 hexadecimal characters are the id itself. */
  public static NetworkId of(String name) {
    return new NetworkId(Digest.ofName(name));
  }

  @Override
  public int compareTo(NetworkId other) {
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
