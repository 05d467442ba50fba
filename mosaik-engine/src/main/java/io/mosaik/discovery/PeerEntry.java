package io.mosaik.discovery;

import io.mosaik.id.GroupId;
import io.mosaik.id.NetworkId;
import io.mosaik.id.PeerId;
import io.mosaik.id.StoreId;
import io.mosaik.id.StreamId;
import io.mosaik.id.Tag;
import io.mosaik.tickets.Ticket;
import io.mosaik.transport.Address;
import io.mosaik.transport.PeerAddress;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What a node says of itself. Immutable; its sets iterate in the same order on every node.
 *
 * @param protocolVersion of the entry's form
 * @param network it belongs to
 * @param peerId who it is
 * @param version which entry of this peer is newer
 * @param addresses where it can be reached, best first
 * @param tags its roles
 * @param streams it produces
 * @param groups it is a member of
 * @param stores it offers
 * @param tickets it carries
 */
public record PeerEntry(
    int protocolVersion,
    NetworkId network,
    PeerId peerId,
    EntryVersion version,
    List<Address> addresses,
    SortedSet<Tag> tags,
    SortedSet<StreamId> streams,
    SortedSet<GroupId> groups,
    SortedSet<StoreId> stores,
    List<Ticket> tickets) {

  /** The present form of entries. */
  public static final int PROTOCOL_VERSION = 1;

  /** The most tickets of a peer. */
  public static final int MAX_TICKETS = 64;

  /** The most bytes in a ticket: 16 KiB. */
  public static final int MAX_TICKET_BYTES = 16 * 1024;

  /** Copies the collections. */
  public PeerEntry {
    addresses = List.copyOf(addresses);
    tags = Collections.unmodifiableSortedSet(new TreeSet<>(tags));
    streams = Collections.unmodifiableSortedSet(new TreeSet<>(streams));
    groups = Collections.unmodifiableSortedSet(new TreeSet<>(groups));
    stores = Collections.unmodifiableSortedSet(new TreeSet<>(stores));
    tickets = List.copyOf(tickets);
  }

  /** Whether the peer announces the tag. */
  public boolean hasTag(String tag) {
    return tags.contains(Tag.of(tag));
  }

  /**
   * Where to dial the peer.
   *
   * @throws IllegalStateException if it announces no address
   */
  public PeerAddress address() {
    if (addresses.isEmpty()) {
      throw new IllegalStateException("peer " + peerId.toShortString() + " announces no address");
    }
    return new PeerAddress(peerId, addresses);
  }
}
