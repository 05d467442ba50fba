package io.mosaik.discovery.worker;

import io.mosaik.discovery.DiscoveryConfig;
import io.mosaik.discovery.DiscoveryEvent;
import io.mosaik.discovery.Notice;
import io.mosaik.discovery.SignedPeerEntry;
import io.mosaik.discovery.gossip.AnnounceMessage;
import io.mosaik.discovery.gossip.GossipCore;
import io.mosaik.discovery.rtt.RttBound;
import io.mosaik.id.PeerId;
import io.mosaik.runtime.Clock;
import io.mosaik.runtime.Platform;
import io.mosaik.runtime.Strand;
import io.mosaik.transport.Links;
import io.mosaik.transport.PeerAddress;
import io.mosaik.wire.MalformedException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns the catalog, on one strand: decides by the pure cores what each notice means, tells those
 * who look at the catalog, and keeps it in step with those of others.
 */
final class DiscoveryWorker implements Neighbours.Owner {

  private static final Logger LOG = LoggerFactory.getLogger(DiscoveryWorker.class);

  private final PeerId id;
  private final DiscoveryConfig config;
  private final Clock clock;
  private final Strand strand;
  private final RandomGenerator random;
  private final CatalogCore catalog;
  private final SelfAnnouncer self;
  private final Neighbours neighbours;
  private final SyncExchanges syncs;
  private final Rtts rtts;
  private final @Nullable RttBound distance;
  private final Pings pings;
  private final Published published;
  private final Alarm expiryAlarm;
  private final CompletableFuture<Void> left = new CompletableFuture<>();
  private boolean leaving;

  DiscoveryWorker(Platform platform, Links links, DiscoveryNode.Settings settings) {
    this.id = links.peerId();
    this.config = settings.config();
    this.clock = platform.clock();
    this.strand = platform.newStrand("discovery");
    this.random = platform.newRandom();
    this.catalog = new CatalogCore(settings.network(), id, config);
    Duration maxRtt = config.maxRtt();
    this.distance = maxRtt == null ? null : new RttBound(maxRtt.plusNanos(1));
    this.rtts = new Rtts(config.maxPeers(), this::measured);
    this.neighbours =
        new Neighbours(
            links,
            strand,
            clock,
            settings,
            catalog,
            new GossipCore(id, config, platform.newRandom()),
            rtts,
            this);
    this.self =
        new SelfAnnouncer(
            settings,
            links,
            strand,
            clock,
            random,
            catalog::size,
            notice -> neighbours.spread(notice, links.peerId()));
    this.published = self.published();
    this.syncs = new SyncExchanges(links, strand, new SyncView(catalog, self::notice), this::merge);
    this.pings = new Pings(links, strand, clock, rtts);
    this.expiryAlarm = new Alarm(strand, clock, this::expire);
  }

  void start() {
    neighbours.listen();
    syncs.listen();
    pings.listen();
    strand.execute(() -> {
      neighbours.start();
      self.start();
      strand.schedule(syncDelay(), this::compareWithOne);
    });
  }

