package io.mosaik.id;

/**
 * The name of a stream: producers and consumers of the same id are connected.
 *
 * @param digest the 32 bytes of the name
 */
public record StreamId(Digest digest) implements Comparable<StreamId> {

  /** The id that a name stands for; 64 hexadecimal characters are the id itself. */
  public static StreamId of(String name) {
    return new StreamId(Digest.ofName(name));
  }

  @Override
  public int compareTo(StreamId other) {
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
