package io.mosaik.discovery.worker;

import io.mosaik.discovery.DiscoveryConfig;
import io.mosaik.discovery.bootstrap.BootstrapSource;
import io.mosaik.id.PeerId;
import io.mosaik.runtime.Cancellation;
import io.mosaik.runtime.Strand;
import io.mosaik.runtime.Timer;
import io.mosaik.transport.Address;
import io.mosaik.transport.PeerAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Tries the bootstrap addresses that no link stands for: eagerly while the node is alone, rarely
 * afterwards. On the worker's strand.
 */
final class BootstrapPoller {

  private static final Duration FIRST_RETRY = Duration.ofMillis(500);
  private static final int MAX_ADDRESSES = 256;

  private final List<BootstrapSource> sources;
  private final DiscoveryConfig config;
  private final Strand strand;
  private final Owner owner;
  private final Map<PeerAddress, PeerId> met = new LinkedHashMap<>();
  private final Set<PeerAddress> dialling = new LinkedHashSet<>();
  private final List<Cancellation> observations = new ArrayList<>();
  private @Nullable Timer timer;
  private int lonelyPolls;
  private boolean stopped;

  /** What the poller needs of the worker. */
  interface Owner {

    /** This node. */
    PeerId self();

    /** Where this node is reached. */
    List<Address> addresses();

    /** Whether any peer is linked. */
    boolean isAlone();

    /** Whether this peer is linked. */
    boolean isLinked(PeerId peer);

    /** Meets whoever answers; completes with its id, which may be this node's own. */
    CompletableFuture<PeerId> meet(PeerAddress address);
  }

  BootstrapPoller(
      List<BootstrapSource> sources, DiscoveryConfig config, Strand strand, Owner owner) {
    this.sources = sources;
    this.config = config;
    this.strand = strand;
    this.owner = owner;
  }

  void start() {
    for (BootstrapSource source : sources) {
      observations.add(source.addresses().observe(strand, addresses -> poll()));
    }
  }

  void stop() {
    stopped = true;
    observations.forEach(Cancellation::cancel);
    cancelTimer();
  }

  /** The last link is gone, or the first came. */
  void lonelinessChanged() {
    lonelyPolls = 0;
    scheduleNext();
  }

  /** Where the peer was met, or null if it wasn't by a bootstrap address. */
  @Nullable PeerAddress addressOf(PeerId peer) {
    for (BootstrapSource source : sources) {
      for (PeerAddress address : source.addresses().get()) {
        if (isMetAt(address, peer)) {
          return address;
        }
      }
    }
    return null;
  }

  private boolean isMetAt(PeerAddress address, PeerId peer) {
    PeerId who = met.get(address);
    return who != null && who.equals(peer);
  }

  private void poll() {
    if (stopped) {
      return;
    }
    for (BootstrapSource source : sources) {
      source.addresses().get().stream().limit(MAX_ADDRESSES).forEach(this::attempt);
    }
    scheduleNext();
  }

  private void attempt(PeerAddress address) {
    PeerId peer = address.peerId() == null ? met.get(address) : address.peerId();
    boolean own =
        (peer != null && peer.equals(owner.self()))
            || (peer == null && owner.addresses().containsAll(address.candidates()));
    if (own || (peer != null && owner.isLinked(peer)) || !dialling.add(address)) {
      return;
    }
    var unused =
        owner
            .meet(address)
            .whenComplete((who, error) -> {
              dialling.remove(address);
              if (who != null) {
                met.put(address, who);
              } else if (!isMetAt(address, owner.self())) {
                met.remove(address);
              }
            });
  }

  private void scheduleNext() {
    cancelTimer();
    if (!stopped && !sources.isEmpty()) {
      timer = strand.schedule(owner.isAlone() ? eagerDelay() : config.rarePoll(), this::poll);
    }
  }

  /** Nodes that start together often miss each other by a moment, so the first tries are quick. */
  private Duration eagerDelay() {
    Duration quick = FIRST_RETRY.multipliedBy(1L << Math.min(lonelyPolls++, 10));
    return quick.compareTo(config.eagerPoll()) < 0 ? quick : config.eagerPoll();
  }

  private void cancelTimer() {
    if (timer != null) {
      timer.cancel();
    }
  }
}
