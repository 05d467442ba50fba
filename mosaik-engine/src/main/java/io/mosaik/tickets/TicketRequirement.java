package io.mosaik.tickets;

import io.mosaik.id.PeerId;
import java.time.Instant;
import java.util.List;

/**
 * The tickets that are asked for: one at least of the class of each validator. Of several of one
 * class the one counts that is good for longest; all together are good for as long as the first of
 * them to expire.
 *
 * @param validators in the order in which they were named
 */
public record TicketRequirement(List<TicketValidator> validators) {

  /** Nothing is asked for. */
  public static final TicketRequirement NONE = new TicketRequirement(List.of());

  /** Copies the list. */
  public TicketRequirement {
    validators = List.copyOf(validators);
  }

  /** Whether nothing is asked for. */
  public boolean isEmpty() {
    return validators.isEmpty();
  }

  /**
   * Judges what a peer carries. Calls the validators, and is as slow as they are.
   *
   * @param tickets all that it carries, of any class
   * @param now the wall time of this node
   */
  public Validity judge(List<Ticket> tickets, PeerId peer, Instant now) {
    Validity all = Validity.unlimited();
    for (TicketValidator validator : validators) {
      all = all.orShorter(judge(validator, tickets, peer, now));
    }
    return all;
  }

  private static Validity judge(
      TicketValidator validator, List<Ticket> tickets, PeerId peer, Instant now) {
    Validity best =
        Validity.refused("no ticket of class " + validator.ticketClass().toShortString());
    for (Ticket ticket : tickets) {
      if (ticket.id().equals(validator.ticketClass())) {
        Validity judged = judge(validator, ticket, peer, now);
        best = best.isGood() ? best.orLonger(judged) : judged;
      }
    }
    return best;
  }

  private static Validity judge(
      TicketValidator validator, Ticket ticket, PeerId peer, Instant now) {
    try {
      Validity judged = validator.validate(ticket, peer, now);
      return judged instanceof Validity.Until until && !until.end().isAfter(now)
          ? Validity.refused("expired at " + until.end())
          : judged;
    } catch (Throwable e) { // of a validator that did not expect such a ticket
      return Validity.refused("its validator failed: " + e);
    }
  }
}
