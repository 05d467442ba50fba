package io.mosaik.discovery;

import io.mosaik.id.Digest;
import io.mosaik.id.GroupId;
import io.mosaik.id.PeerId;
import io.mosaik.id.StoreId;
import io.mosaik.id.StreamId;
import io.mosaik.id.Tag;
import io.mosaik.id.TicketId;
import io.mosaik.tickets.Ticket;
import io.mosaik.transport.Address;
import io.mosaik.wire.BinaryReader;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.MalformedException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;

/** The bytes of an entry that its owner signs. There is exactly one form of each entry. */
final class EntryCodec {

  static final int MAX_ADDRESSES = 32;
  static final int MAX_IDS = 1024;
  static final int MAX_TICKETS = PeerEntry.MAX_TICKETS;
  static final int MAX_TICKET_BYTES = PeerEntry.MAX_TICKET_BYTES;
  static final int MAX_HOST_BYTES = 255;

  private EntryCodec() {}

  /**
   * Encodes, within the limits that {@link #decode} holds others to.
   *
   * @throws IllegalArgumentException that says which limit the entry exceeds
   */
  static byte[] encode(PeerEntry entry) {
    atMost(MAX_ADDRESSES, entry.addresses().size(), "addresses");
    atMost(MAX_IDS, entry.tags().size(), "tags");
    atMost(MAX_IDS, entry.streams().size(), "streams");
    atMost(MAX_IDS, entry.groups().size(), "groups");
    atMost(MAX_IDS, entry.stores().size(), "stores");
    atMost(MAX_TICKETS, entry.tickets().size(), "tickets");
    var out = new BinaryWriter(256);
    Notice.writeHeader(out, Notice.Kind.ENTRY, entry.network(), entry.peerId(), entry.version());
    out.varint(entry.addresses().size());
    for (Address address : entry.addresses()) {
      out.string(address.host()).u16(address.port());
    }
    writeIds(out, entry.tags(), Tag::digest);
    writeIds(out, entry.streams(), StreamId::digest);
    writeIds(out, entry.groups(), GroupId::digest);
    writeIds(out, entry.stores(), StoreId::digest);
    out.varint(entry.tickets().size());
    for (Ticket ticket : entry.tickets()) {
      byte[] data = ticket.data();
      atMost(MAX_TICKET_BYTES, data.length, "bytes in a ticket");
      out.raw(ticket.id().digest().toBytes()).bytes(data);
    }
    atMost(Notice.MAX_BYTES, out.size(), "bytes");
    return out.toByteArray();
  }

  /**
   * Decodes a whole entry.
   *
   * @throws MalformedException if the bytes are no entry, or not its one form
   */
  static PeerEntry decode(byte[] bytes) {
    Notice header = Notice.of(bytes, new byte[0]);
    if (header.kind() != Notice.Kind.ENTRY) {
      throw new MalformedException("an entry is expected, this is a " + header.kind());
    }
    var in = new BinaryReader(bytes);
    var unused = in.slice(1 + 2 + Digest.LENGTH + PeerId.LENGTH + 16);
    List<Address> addresses = readAddresses(in);
    SortedSet<Tag> tags = readIds(in, Tag::new);
    SortedSet<StreamId> streams = readIds(in, StreamId::new);
    SortedSet<GroupId> groups = readIds(in, GroupId::new);
    SortedSet<StoreId> stores = readIds(in, StoreId::new);
    List<Ticket> tickets = readTickets(in);
    in.expectEnd();
    return new PeerEntry(
        PeerEntry.PROTOCOL_VERSION,
        header.network(),
        header.peer(),
        header.version(),
        addresses,
        tags,
        streams,
        groups,
        stores,
        tickets);
  }

  private static List<Address> readAddresses(BinaryReader in) {
    int count = in.count(MAX_ADDRESSES, 4);
    var addresses = new ArrayList<Address>(count);
    for (int i = 0; i < count; i++) {
      try {
        addresses.add(new Address(in.string(MAX_HOST_BYTES), in.u16()));
      } catch (IllegalArgumentException e) {
        throw new MalformedException("an address in an entry: " + e.getMessage(), e);
      }
    }
    return addresses;
  }

  private static <I> void writeIds(BinaryWriter out, SortedSet<I> ids, Function<I, Digest> digest) {
    out.varint(ids.size());
    ids.forEach(id -> out.raw(digest.apply(id).toBytes()));
  }

  private static <I extends Comparable<I>> SortedSet<I> readIds(
      BinaryReader in, Function<Digest, I> toId) {
    int count = in.count(MAX_IDS, Digest.LENGTH);
    var ids = new TreeSet<I>();
    for (int i = 0; i < count; i++) {
      I id = toId.apply(Digest.ofBytes(in.raw(Digest.LENGTH)));
      if (i > 0 && ids.last().compareTo(id) >= 0) {
        throw new MalformedException("ids in an entry that are not in ascending order");
      }
      ids.add(id);
    }
    return ids;
  }

  private static List<Ticket> readTickets(BinaryReader in) {
    int count = in.count(MAX_TICKETS, Digest.LENGTH + 1);
    var tickets = new ArrayList<Ticket>(count);
    for (int i = 0; i < count; i++) {
      var id = new TicketId(Digest.ofBytes(in.raw(Digest.LENGTH)));
      tickets.add(new Ticket(id, in.bytes(MAX_TICKET_BYTES)));
    }
    return tickets;
  }

  private static void atMost(int most, int count, String what) {
    if (count > most) {
      throw new IllegalArgumentException(
          "an entry has at most " + most + " " + what + ", this would have " + count);
    }
  }
}
