package io.mosaik.tickets;

import io.mosaik.id.TicketId;
import java.util.Arrays;

/**
 * A proof that a peer carries in its announcement: opaque to everyone but who validates its class.
 *
 * @param id the class of the ticket
 * @param data the proof itself; not to be changed afterwards
 */
public record Ticket(TicketId id, byte[] data) {

  /** Copies the data. */
  public Ticket {
    data = data.clone();
  }

  @Override
  public byte[] data() {
    return data.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Ticket that && id.equals(that.id) && Arrays.equals(data, that.data);
  }

  @Override
  public int hashCode() {
    return 31 * id.hashCode() + Arrays.hashCode(data);
  }

  @Override
  public String toString() {
    return "Ticket " + id.toShortString() + ", " + data.length + " bytes";
  }
}
