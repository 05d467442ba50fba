package io.mosaik.discovery.worker;

import io.mosaik.discovery.DiscoveryConfig;
import io.mosaik.discovery.DiscoveryEvent;
import io.mosaik.discovery.EntryVersion;
import io.mosaik.discovery.Notice;
import io.mosaik.discovery.PeerEntry;
import io.mosaik.discovery.SignedPeerEntry;
import io.mosaik.discovery.gossip.AnnounceMessage;
import io.mosaik.discovery.gossip.GossipCore;
import io.mosaik.discovery.gossip.GossipEffect;
import io.mosaik.discovery.worker.AnnounceLinks.AnnounceLink;
import io.mosaik.id.PeerId;
import io.mosaik.runtime.Clock;
import io.mosaik.runtime.Platform;
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
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns the catalog, on one strand: feeds the cores with what comes over links and timers, and
 * carries out their effects.
 */
final class DiscoveryWorker implements AnnounceLinks.Owner, BootstrapPoller.Owner {

  private static final Logger LOG = LoggerFactory.getLogger(DiscoveryWorker.class);

  private final PeerId id;
  private final DiscoveryConfig config;
  private final Links links;
  private final Clock clock;
  private final Strand strand;
  private final RandomGenerator random;
  private final CatalogCore catalog;
  private final SelfAnnouncer self;
  private final GossipCore gossip;
  private final AnnounceLinks announceLinks;
  private final SyncExchanges syncs;
  private final Rtts rtts;
  private final Pings pings;
  private final BootstrapPoller bootstrap;
  private final Published published;
  private final Alarm gossipAlarm;
  private final Alarm expiryAlarm;
  private final CompletableFuture<Void> left = new CompletableFuture<>();
  private boolean leaving;

  DiscoveryWorker(Platform platform, Links links, DiscoveryNode.Settings settings) {
    this.id = links.peerId();
    this.config = settings.config();
    this.links = links;
    this.clock = platform.clock();
    this.strand = platform.newStrand("discovery");
    this.random = platform.newRandom();
    this.catalog = new CatalogCore(settings.network(), id, config);
    this.gossip = new GossipCore(id, config, random);
    this.announceLinks = new AnnounceLinks(links, strand, this);
    this.self =
        new SelfAnnouncer(
            settings, links, strand, clock, random, catalog::size, n -> spread(n, links.peerId()));
    this.published = self.published();
    this.syncs = new SyncExchanges(links, strand, new SyncView(catalog, self::notice), this::merge);
    this.rtts = new Rtts(config.maxPeers());
    this.pings = new Pings(links, strand, clock, rtts);
    this.bootstrap = new BootstrapPoller(settings.bootstrap(), config, strand, this);
    this.gossipAlarm = new Alarm(strand, clock, this::tickGossip);
    this.expiryAlarm = new Alarm(strand, clock, this::expire);
  }

  void start() {
    announceLinks.listen();
    syncs.listen();
    pings.listen();
    strand.execute(() -> {
      bootstrap.start();
      self.start();
      strand.schedule(syncDelay(), this::compareWithOne);
    });
  }

  // ---- for the handle; from any thread ----

  Published published() {
    return published;
  }

  Rtts rtts() {
    return rtts;
  }

  void changeSelf(Consumer<SelfEntry> change) {
    strand.execute(() -> self.change(change));
  }

  CompletableFuture<PeerId> dial(PeerAddress address) {
    return onStrand(() ->
        announceLinks
            .dial(address, null)
            .thenCompose(peer -> syncs.start(address).thenApply(done -> peer)));
  }

  CompletableFuture<Void> syncWith(PeerAddress address) {
    return onStrand(() -> syncs.start(address));
  }

  CompletableFuture<Duration> ping(PeerAddress address) {
    return onStrand(() -> pings.ping(address));
  }

  CompletableFuture<Boolean> feed(SignedPeerEntry entry) {
    return onStrand(() -> {
      Notice notice = entry.toNotice();
      MergeResult result = catalog.merge(notice, false, clock.currentTimeMillis());
      if (!(result instanceof MergeResult.Forged)) {
        digest(notice, result, id);
      }
      return CompletableFuture.completedFuture(result instanceof MergeResult.News);
    });
  }

  private <T> CompletableFuture<T> onStrand(Supplier<CompletableFuture<T>> work) {
    var result = new CompletableFuture<T>();
    strand.execute(() -> {
      if (leaving) {
        result.completeExceptionally(new IllegalStateException("this node is leaving"));
        return;
      }
      var unused =
          work.get()
              .whenComplete((value, error) -> {
                if (error == null) {
                  result.complete(value);
                } else {
                  result.completeExceptionally(error);
                }
              });
    });
    return result;
  }

