package io.mosaik.groups;

import io.mosaik.groups.config.ConsensusConfig;
import io.mosaik.groups.log.LogStorage;
import io.mosaik.id.GroupId;
import io.mosaik.tickets.TicketRequirement;

/** What was said to the builder of a membership. */
record GroupSettings<C, R, Q, A>(
    GroupKey key,
    StateMachine<C, R, Q, A> machine,
    ConsensusConfig config,
    LogStorage storage,
    boolean observer,
    int reluctance,
    TicketRequirement tickets) {

  GroupId id() {
    return GroupIds.of(key, config, machine, tickets);
  }
}
