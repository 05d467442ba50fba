package io.mosaik.discovery;

import io.mosaik.id.GroupId;
import io.mosaik.id.PeerId;
import io.mosaik.id.StreamId;
import io.mosaik.id.Tag;
import io.mosaik.runtime.Cancellation;
import io.mosaik.runtime.Watch;
import io.mosaik.tickets.Ticket;
import io.mosaik.transport.PeerAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Who else is in the network, and what this node says of itself. Thread-safe; no method blocks. */
public interface Discovery {

  /** This node's own entry, as last signed. */
  Watch<PeerEntry> self();

  /** All other peers that are known and fresh. One volatile read. */
  Watch<Catalog> catalog();

  /**
   * Calls the listener with every event from now on, none left out, in order. While more than 1,024
   * events wait for a listener that is slower, those of one peer are merged: what it hears then
   * still leads from the catalog it knew to the one there is.
   *
   * @param executor where the listener runs, a strand as a rule
   */
  Cancellation onEvent(Executor executor, Consumer<? super DiscoveryEvent> listener);

  /** Adds roles and announces them; those already there change nothing. */
  void addTags(Tag... tags);

  /** Removes roles and announces that; those not there change nothing. */
  void removeTags(Tag... tags);

  /**
   * Carries tickets, and announces them; those already there change nothing. To renew one, add the
   * new one before the old one expires: of several of a class the one counts that is good longest.
   *
   * @param tickets at most {@link PeerEntry#MAX_TICKETS} in all; with more, none of these is added
   * @throws IllegalArgumentException if one has more than {@link PeerEntry#MAX_TICKET_BYTES}
   */
  void addTickets(Ticket... tickets);

  /** Carries these tickets no more, and announces that; those not there change nothing. */
  void removeTickets(Ticket... tickets);

  /** Announces that this node produces the stream, until cancelled. */
  Cancellation advertise(StreamId stream);

  /** Announces that this node is a member of the group, until cancelled. */
  Cancellation advertise(GroupId group);

  /**
   * Meets a node at an address and exchanges catalogs with it.
   *
   * @return completes with its id, or with the error that says why it failed
   */
  CompletableFuture<PeerId> dial(PeerAddress address);

  /**
   * Exchanges catalogs with a peer now.
   *
   * @return completes when both have what the other lacked
   */
  CompletableFuture<Void> syncWith(PeerAddress address);

  /**
   * Measures one round trip to a node over a connection of its own, and counts it as a sample.
   *
   * @return completes with the round-trip time, or with the error that says why it failed
   */
  CompletableFuture<Duration> ping(PeerAddress address);

  /**
   * Takes an entry that arrived by another way (a bond).
   *
   * @return whether it was valid and newer than what was known
   */
  CompletableFuture<Boolean> feed(SignedPeerEntry entry);

  /** This node's own entry with its signature, to be passed on. */
  SignedPeerEntry signedSelf();

  /** The smoothed round-trip time to a peer (RFC 6298), or null while unknown. */
  @Nullable Duration rtt(PeerId peer);

  /** Adds a sample of the round-trip time to a peer, as a live link measured it. */
  void recordRtt(PeerId peer, Duration sample);
}
