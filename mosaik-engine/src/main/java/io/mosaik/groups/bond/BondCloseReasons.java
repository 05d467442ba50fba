package io.mosaik.groups.bond;

import io.mosaik.transport.CloseReason;

/** Why bonds are closed, beyond the reasons of every link. */
public final class BondCloseReasons {

  /** The handshake was not one: another message, or an introduction of somebody else. */
  public static final CloseReason INVALID_HANDSHAKE = new CloseReason(30_400, "invalid handshake");

  /** The other side carries no ticket that is good, or no longer. */
  public static final CloseReason NOT_ALLOWED = new CloseReason(30_403, "not allowed");

  /** The side that was dialled is not a member of the group. */
  public static final CloseReason GROUP_NOT_FOUND = new CloseReason(30_404, "group not found");

  /** The other side does not know the group's key. */
  public static final CloseReason INVALID_PROOF = new CloseReason(30_405, "invalid proof");

  /** The handshake was not finished in time, or nothing was heard for too long. */
  public static final CloseReason TIMEOUT = new CloseReason(30_408, "bond timed out");

  /** There is another bond between the two, which stays. */
  public static final CloseReason ALREADY_BONDED = new CloseReason(30_429, "already bonded");

  private BondCloseReasons() {}
}
