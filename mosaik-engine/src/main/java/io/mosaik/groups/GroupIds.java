package io.mosaik.groups;

import io.mosaik.groups.config.ConsensusConfig;
import io.mosaik.id.Digest;
import io.mosaik.id.GroupId;
import io.mosaik.tickets.TicketRequirement;
import io.mosaik.tickets.TicketValidator;

/** Names groups, so that members that differ in anything that matters never meet. */
final class GroupIds {

  private GroupIds() {}

  /** {@code H(H(H(H(key) ‖ consensus) ‖ machine) ‖ sync)}, then each validator's in order. */
  static GroupId of(
      GroupKey key,
      ConsensusConfig config,
      StateMachine<?, ?, ?, ?> machine,
      TicketRequirement tickets) {
    Digest id =
        Digest.hash(key.toBytes())
            .derive(config.digest())
            .derive(machine.signature())
            .derive(machine.stateSync().signature());
    for (TicketValidator validator : tickets.validators()) {
      id = id.derive(validator.ticketClass().digest()).derive(validator.signature());
    }
    return new GroupId(id);
  }
}
