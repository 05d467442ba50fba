package io.mosaik.tickets;

import io.mosaik.id.PeerId;
import io.mosaik.id.TicketId;
import java.time.Instant;

/**
 * Judges tickets of one class. It is given what others have sent, so it takes nothing for granted.
 * Called on a strand for users' code, one call at a time for each group, producer and consumer; it
 * may be slow, which delays the bonds and subscriptions that wait for it and nothing else. It gives
 * the same answer to the same question on every node.
 */
public interface TicketValidator {

  /** The class of the tickets that it judges. */
  TicketId ticketClass();

  /**
   * Names the validator with everything that its answers depend on: the issuer it trusts, what it
   * asks for. Members of a group with different validators never meet.
   */
  String signature();

  /**
   * Judges one ticket.
   *
   * @param ticket of this class
   * @param peer who carries it
   * @param now the wall time of this node
   * @return how long it is good, or why it isn't; an exception counts as a refusal
   */
  Validity validate(Ticket ticket, PeerId peer, Instant now);
}
