package io.mosaik.discovery.worker;

import io.mosaik.discovery.EntryVersion;
import io.mosaik.discovery.Notice;
import io.mosaik.discovery.PeerEntry;
import io.mosaik.discovery.SignedPeerEntry;
import io.mosaik.id.GroupId;
import io.mosaik.id.NetworkId;
import io.mosaik.id.SecretKey;
import io.mosaik.id.StreamId;
import io.mosaik.id.Tag;
import io.mosaik.tickets.Ticket;
import io.mosaik.transport.Address;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What this node says of itself. Changes are collected; {@link #sign} turns them into one new
 * version, if there were any that changed something. A pure core.
 */
final class SelfEntry {

  private final NetworkId network;
  private final SecretKey key;
  private final TreeSet<Tag> tags = new TreeSet<>();
  private final Map<StreamId, Integer> streams = new TreeMap<>();
  private final Map<GroupId, Integer> groups = new TreeMap<>();
  private final Set<Ticket> tickets = new LinkedHashSet<>();
  private List<Address> addresses;
  private SignedPeerEntry signed;

  SelfEntry(
      NetworkId network, SecretKey key, Collection<Tag> tags, List<Address> addresses, long nowMs) {
    this.network = network;
    this.key = key;
    this.tags.addAll(tags);
    this.addresses = List.copyOf(addresses);
    this.signed = sign(new EntryVersion(nowMs, nowMs));
  }

  SignedPeerEntry signed() {
    return signed;
  }

  void addTags(Collection<Tag> more) {
    tags.addAll(more);
  }

  void removeTags(Collection<Tag> fewer) {
    tags.removeAll(fewer);
  }

  /**
   * Carries more tickets.
   *
   * @throws IllegalArgumentException if that were more than an entry holds; nothing changes then
   */
  void addTickets(Collection<Ticket> more) {
    var all = new LinkedHashSet<>(tickets);
    all.addAll(more);
    if (all.size() > PeerEntry.MAX_TICKETS) {
      throw new IllegalArgumentException(
          all.size() + " tickets, at most " + PeerEntry.MAX_TICKETS + " are allowed");
    }
    tickets.addAll(more);
  }

  void removeTickets(Collection<Ticket> fewer) {
    fewer.forEach(tickets::remove);
  }

  void setAddresses(List<Address> those) {
    addresses = List.copyOf(those);
  }

  void advertise(StreamId stream) {
    streams.merge(stream, 1, Integer::sum);
  }

  void withdraw(StreamId stream) {
    streams.computeIfPresent(stream, (id, times) -> times == 1 ? null : times - 1);
  }

  void advertise(GroupId group) {
    groups.merge(group, 1, Integer::sum);
  }

  void withdraw(GroupId group) {
    groups.computeIfPresent(group, (id, times) -> times == 1 ? null : times - 1);
  }

  /**
   * Signs a new version if what is said differs from what was signed last.
   *
   * @return whether it does
   * @throws IllegalArgumentException if the entry would exceed a limit
   */
  boolean signIfChanged(long nowMs) {
    if (draft(signed.entry().version()).equals(signed.entry())) {
      return false;
    }
    signed = sign(nextVersion(nowMs));
    return true;
  }

  /** Signs a new version, changed or not: it says that this node lives. */
  void renew(long nowMs) {
    signed = sign(nextVersion(nowMs));
  }

  /**
   * Makes the next version supersede one that travels under this node's name: what an earlier life
   * of it said while the clock was ahead.
   */
  void supersede(EntryVersion other, long nowMs) {
    long startMs = Math.max(signed.entry().version().startMs(), other.startMs());
    long updateMs = Math.max(signed.entry().version().updateMs(), other.updateMs());
    signed = sign(new EntryVersion(startMs, Math.max(updateMs, nowMs) + 1));
  }

  /** The notice that this node leaves, newer than everything it said before. */
  Notice departure(long nowMs) {
    return Notice.departure(network, nextVersion(nowMs), key);
  }

  private EntryVersion nextVersion(long nowMs) {
    EntryVersion last = signed.entry().version();
    return new EntryVersion(last.startMs(), Math.max(last.updateMs(), nowMs) + 1);
  }

  private SignedPeerEntry sign(EntryVersion version) {
    return SignedPeerEntry.sign(draft(version), key);
  }

  private PeerEntry draft(EntryVersion version) {
    return new PeerEntry(
        PeerEntry.PROTOCOL_VERSION,
        network,
        key.peerId(),
        version,
        addresses,
        tags,
        new TreeSet<>(streams.keySet()),
        new TreeSet<>(groups.keySet()),
        new TreeSet<>(),
        List.copyOf(tickets));
  }
}
