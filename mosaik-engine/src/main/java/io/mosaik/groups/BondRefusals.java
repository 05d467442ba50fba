package io.mosaik.groups;

import io.mosaik.id.PeerId;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How often bonds of one member were refused, and of which refusals the log has told already.
 * Counted on the group's strand; the counts are for any thread.
 */
final class BondRefusals {

  /** Of how many refusals it is remembered that the log told them. */
  static final int MAX_TOLD = 256;

  /** By whom, whom and why. */
  private record Told(boolean here, PeerId peer, BondRefusal refusal) {}

  private final Map<BondRefusal, AtomicLong> counts = new EnumMap<>(BondRefusal.class);
  private final Set<Told> told = new LinkedHashSet<>();

  BondRefusals() {
    for (BondRefusal refusal : BondRefusal.values()) {
      counts.put(refusal, new AtomicLong());
    }
  }

  /**
   * A bond was refused once more.
   *
   * @param here whether by this member, or by the other
   * @return whether that is news, as far as is remembered
   */
  boolean count(boolean here, PeerId peer, BondRefusal refusal) {
    Objects.requireNonNull(counts.get(refusal)).incrementAndGet();
    boolean isFirst = told.add(new Told(here, peer, refusal));
    if (told.size() > MAX_TOLD) {
      told.remove(told.iterator().next());
    }
    return isFirst;
  }

  /** Every reason with its count, also those that are zero. */
  Map<BondRefusal, Long> toMap() {
    var map = new EnumMap<BondRefusal, Long>(BondRefusal.class);
    counts.forEach((refusal, count) -> map.put(refusal, count.get()));
    return map;
  }
}
