package io.mosaik.groups;

import io.mosaik.groups.config.ConsensusConfig;
import io.mosaik.groups.log.LogStorage;
import io.mosaik.groups.raft.LogBounds;
import io.mosaik.id.GroupId;
import io.mosaik.tickets.TicketRequirement;
import org.jspecify.annotations.Nullable;

/** What was said to the builder of a membership. */
record GroupSettings<C, R, Q, A>(
    GroupKey key,
    StateMachine<C, R, Q, A> machine,
    ConsensusConfig config,
    LogStorage storage,
    boolean observer,
    int reluctance,
    TicketRequirement tickets,
    @Nullable SyncListener syncListener) {

  /** A log grows to so many times what a snapshot is taken for before commands are rejected. */
  private static final int SNAPSHOTS_MISSED = 16;

  /** How much of the log this member holds. */
  LogBounds bounds() {
    return switch (machine.stateSync()) {
      case StateSync.LogReplay whole -> LogBounds.whole(whole.maxEntries(), whole.maxBytes());
      case StateSync.Snapshot sync -> {
        StateSync.SnapshotPolicy policy = sync.policy();
        yield new LogBounds(
            policy.everyEntries(),
            policy.everyBytes(),
            policy.keptEntries(),
            policy.everyBytes(),
            times(policy.everyEntries() + policy.keptEntries()),
            times(policy.everyBytes()));
      }
    };
  }

  private static long times(long size) {
    return size > Long.MAX_VALUE / SNAPSHOTS_MISSED ? Long.MAX_VALUE : size * SNAPSHOTS_MISSED;
  }

  GroupId id() {
    return GroupIds.of(key, config, machine, tickets);
  }
}
