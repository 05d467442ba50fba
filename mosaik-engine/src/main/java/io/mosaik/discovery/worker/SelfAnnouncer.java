package io.mosaik.discovery.worker;

import io.mosaik.discovery.DiscoveryConfig;
import io.mosaik.discovery.EntryVersion;
import io.mosaik.discovery.Notice;
import io.mosaik.id.PeerId;
import io.mosaik.runtime.Clock;
import io.mosaik.runtime.Strand;
import io.mosaik.transport.Links;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps this node's entry and announces it: at once when it changed, again and again so that it
 * stays fresh, and when someone doubts that this node lives. On the worker's strand.
 */
final class SelfAnnouncer {

  private static final Logger LOG = LoggerFactory.getLogger(SelfAnnouncer.class);

  /** Between two answers to doubts, however many doubt. */
  private static final Duration ANSWER_GAP = Duration.ofMillis(500);

  /** In a large network, each node announces so rarely that none hears more than 100 a second. */
  private static final Duration INTERVAL_PER_PEER = Duration.ofMillis(10);

  private final SelfEntry self;
  private final OwnAddresses addresses = new OwnAddresses();
  private final Links links;
  private final DiscoveryConfig config;
  private final Strand strand;
  private final Clock clock;
  private final RandomGenerator random;
  private final IntSupplier catalogSize;
  private final Consumer<Notice> spread;
  private final Published published;
  private boolean changePending;
  private boolean answerPending;
  private boolean stopped;

  SelfAnnouncer(
      DiscoveryNode.Settings settings,
      Links links,
      Strand strand,
      Clock clock,
      RandomGenerator random,
      IntSupplier catalogSize,
      Consumer<Notice> spread) {
    this.self =
        new SelfEntry(
            settings.network(),
            settings.key(),
            settings.tags(),
            addresses.all(links.addresses()),
            clock.currentTimeMillis());
    this.links = links;
    this.config = settings.config();
    this.strand = strand;
    this.clock = clock;
    this.random = random;
    this.catalogSize = catalogSize;
    this.spread = spread;
    this.published = new Published(strand, self.signed());
  }

  Published published() {
    return published;
  }

  void start() {
    strand.schedule(nextDelay(), this::repeat);
  }

  void stop() {
    stopped = true;
  }

  Notice notice() {
    return self.signed().toNotice();
  }

  EntryVersion version() {
    return self.signed().entry().version();
  }

  /** The notice that this node leaves. */
  Notice departure() {
    return self.departure(clock.currentTimeMillis());
  }

  /** Changes the entry; changes of one moment become one new version. */
  void change(Consumer<SelfEntry> change) {
    change.accept(self);
    if (!changePending) {
      changePending = true;
      strand.execute(this::announceIfChanged);
    }
  }

  /** A neighbour says where it sees this node. */
  void observed(PeerId by, String host) {
    addresses.observed(by, host);
    change(unchanged -> {});
  }

  /** The peer's word on where it sees this node counts no more. */
  void forget(PeerId peer) {
    addresses.forget(peer);
  }

  /** Someone doubts that this node lives: announce a newer version soon. */
  void answerDoubt() {
    answer(() -> self.renew(clock.currentTimeMillis()));
  }

  /**
   * A notice of an earlier life of this node would hide what it says: announce a newer one soon.
   */
  void supersede(EntryVersion version) {
    answer(() -> self.supersede(version, clock.currentTimeMillis()));
  }

  private void answer(Runnable renewal) {
    if (answerPending || stopped) {
      return;
    }
    answerPending = true;
    renewal.run();
    announce();
    strand.schedule(ANSWER_GAP, () -> answerPending = false);
  }

  private void announceIfChanged() {
    changePending = false;
    if (stopped) {
      return;
    }
    try {
      self.setAddresses(addresses.all(links.addresses()));
      if (self.signIfChanged(clock.currentTimeMillis())) {
        announce();
      }
    } catch (IllegalArgumentException e) {
      LOG.error("This node's entry can't be announced, withdraw something: {}", e.getMessage());
    }
  }

  private void repeat() {
    if (stopped) {
      return;
    }
    try {
      self.setAddresses(addresses.all(links.addresses()));
      self.renew(clock.currentTimeMillis());
      announce();
    } catch (IllegalArgumentException e) {
      LOG.error("This node's entry can't be announced, withdraw something: {}", e.getMessage());
    }
    strand.schedule(nextDelay(), this::repeat);
  }

  private void announce() {
    published.setSelf(self.signed());
    spread.accept(notice());
  }

  private Duration nextDelay() {
    Duration longest = config.purgeAfter().dividedBy(4);
    Duration bySize = INTERVAL_PER_PEER.multipliedBy(catalogSize.getAsInt());
    Duration stretched = bySize.compareTo(longest) < 0 ? bySize : longest;
    Duration interval = config.announceInterval();
    return jittered(
        stretched.compareTo(interval) > 0 ? stretched : interval, config.announceJitter(), random);
  }

  /** The interval, up to so much of it longer or shorter at random. */
  static Duration jittered(Duration interval, double jitter, RandomGenerator random) {
    double factor = 1 - jitter + 2 * jitter * random.nextDouble();
    return Duration.ofNanos((long) (interval.toNanos() * factor));
  }
}
