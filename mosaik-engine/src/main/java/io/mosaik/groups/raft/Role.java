package io.mosaik.groups.raft;

/** What a member is in its group at the moment. */
public enum Role {
  /** Has no log yet: waits to be taken in by a leader, or to form the first committee. */
  UNFORMED,
  /** Replicates and never votes or leads, by its own choice. */
  OBSERVER,
  /** Replicates, is not in the committee, and may be promoted into it. */
  LEARNER,
  /** Is in the committee and follows a leader or waits for one. */
  FOLLOWER,
  /** Stands for election, or for the formation of the first committee. */
  CANDIDATE,
  /** Leads its term. */
  LEADER
}
