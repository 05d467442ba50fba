package io.mosaik.discovery.worker;

import io.mosaik.discovery.EntryVersion;
import io.mosaik.discovery.Notice;
import io.mosaik.discovery.PeerEntry;
import io.mosaik.discovery.gossip.AnnounceMessage;
import io.mosaik.discovery.gossip.GossipCore;
import io.mosaik.discovery.gossip.GossipEffect;
import io.mosaik.discovery.worker.AnnounceLinks.AnnounceLink;
import io.mosaik.id.PeerId;
import io.mosaik.runtime.Clock;
import io.mosaik.runtime.Strand;
import io.mosaik.transport.Address;
import io.mosaik.transport.CloseReason;
import io.mosaik.transport.Links;
import io.mosaik.transport.PeerAddress;
import io.mosaik.wire.MalformedException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The peers that this node is linked to: tells the gossip core what happens on announce links, and
 * carries out what it wants done. On the worker's strand.
 */
final class Neighbours implements AnnounceLinks.Owner, BootstrapPoller.Owner {

  private final PeerId id;
  private final Links links;
  private final Strand strand;
  private final Clock clock;
  private final CatalogCore catalog;
  private final GossipCore gossip;
  private final Rtts rtts;
  private final Owner owner;
  private final AnnounceLinks announceLinks;
  private final BootstrapPoller bootstrap;
  private final Alarm alarm;
  private boolean leaving;

  /** Who keeps the catalog. */
  interface Owner {

    /** This node's entry. */
    Notice ownEntry();

    /** What the catalog makes of an entry that its peer sent over its own link. */
    MergeResult merge(Notice entry);

    /** Tells everyone whom it concerns. */
    void digest(Notice notice, MergeResult result, PeerId from);

    /** A message of a neighbour. */
    void received(PeerId from, AnnounceMessage message);

    /** Nobody has heard of the peer since its link died. */
    void demote(PeerId peer);

    /** The catalogs of this node and of a neighbour may differ a lot. */
    void compareWith(PeerId neighbour);
  }

  Neighbours(
      Links links,
      Strand strand,
      Clock clock,
      DiscoveryNode.Settings settings,
      CatalogCore catalog,
      GossipCore gossip,
      Rtts rtts,
      Owner owner) {
    this.id = links.peerId();
    this.links = links;
    this.strand = strand;
    this.clock = clock;
    this.catalog = catalog;
    this.gossip = gossip;
    this.rtts = rtts;
    this.owner = owner;
    this.announceLinks = new AnnounceLinks(links, strand, this);
    this.bootstrap = new BootstrapPoller(settings.bootstrap(), settings.config(), strand, this);
    this.alarm = new Alarm(strand, clock, () -> perform(gossip.tick(nowNs())));
  }

  void listen() {
    announceLinks.listen();
  }

  void start() {
    bootstrap.start();
  }

  // ---- what the catalog tells

  /** There is a newer entry of the peer. */
  void heardOf(PeerId peer, EntryVersion version) {
    perform(gossip.heardOf(peer, version, nowNs()));
  }

  /** The peer left, or nothing is known of it any more. */
  void forget(PeerId peer) {
    perform(gossip.forget(peer, CloseReason.GRACEFUL_SHUTDOWN));
  }

  /** Passes a notice on to all neighbours but the one it came from. */
  void spread(Notice notice, PeerId from) {
    perform(gossip.spread(new AnnounceMessage.News(notice), from));
  }

  /** A neighbour doubts that a peer lives of which nothing newer is known here. */
  void suspected(AnnounceMessage.Suspect question, EntryVersion known) {
    perform(gossip.suspected(question, known, nowNs()));
  }

  void send(PeerId to, Notice notice) {
    announceLinks.send(List.of(to), new AnnounceMessage.News(notice));
  }

  List<PeerId> linkedPeers() {
    return gossip.linkedPeers();
  }

  /** The addresses of the peer's entry, then the one it was met at; or null if there are none. */
  @Nullable PeerAddress addressOf(PeerId peer) {
    CatalogCore.Known known = catalog.get(peer);
    PeerEntry entry = known == null ? null : known.entry();
    var candidates = new LinkedHashSet<Address>();
    if (entry != null) {
      candidates.addAll(entry.addresses());
    }
    PeerAddress met = bootstrap.addressOf(peer);
    if (met != null) {
      candidates.addAll(met.candidates());
    }
    return candidates.isEmpty() ? null : new PeerAddress(peer, List.copyOf(candidates));
  }

