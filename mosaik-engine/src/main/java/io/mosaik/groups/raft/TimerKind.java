package io.mosaik.groups.raft;

/** The timers of a core: one of each kind is pending at most; setting it again replaces it. */
public enum TimerKind {
  /** No leader was heard of for too long (E1, F1), or an attempt to become one has failed. */
  ELECTION,
  /** The leader's beat: heartbeat, check of the quorum (E6), change of the committee (C1-C5). */
  HEARTBEAT,
  /** A request for missing entries was not answered. */
  CATCH_UP,
  /** Own commands have not been applied for too long and are sent again (S1). */
  RESEND,
  /** A handover of leadership has not come about in time (C6). */
  HANDOVER
}
