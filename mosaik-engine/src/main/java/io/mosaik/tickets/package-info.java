/**
 * Tickets: opaque proofs that a peer carries in its announcement, for those who ask for one.
 *
 * <p>{@link io.mosaik.tickets.Ticket} is what travels, {@link io.mosaik.tickets.TicketValidator}
 * what a user writes to judge one class of them, {@link io.mosaik.tickets.TicketRequirement} what
 * is asked of a peer in all.
 */
@NullMarked
package io.mosaik.tickets;

import org.jspecify.annotations.NullMarked;
