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
 * @param recoveryCount how often the group was heard to go on without a majority of its logs
 * @param lastRecovery the last time, or null
 * @param over why the membership is over, or null
 */
record View(
    GroupStatus status,
    List<PeerId> bonded,
    long reversionCount,
    @Nullable Reversion lastReversion,
    long recoveryCount,
    @Nullable GroupRecovery lastRecovery,
    @Nullable String over) {

  static View first(GroupStatus status) {
    return new View(status, List.of(), 0, null, 0, null, null);
  }

  View with(GroupStatus now) {
    return new View(now, bonded, reversionCount, lastReversion, recoveryCount, lastRecovery, over);
  }

  View withBonded(List<PeerId> now) {
    return new View(
        status, List.copyOf(now), reversionCount, lastReversion, recoveryCount, lastRecovery, over);
  }

  View with(Reversion reversion) {
    return new View(
        status, bonded, reversionCount + 1, reversion, recoveryCount, lastRecovery, over);
  }

  View with(GroupRecovery recovery) {
    return new View(
        status, bonded, reversionCount, lastReversion, recoveryCount + 1, recovery, over);
  }

  View over(String why) {
    return new View(
        status, List.of(), reversionCount, lastReversion, recoveryCount, lastRecovery, why);
  }
}
