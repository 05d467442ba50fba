package io.mosaik.id;

/**
 * The name of a group: covers its key, its consensus settings and its state machine.
 *
 * @param digest the 32 bytes of the name
 */
public record GroupId(Digest digest) implements Comparable<GroupId> {

  /** The id that a name stands for; 64 hexadecimal characters are the id itself. */
  public static GroupId of(String name) {
    return new GroupId(Digest.ofName(name));
  }

  @Override
  public int compareTo(GroupId other) {
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
