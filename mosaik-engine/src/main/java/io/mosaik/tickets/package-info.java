/**
 * Tickets: opaque proofs that a peer carries in its announcement, for those who ask for one.
 *
 * <p>{@link io.mosaik.tickets.Ticket} is what travels.
 */
@NullMarked
package io.mosaik.tickets;

import org.jspecify.annotations.NullMarked;
