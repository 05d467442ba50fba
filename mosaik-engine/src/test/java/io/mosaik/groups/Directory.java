package io.mosaik.groups;

import io.mosaik.discovery.Catalog;
import io.mosaik.discovery.Discovery;
import io.mosaik.discovery.DiscoveryEvent;
import io.mosaik.discovery.EntryVersion;
import io.mosaik.discovery.PeerEntry;
import io.mosaik.discovery.SignedPeerEntry;
import io.mosaik.id.GroupId;
import io.mosaik.id.NetworkId;
import io.mosaik.id.PeerId;
import io.mosaik.id.SecretKey;
import io.mosaik.id.StreamId;
import io.mosaik.id.Tag;
import io.mosaik.runtime.Cancellation;
import io.mosaik.runtime.Watch;
import io.mosaik.runtime.WatchSource;
import io.mosaik.tickets.Ticket;
import io.mosaik.transport.Address;
import io.mosaik.transport.PeerAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A discovery in which every node knows of every other at once, unless they are {@link #strangers},
 * for tests of what is above it: what remains is the groups' own traffic.
 */
final class Directory {

  private final NetworkId network;
  private final TreeMap<PeerId, PeerEntry> entries = new TreeMap<>();
  private final List<Node> nodes = new ArrayList<>();
  private final TreeMap<PeerId, TreeSet<PeerId>> strangers = new TreeMap<>();
  private final TreeSet<PeerId> deaf = new TreeSet<>();
  private long version;

  Directory(NetworkId network) {
    this.network = network;
  }

  /** The view of a node that starts, or starts again. */
  Node node(SecretKey key, List<Address> addresses) {
    nodes.removeIf(node -> node.key.peerId().equals(key.peerId()));
    var node = new Node(key, addresses);
    nodes.add(node);
    return node;
  }

  /** Neither knows of the other from now on, until it is told by somebody else. */
  void strangers(PeerId one, PeerId other) {
    strangers.computeIfAbsent(one, peer -> new TreeSet<>()).add(other);
    strangers.computeIfAbsent(other, peer -> new TreeSet<>()).add(one);
  }

  /** This one learns nothing from what it is told. */
  void deaf(PeerId peer) {
    deaf.add(peer);
  }

  private void publish() {
    for (Node node : nodes) {
      var others = new TreeMap<>(entries);
      others.remove(node.key.peerId());
      others.keySet().removeAll(strangers.getOrDefault(node.key.peerId(), new TreeSet<>()));
      node.catalog.set(new Snapshot(others));
    }
  }

  private record Snapshot(SortedMap<PeerId, PeerEntry> entries) implements Catalog {
    @Override
    public @Nullable PeerEntry get(PeerId peer) {
      return entries.get(peer);
    }

    @Override
    public Collection<PeerEntry> peers() {
      return entries.values();
    }

    @Override
    public int size() {
      return entries.size();
    }
  }

  final class Node implements Discovery {

    private final SecretKey key;
    private final List<Address> addresses;
    private final TreeSet<GroupId> groups = new TreeSet<>();
    private final List<Ticket> tickets = new ArrayList<>();
    private final WatchSource<PeerEntry> self;
    private final WatchSource<Catalog> catalog;
    private final TreeMap<PeerId, Duration> rtts = new TreeMap<>();
    private SignedPeerEntry signed;

    Node(SecretKey key, List<Address> addresses) {
      this.key = key;
      this.addresses = addresses;
      signed = sign();
      self = new WatchSource<>(signed.entry());
      catalog = new WatchSource<>(new Snapshot(new TreeMap<>()));
    }

    private SignedPeerEntry sign() {
      var none = new TreeSet<Tag>();
      return SignedPeerEntry.sign(
          new PeerEntry(
              PeerEntry.PROTOCOL_VERSION,
              network,
              key.peerId(),
              new EntryVersion(1, ++version),
              addresses,
              none,
              new TreeSet<>(),
              groups,
              new TreeSet<>(),
              tickets),
          key);
    }

    private void changed() {
      signed = sign();
      self.set(signed.entry());
      entries.put(key.peerId(), signed.entry());
      publish();
    }

    @Override
    public Cancellation advertise(GroupId group) {
      groups.add(group);
      changed();
      return () -> {
        groups.remove(group);
        changed();
      };
    }

    @Override
    public void addTickets(Ticket... more) {
      tickets.addAll(List.of(more));
      changed();
    }

    @Override
    public void removeTickets(Ticket... fewer) {
      tickets.removeAll(List.of(fewer));
      changed();
    }

    @Override
    public Watch<PeerEntry> self() {
      return self;
    }

    @Override
    public Watch<Catalog> catalog() {
      return catalog;
    }

    @Override
    public SignedPeerEntry signedSelf() {
      return signed;
    }

    @Override
    public CompletableFuture<Boolean> feed(SignedPeerEntry entry) {
      var unknown = strangers.getOrDefault(key.peerId(), new TreeSet<>());
      boolean isNew = !deaf.contains(key.peerId()) && unknown.remove(entry.entry().peerId());
      if (isNew) {
        publish();
      }
      return CompletableFuture.completedFuture(isNew);
    }

    @Override
    public @Nullable Duration rtt(PeerId peer) {
      return rtts.get(peer);
    }

    @Override
    public void recordRtt(PeerId peer, Duration sample) {
      rtts.put(peer, sample);
    }

    @Override
    public Cancellation onEvent(Executor executor, Consumer<? super DiscoveryEvent> listener) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void addTags(Tag... tags) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void removeTags(Tag... tags) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Cancellation advertise(StreamId stream) {
      throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<PeerId> dial(PeerAddress address) {
      throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<Duration> ping(PeerAddress address) {
      throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<Void> syncWith(PeerAddress address) {
      throw new UnsupportedOperationException();
    }
  }
}