  /** Counts the round-trip time of the link to a neighbour, as the transport knows it. */
  void sampleRtt(PeerId peer) {
    AnnounceLink link = announceLinks.get(peer);
    Duration sample = link == null ? null : link.link().rtt();
    if (sample != null) {
      rtts.record(peer, sample);
    }
  }

  /** Takes and does nothing more; links stay open. */
  void stop() {
    leaving = true;
    bootstrap.stop();
    alarm.cancel();
  }

  void closeAll() {
    announceLinks.closeAll(CloseReason.GRACEFUL_SHUTDOWN);
  }

  // ---- what the gossip core wants

  private void perform(List<GossipEffect> effects) {
    for (GossipEffect effect : effects) {
      switch (effect) {
        case GossipEffect.Send(var to, var message) -> announceLinks.send(to, message);
        case GossipEffect.Dial(var peer) -> dial(peer);
        case GossipEffect.Close(var linkId, var reason) -> announceLinks.close(linkId, reason);
        case GossipEffect.NeighbourUp up -> neighbourUp(up);
        case GossipEffect.NeighbourDown(var peer) -> neighbourDown(peer);
        case GossipEffect.Demote(var peer) -> owner.demote(peer);
      }
    }
    if (!leaving) {
      alarm.at(gossip.nextTickNs());
    }
  }

  private void dial(PeerId peer) {
    PeerAddress to = addressOf(peer);
    if (to == null) {
      strand.execute(() -> dialFailed(peer, CloseReason.CONNECTION_LOST));
    } else if (!leaving) {
      var unused = announceLinks.dial(to, peer);
    }
  }

  private void neighbourUp(GossipEffect.NeighbourUp up) {
    boolean wasAlone = isAlone();
    announceLinks.use(up.peer(), up.linkId());
    AnnounceLink link = announceLinks.get(up.peer());
    if (link == null) {
      return;
    }
    link.sendSelf();
    boolean dialled = link.link().dialled();
    if (!dialled) {
      announceLinks.send(
          List.of(up.peer()), new AnnounceMessage.Observed(link.link().remoteAddress().host()));
    }
    if (wasAlone) {
      bootstrap.lonelinessChanged();
    }
    if (up.returned() || (dialled && (wasAlone || !link.isWanted()))) {
      owner.compareWith(up.peer());
    }
  }

  private void neighbourDown(PeerId peer) {
    announceLinks.stopUsing(peer);
    if (isAlone() && !leaving) {
      bootstrap.lonelinessChanged();
    }
  }

  // ---- what announce links tell

  @Override
  public Notice ownEntry() {
    return owner.ownEntry();
  }

  @Override
  public @Nullable CloseReason greeted(AnnounceLink link, Notice entry) {
    if (leaving) {
      return CloseReason.GRACEFUL_SHUTDOWN;
    }
    MergeResult result = owner.merge(entry);
    CatalogCore.Known known = catalog.get(entry.peer());
    if (result instanceof MergeResult.Refused(var cause)) {
      owner.digest(entry, result, entry.peer());
      return CloseReason.UNKNOWN_PEER.because("its entry is refused, " + cause);
    }
    if (result instanceof MergeResult.Forged || known == null) {
      throw new MalformedException("the peer's entry is not signed by it");
    }
    if (known.state() == CatalogCore.State.DEPARTED) {
      return CloseReason.GRACEFUL_SHUTDOWN;
    }
    var open = new GossipCore.OpenLink(link.id(), link.link().dialled(), entry.version().startMs());
    perform(gossip.greeted(entry.peer(), entry.version(), open, nowNs()));
    owner.digest(entry, result, entry.peer());
    sampleRtt(entry.peer());
    return null;
  }

  @Override
  public void received(PeerId from, AnnounceMessage message) {
    if (!leaving) {
      owner.received(from, message);
    }
  }

  @Override
  public void closed(AnnounceLink link, CloseReason reason) {
    perform(gossip.closed(link.peer(), link.id(), reason, nowNs()));
  }

  @Override
  public void dialFailed(PeerId peer, CloseReason reason) {
    perform(gossip.dialFailed(peer, reason, nowNs()));
  }

  // ---- what the bootstrap poller needs

  @Override
  public PeerId self() {
    return id;
  }

  @Override
  public List<Address> addresses() {
    return links.addresses();
  }

  @Override
  public boolean isAlone() {
    return announceLinks.isEmpty();
  }

  @Override
  public boolean isLinked(PeerId peer) {
    return announceLinks.get(peer) != null;
  }

  @Override
  public CompletableFuture<PeerId> meet(PeerAddress address) {
    return announceLinks.dial(address, null);
  }

  private long nowNs() {
    return clock.nanoTime();
  }
}