  // ---- notices ----

  /** One that came over a link. */
  private void merge(Notice notice, PeerId from) {
    if (!leaving) {
      boolean fromItself = notice.peer().equals(from);
      digest(notice, catalog.merge(notice, fromItself, clock.currentTimeMillis()), from);
    }
  }

  /** Tells everyone whom it concerns what the catalog made of a notice. */
  private void digest(Notice notice, MergeResult result, PeerId from) {
    switch (result) {
      case MergeResult.News(var event) -> {
        if (event != null) {
          published.setCatalog(catalog.shown());
          published.fire(event);
        }
        switch (notice.kind()) {
          case ENTRY -> perform(gossip.heardOf(notice.peer(), notice.version(), nowNs()));
          case DEPARTURE -> forget(notice.peer());
        }
        spread(notice, from);
        expiryAlarm.atWallMs(catalog.nextExpiryMs());
      }
      case MergeResult.Duplicate() -> {}
      case MergeResult.Outdated() -> {}
      case MergeResult.AboutSelf() -> {
        if (notice.version().compareTo(self.version()) > 0 && notice.isAuthentic()) {
          LOG.warn("A newer entry of this node is about: is its key in use elsewhere?");
          self.supersede(notice.version());
        }
      }
      case MergeResult.Refused(var cause) -> logRefused(notice, cause);
      case MergeResult.Forged() ->
          throw new MalformedException("a notice that the peer it names did not sign");
    }
  }

  private void spread(Notice notice, PeerId from) {
    perform(gossip.spread(new AnnounceMessage.News(notice), from));
  }

  private void forget(PeerId peer) {
    self.forget(peer);
    rtts.forget(peer);
    perform(gossip.forget(peer, CloseReason.GRACEFUL_SHUTDOWN));
  }

  private static void logRefused(Notice notice, MergeResult.Cause cause) {
    String peer = notice.peer().toShortString();
    switch (cause) {
      case FUTURE ->
          LOG.warn("The clock of peer {} is ahead, its entry is refused; set the clocks", peer);
      case FULL -> LOG.warn("No room in the catalog for peer {}; raise its maxPeers", peer);
      case STALE, OTHER_NETWORK -> LOG.debug("A notice of peer {} is refused: {}", peer, cause);
    }
  }

  private void expire() {
    CatalogCore.Expired expired = catalog.expire(clock.currentTimeMillis());
    if (!expired.events().isEmpty()) {
      published.setCatalog(catalog.shown());
      expired.events().forEach(published::fire);
    }
    expired.gone().forEach(this::forget);
    expiryAlarm.atWallMs(catalog.nextExpiryMs());
  }

  // ---- gossip ----

  private void tickGossip() {
    if (!leaving) {
      perform(gossip.tick(nowNs()));
    }
  }

  private void perform(List<GossipEffect> effects) {
    for (GossipEffect effect : effects) {
      switch (effect) {
        case GossipEffect.Send(var to, var message) -> announceLinks.send(to, message);
        case GossipEffect.Dial(var peer) -> dialNeighbour(peer);
        case GossipEffect.Close(var linkId, var reason) -> announceLinks.close(linkId, reason);
        case GossipEffect.NeighbourUp up -> neighbourUp(up);
        case GossipEffect.NeighbourDown(var peer) -> {
          announceLinks.stopUsing(peer);
          if (isAlone()) {
            bootstrap.lonelinessChanged();
          }
        }
        case GossipEffect.Demote(var peer) -> demote(peer);
      }
    }
    gossipAlarm.at(gossip.nextTickNs());
  }

  private void dialNeighbour(PeerId peer) {
    PeerAddress to = addressOf(peer);
    if (to == null || leaving) {
      strand.execute(() -> perform(gossip.dialFailed(peer, CloseReason.CONNECTION_LOST, nowNs())));
      return;
    }
    var unused = announceLinks.dial(to, peer);
  }

