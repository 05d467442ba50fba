package io.mosaik.groups.bond;

import io.mosaik.discovery.SignedPeerEntry;
import io.mosaik.id.GroupId;

/**
 * What travels on a bond.
 *
 * @param <P> what the group itself has to say
 */
public sealed interface BondMessage<P> {

  /**
   * The first message, from the side that dialled.
   *
   * @param group that it wants to bond in
   * @param proof that it knows the group's key
   * @param introduction of the dialling side
   */
  record Start<P>(GroupId group, byte[] proof, Introduction introduction)
      implements BondMessage<P> {}

  /**
   * The answer to {@link Start}; from here on there is a bond.
   *
   * @param proof that the side that was dialled knows the group's key too
   * @param introduction of the side that was dialled
   */
  record Accept<P>(byte[] proof, Introduction introduction) implements BondMessage<P> {}

  /** Says that this side lives; sent only when nothing else was. */
  record Alive<P>() implements BondMessage<P> {}

  /** This member leaves the group, in order; the last message. */
  record Departure<P>() implements BondMessage<P> {}

  /**
   * The sender's own entry has changed.
   *
   * @param entry the new one
   */
  record EntryUpdate<P>(SignedPeerEntry entry) implements BondMessage<P> {}

  /**
   * The sender has a bond with another member, whom the receiver may not know yet.
   *
   * @param entry of the other member
   */
  record Formed<P>(SignedPeerEntry entry) implements BondMessage<P> {}

  /**
   * What the group says.
   *
   * @param value consensus, commands, queries
   */
  record Payload<P>(P value) implements BondMessage<P> {}
}
