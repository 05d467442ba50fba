package io.mosaik.groups.raft;

import io.mosaik.groups.log.Member;

/**
 * Who a core is and what it may do; each member's own, not part of the group's id.
 *
 * @param self the local peer with the incarnation of its storage
 * @param session a fresh unpredictable number, the session of this run's commands
 * @param observer whether it never votes or leads
 * @param reluctance its election timeout and bootstrap delay are multiplied by this, at least 1: a
 *     reluctant member leads only where no other would
 * @param durable whether its log outlives its process
 * @param bounds of the log it holds
 */
public record RaftOptions(
    Member self,
    long session,
    boolean observer,
    int reluctance,
    boolean durable,
    LogBounds bounds) {

  /** Of a member that keeps its log whole, and in memory. */
  public RaftOptions(Member self, long session, boolean observer, int reluctance) {
    this(self, session, observer, reluctance, LogBounds.NONE);
  }

  /** Of a member that keeps its log in memory. */
  public RaftOptions(
      Member self, long session, boolean observer, int reluctance, LogBounds bounds) {
    this(self, session, observer, reluctance, false, bounds);
  }

  /**
   * Checks the reluctance.
   *
   * @throws IllegalArgumentException if it is not from 1 to 1,000
   */
  public RaftOptions {
    if (reluctance < 1 || reluctance > 1_000) {
      throw new IllegalArgumentException("reluctance is from 1 to 1000, it is " + reluctance);
    }
  }
}
