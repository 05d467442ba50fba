package io.mosaik.groups;

import io.mosaik.groups.bond.BondCloseReasons;
import io.mosaik.transport.CloseReason;
import org.jspecify.annotations.Nullable;

/** Why a bond was refused, by either of its sides. */
public enum BondRefusal {
  /** The handshake was not one: another message, or an introduction of somebody else (30_400). */
  INVALID_HANDSHAKE(BondCloseReasons.INVALID_HANDSHAKE),
  /** No ticket of the refused side is good, or none is any more (30_403). */
  NOT_ALLOWED(BondCloseReasons.NOT_ALLOWED),
  /** The side that was asked is not a member, though its entry said so (30_404). */
  GROUP_NOT_FOUND(BondCloseReasons.GROUP_NOT_FOUND),
  /** The refused side does not know the group's key (30_405). */
  INVALID_PROOF(BondCloseReasons.INVALID_PROOF),
  /** The handshake, or the judgement of a ticket in it, was not finished in time (30_408). */
  TIMEOUT(BondCloseReasons.TIMEOUT);

  private final long code;

  BondRefusal(CloseReason reason) {
    code = reason.code();
  }

  /** What a link was closed for, or null if that is no refusal. */
  static @Nullable BondRefusal of(CloseReason closed) {
    for (BondRefusal refusal : values()) {
      if (refusal.code == closed.code()) {
        return refusal;
      }
    }
    return null;
  }
}
