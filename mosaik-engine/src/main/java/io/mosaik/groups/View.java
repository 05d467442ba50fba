package io.mosaik.groups;

import io.mosaik.id.PeerId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that conditions look at, at one moment.
 *
 * @param bonded the members that there are bonds with
 * @param reversionCount how often a log was given up
 * @param lastReversion the last time, or null
 * @param over why the membership is over, or null
 */
record View(
    GroupStatus status,
    List<PeerId> bonded,
    long reversionCount,
    @Nullable Reversion lastReversion,
    @Nullable String over) {

  View with(GroupStatus now) {
    return new View(now, bonded, reversionCount, lastReversion, over);
  }

  View withBonded(List<PeerId> now) {
    return new View(status, List.copyOf(now), reversionCount, lastReversion, over);
  }

  View with(Reversion reversion) {
    return new View(status, bonded, reversionCount + 1, reversion, over);
  }

  View over(String why) {
    return new View(status, List.of(), reversionCount, lastReversion, why);
  }
}
