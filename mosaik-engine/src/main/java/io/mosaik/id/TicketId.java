package io.mosaik.id;

/**
 * The class of a ticket, as "jwt".
 *
 * @param digest the 32 bytes of the name
 */
public record TicketId(Digest digest) implements Comparable<TicketId> {

  /** The id that a name stands for; 64 hexadecimal characters are the id itself. */
  public static TicketId of(String name) {
    return new TicketId(Digest.ofName(name));
  }

  @Override
  public int compareTo(TicketId other) {
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
