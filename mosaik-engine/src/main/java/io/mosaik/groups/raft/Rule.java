package io.mosaik.groups.raft;

/**
 * The safety rules of {@code docs/raft.md} that a core can be told to break, so that tests can show
 * that their checks would notice. Not for any other use.
 */
enum Rule {
  /** E3: at most one vote a term. */
  ONE_VOTE_A_TERM,
  /** E3: a vote is stored before it is given. */
  STORED_VOTE,
  /** E3: only a candidate whose log is at least as up to date gets a vote. */
  UP_TO_DATE_CANDIDATE,
  /** E3: a candidate counts full members, incarnation included. */
  INCARNATION,
  /** E3: the votes of others than the committee's members don't count. */
  VOTES_OF_VOTERS,
  /** R1: a follower answers for an entry when it is stored. */
  ANSWER_WHAT_IS_STORED,
  /** R2: who doesn't lead is asked for, and believed, what is committed only. */
  COMMITTED_BY_OTHERS,
  /** R3: entries are dropped where the terms differ, never because a message is short. */
  DROPPED_WHERE_TERMS_DIFFER,
  /** R5: what is not known to be the leader's is not committed. */
  COMMITTED_WHERE_KNOWN_TO_MATCH,
  /** E5: a leader answers reads when an entry of its own term is committed. */
  READ_WHEN_OPEN,
  /** E6: a leader that a majority doesn't answer is none any more. */
  HEARD_BY_A_MAJORITY,
  /** E7: a leader that can store nothing more is none, where another could be. */
  STORED_IN_TIME,
  /** F6: a node without a log that is taken in by one lineage listens to no other. */
  ONE_LEADER_WHILE_EMPTY,
  /** R4: only entries of the current term are committed by counting. */
  COMMIT_CURRENT_TERM,
  /** C1: the next change waits until the last is committed. */
  ONE_CHANGE_AT_A_TIME,
  /** C1: a change is by one member. */
  ONE_MEMBER_A_CHANGE,
  /** C2: no change before an entry of the leader's own term is committed. */
  CHANGE_AFTER_OWN_TERM,
  /** F4: every member of the electorate answers. */
  ALL_ANSWER,
  /** F4: none of them has a log. */
  NONE_WITH_A_LOG,
  /** F5: who drops a log for another lineage never acts in the dropped one again. */
  ABANDONED_FOR_GOOD,
  /** T1: who has heard of a leader lately votes for no other. */
  LED_MEMBERS_REFUSE,
  /** T2: a lease begins when the round that renews it began, not when it was confirmed. */
  LEASE_FROM_THE_START,
  /** T2: a lease is shorter than the others' patience by what clocks may differ. */
  LEASE_WITHIN_DRIFT,
  /** T3: the lease is taken back before another member is asked to stand. */
  LEASE_TAKEN_BACK,
  /** T4: after a transfer that came to nothing, an entry is committed before there is a lease. */
  OPENED_AGAIN,
  /** T5: a start counts as a sign of a leader. */
  START_IS_A_SIGN,
  /** L2: a frozen group tells where it froze, however far its log has grown. */
  FROZEN_STANDS_STILL,
  /** L2: a frozen group takes no commands. */
  FROZEN_TAKES_NOTHING,
  /** L2: a group dissolves only while it is the lesser with the index at which it froze. */
  LESSER_DISSOLVES,
  /** L3: nobody leaves before the dissolution is committed. */
  DISSOLVED_BY_COMMIT,
  /** L4: only a commit proves that a lineage has ended. */
  PROVEN_END,
  /** G2: all voters that are not gone have answered, and G3: all that hold a log have agreed. */
  SURVIVORS_AGREE,
  /** G2: the one that goes on has as much as any that holds a log. */
  MOST_COMPLETE_GOES_ON,
  /** G2, G3: nothing goes on that lacks what anyone who is there knows to be committed. */
  KNOWN_COMMITTED_GOES_ON,
  /** G3: who has promised an epoch remembers it, and who may have begun it. */
  KEPT_PROMISE,
  /** Q1: the leadership is confirmed after the query arrived. */
  CONFIRMED_READ,
  /** Q2: a read is answered from a state that has all that it was confirmed for. */
  READ_WHEN_APPLIED,
  /** Q3: reads end with the leadership that they wait for. */
  READ_OF_ONE_LEADERSHIP,
  /** B2: no two members ever lead in one term. */
  TERMS_OF_ONES_OWN,
  /** B4: what was committed need not be in the log of a later leader. */
  MATCHED_ANEW,
  /** B5: a snapshot of what was dropped from the log is void. */
  SNAPSHOT_OF_THE_LOG,
  /** B6: what was numbered before a part of the log was given up has another origin. */
  ANOTHER_ORIGIN,
  /** N3: the log is pruned when the snapshot that covers it is durable. */
  PRUNED_WHEN_COVERED,
  /** N4: behind an installed snapshot only those entries stay that follow it. */
  FITTING_SUFFIX,
  /** N5: nothing is applied while the machine starts over. */
  STILL_WHILE_RESTORING,
  /** N6: what a member says of its log in a later term says nothing of the present leader's. */
  LOG_OF_THE_TERM,
  /** S2: a command whose number was applied is skipped. */
  APPLIED_ONCE,
  /** S7: what follows the end of a lineage has another origin. */
  ORIGIN_OF_THE_LINEAGE
}