  /** The addresses of the peer's entry, then the one it was met at; or null if there are none. */
  private @Nullable PeerAddress addressOf(PeerId peer) {
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

  private void neighbourUp(GossipEffect.NeighbourUp up) {
    boolean wasAlone = isAlone();
    announceLinks.use(up.peer(), up.linkId());
    AnnounceLink link = announceLinks.get(up.peer());
    if (link == null) {
      return;
    }
    link.sendSelf();
    if (!link.link().dialled()) {
      announceLinks.send(
          List.of(up.peer()), new AnnounceMessage.Observed(link.link().remoteAddress().host()));
    }
    if (wasAlone) {
      bootstrap.lonelinessChanged();
    }
    if (up.returned() || (link.link().dialled() && (wasAlone || !link.isWanted()))) {
      sync(up.peer());
    }
  }

  private void demote(PeerId peer) {
    DiscoveryEvent event = catalog.demote(peer);
    if (event != null) {
      LOG.debug("Peer {} is taken for dead", peer.toShortString());
      published.setCatalog(catalog.shown());
      published.fire(event);
    }
  }

  // ---- catalog sync ----

  private Duration syncDelay() {
    return SelfAnnouncer.jittered(config.syncInterval(), 0.5, random);
  }

  /** Anti-entropy: what a flood missed is found here. */
  private void compareWithOne() {
    if (leaving) {
      return;
    }
    List<PeerId> linked = gossip.linkedPeers();
    if (!linked.isEmpty()) {
      sync(linked.get(random.nextInt(linked.size())));
    }
    linked.forEach(this::sampleRtt);
    strand.schedule(syncDelay(), this::compareWithOne);
  }

  private void sync(PeerId peer) {
    PeerAddress address = addressOf(peer);
    if (address != null) {
      var unused =
          syncs
              .start(address)
              .whenComplete((done, error) -> {
                if (error != null) {
                  LOG.debug("{}: {}", peer.toShortString(), error.getMessage());
                }
              });
    }
  }

  private void sampleRtt(PeerId peer) {
    AnnounceLink link = announceLinks.get(peer);
    Duration sample = link == null ? null : link.link().rtt();
    if (sample != null) {
      rtts.record(peer, sample);
    }
  }

  // ---- what announce links tell ----

  @Override
  public Notice ownEntry() {
    return self.notice();
  }

  @Override
  public @Nullable CloseReason greeted(AnnounceLink link, Notice entry) {
    if (entry.peer().equals(id)) {
      return CloseReason.CANCELLED.because("this is the same node");
    }
    if (leaving) {
      return CloseReason.GRACEFUL_SHUTDOWN;
    }
    MergeResult result = catalog.merge(entry, true, clock.currentTimeMillis());
    if (result instanceof MergeResult.Refused(var cause)) {
      logRefused(entry, cause);
      return CloseReason.CANCELLED.because("the entry is refused: " + cause);
    }
    CatalogCore.Known known = catalog.get(entry.peer());
    if (result instanceof MergeResult.Forged || known == null) {
      throw new MalformedException("the peer's entry is not signed by it");
    }
    if (known.state() == CatalogCore.State.DEPARTED) {
      return CloseReason.GRACEFUL_SHUTDOWN;
    }
    var open = new GossipCore.OpenLink(link.id(), link.link().dialled(), entry.version().startMs());
    perform(gossip.greeted(entry.peer(), entry.version(), open, nowNs()));
    digest(entry, result, entry.peer());
    sampleRtt(entry.peer());
    return null;
  }

  @Override
  public void received(PeerId from, AnnounceMessage message) {
    if (leaving) {
      return;
    }
    switch (message) {
      case AnnounceMessage.News(Notice notice) -> merge(notice, from);
      case AnnounceMessage.Suspect question -> doubted(from, question);
      case AnnounceMessage.Observed(String host) -> self.observed(from, host);
    }
  }

  private void doubted(PeerId from, AnnounceMessage.Suspect question) {
    if (question.peer().equals(id)) {
      if (question.version().compareTo(self.version()) < 0) {
        announceLinks.send(List.of(from), new AnnounceMessage.News(self.notice()));
      } else {
        self.answerDoubt();
      }
      return;
    }
    CatalogCore.Known known = catalog.get(question.peer());
    if (known == null || known.state() == CatalogCore.State.HIDDEN) {
      return;
    }
    EntryVersion version = known.version();
    if (version.compareTo(question.version()) > 0) {
      announceLinks.send(List.of(from), new AnnounceMessage.News(known.notice()));
    } else {
      perform(gossip.suspected(question, version, nowNs()));
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

  // ---- what the bootstrap poller needs ----

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

  // ---- the end ----

  CompletableFuture<Void> leave() {
    strand.execute(() -> {
      if (leaving) {
        return;
      }
      boolean alone = isAlone();
      spread(self.departure(), id);
      leaving = true;
      self.stop();
      bootstrap.stop();
      gossipAlarm.cancel();
      expiryAlarm.cancel();
      strand.schedule(alone ? Duration.ZERO : config.departureLinger(), this::finish);
    });
    return left;
  }

  private void finish() {
    announceLinks.closeAll(CloseReason.GRACEFUL_SHUTDOWN);
    left.complete(null);
    strand.close();
  }

  private long nowNs() {
    return clock.nanoTime();
  }
}
