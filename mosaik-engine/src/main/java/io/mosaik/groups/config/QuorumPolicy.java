package io.mosaik.groups.config;

/** What a group gives up when its members can't all see each other. Part of the group's id. */
public enum QuorumPolicy {

  /**
   * Commands are acknowledged by a majority of a committee that the log names. What was
   * acknowledged is never lost, and a side without that majority stands still until it is back.
   */
  COMMITTED,

  /**
   * Commands are acknowledged by a majority of the members that see each other at that moment, down
   * to one that is alone. The group is always available, and <b>acknowledged commands can be
   * lost</b>: sides that can't see each other each go on, and when they meet one of them gives up
   * what it did meanwhile; the condition {@code applied().reverted()} tells its members. There are
   * no strong reads, and nobody holds a leadership.
   */
  BONDED
}
