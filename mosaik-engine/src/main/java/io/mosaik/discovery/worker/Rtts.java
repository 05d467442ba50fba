package io.mosaik.discovery.worker;

import io.mosaik.discovery.rtt.RttEstimator;
import io.mosaik.id.PeerId;
import java.time.Duration;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The smoothed round-trip time to each peer that was measured. Thread-safe; never iterated. */
final class Rtts {

  private final int maxPeers;
  private final ConcurrentSkipListMap<PeerId, RttEstimator> estimators =
      new ConcurrentSkipListMap<>();

  private final Consumer<PeerId> measured;

  /**
   * Without any sample yet.
   *
   * @param maxPeers of so many at most; samples of further ones are dropped
   * @param measured told of each peer that was measured, on the thread that says so
   */
  Rtts(int maxPeers, Consumer<PeerId> measured) {
    this.maxPeers = maxPeers;
    this.measured = measured;
  }

  void record(PeerId peer, Duration sample) {
    if (sample.isNegative()) {
      throw new IllegalArgumentException("a round trip can't take " + sample);
    }
    long sampleNs = sample.toNanos();
    if (estimators.containsKey(peer) || estimators.size() < maxPeers) {
      estimators.compute(
          peer,
          (id, before) -> before == null ? RttEstimator.first(sampleNs) : before.next(sampleNs));
      measured.accept(peer);
    }
  }

  @Nullable Duration get(PeerId peer) {
    RttEstimator found = estimators.get(peer);
    return found == null ? null : Duration.ofNanos(found.smoothedNs());
  }

  void forget(PeerId peer) {
    estimators.remove(peer);
  }
}