  // ---- for the handle; from any thread

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
        neighbours.meet(address).thenCompose(peer -> syncs.start(address).thenApply(done -> peer)));
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
    if (left.isDone()) {
      return CompletableFuture.failedFuture(new IllegalStateException("this node has left"));
    }
    var result = new CompletableFuture<T>();
    strand.execute(() -> {
      if (leaving) {
        result.completeExceptionally(new IllegalStateException("this node is leaving"));
        return;
      }
      CompletableFuture<T> begun;
      try {
        begun = work.get();
      } catch (RuntimeException e) { // an entry that doesn't decode, say
        begun = CompletableFuture.failedFuture(e);
      }
      var unused =
          begun.whenComplete((value, error) -> {
            if (error == null) {
              result.complete(value);
            } else {
              result.completeExceptionally(error);
            }
          });
    });
    return result;
  }

  // ---- notices

  /** One that came over a link. */
  private void merge(Notice notice, PeerId from) {
    if (!leaving) {
      boolean fromItself = notice.peer().equals(from);
      digest(notice, catalog.merge(notice, fromItself, clock.currentTimeMillis()), from);
    }
  }

  @Override
  public MergeResult merge(Notice entry) {
    return catalog.merge(entry, true, clock.currentTimeMillis());
  }

  @Override
  public void digest(Notice notice, MergeResult result, PeerId from) {
    switch (result) {
      case MergeResult.News(var event) -> {
        if (event != null) {
          show(List.of(event));
        }
        switch (notice.kind()) {
          case ENTRY -> neighbours.heardOf(notice.peer(), notice.version());
          case DEPARTURE -> forget(notice.peer());
        }
        neighbours.spread(notice, from);
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

  private void show(List<DiscoveryEvent> events) {
    published.setCatalog(catalog.shown());
    events.forEach(published::fire);
  }

  private void forget(PeerId peer) {
    self.forget(peer);
    rtts.forget(peer);
    if (distance != null) {
      distance.forget(peer);
    }
    neighbours.forget(peer);
  }

  /** From any thread. */
  private void measured(PeerId peer) {
    if (distance != null) {
      strand.execute(() -> judgeDistance(distance, peer));
    }
  }

  private void judgeDistance(RttBound bound, PeerId peer) {
    Duration rtt = rtts.get(peer);
    if (leaving || rtt == null) {
      return;
    }
    boolean near = bound.isNear(peer, rtt, clock.nanoTime());
    DiscoveryEvent event = catalog.setFar(peer, !near);
    if (event != null) {
      LOG.info(
          "Peer {} is {}: a round trip takes {} µs, {} is the most",
          peer.toShortString(),
          near ? "near enough again" : "left out of the catalog",
          rtt.toNanos() / 1_000,
          config.maxRtt());
      show(List.of(event));
    }
  }

  private void logRefused(Notice notice, MergeResult.Cause cause) {
    String peer = notice.peer().toShortString();
    switch (cause) {
      case FUTURE ->
          LOG.warn(
              "The clock of peer {} is more than {} ahead of this node's, so its entry is refused;"
                  + " set the clock that is wrong",
              peer,
              config.maxTimeDrift());
      case FULL -> LOG.warn("No room in the catalog for peer {}; raise its maxPeers", peer);
      case STALE, OTHER_NETWORK -> LOG.debug("A notice of peer {} is refused: {}", peer, cause);
    }
  }

  private void expire() {
    CatalogCore.Expired expired = catalog.expire(clock.currentTimeMillis());
    if (!expired.events().isEmpty()) {
      show(expired.events());
    }
    expired.gone().forEach(this::forget);
    expiryAlarm.atWallMs(catalog.nextExpiryMs());
  }

  // ---- what neighbours tell

  @Override
  public Notice ownEntry() {
    return self.notice();
  }

  @Override
  public void received(PeerId from, AnnounceMessage message) {
    switch (message) {
      case AnnounceMessage.News(Notice notice) -> merge(notice, from);
      case AnnounceMessage.Suspect question -> doubted(from, question);
      case AnnounceMessage.Observed(String host) -> self.observed(from, host);
    }
  }

  private void doubted(PeerId from, AnnounceMessage.Suspect question) {
    if (question.peer().equals(id)) {
      if (question.version().compareTo(self.version()) < 0) {
        neighbours.send(from, self.notice());
      } else {
        self.answerDoubt();
      }
      return;
    }
    CatalogCore.Known known = catalog.get(question.peer());
    if (known == null || known.state() == CatalogCore.State.HIDDEN) {
      return;
    }
    if (known.version().compareTo(question.version()) > 0) {
      neighbours.send(from, known.notice());
    } else {
      neighbours.suspected(question, known.version());
    }
  }

  @Override
  public void demote(PeerId peer) {
    DiscoveryEvent event = catalog.demote(peer);
    if (event != null) {
      LOG.debug("Peer {} is taken for dead", peer.toShortString());
      show(List.of(event));
    }
  }

  // ---- catalog sync

  private Duration syncDelay() {
    return SelfAnnouncer.jittered(config.syncInterval(), 0.5, random);
  }

  /** Anti-entropy (Demers et al. 1987, §1.3): what a flood missed is found here. */
  private void compareWithOne() {
    if (leaving) {
      return;
    }
    List<PeerId> linked = neighbours.linkedPeers();
    if (!linked.isEmpty()) {
      compareWith(linked.get(random.nextInt(linked.size())));
    }
    linked.forEach(neighbours::sampleRtt);
    strand.schedule(syncDelay(), this::compareWithOne);
  }

  @Override
  public void compareWith(PeerId neighbour) {
    PeerAddress address = neighbours.addressOf(neighbour);
    if (address == null) {
      return;
    }
    var unused =
        syncs
            .start(address)
            .whenComplete((done, error) -> {
              if (error != null) {
                LOG.debug("{}: {}", neighbour.toShortString(), error.getMessage());
              }
            });
  }

  // ---- the end

  CompletableFuture<Void> leave() {
    strand.execute(() -> {
      if (leaving) {
        return;
      }
      boolean alone = neighbours.isAlone();
      neighbours.spread(self.departure(), id);
      leaving = true;
      self.stop();
      neighbours.stop();
      expiryAlarm.cancel();
      strand.schedule(alone ? Duration.ZERO : config.departureLinger(), this::finish);
    });
    return left;
  }

  private void finish() {
    neighbours.closeAll();
    left.complete(null);
    strand.close();
  }
}
