package io.mosaik.groups;

import io.mosaik.id.PeerId;
import java.util.List;

/** What can be waited for in a group. */
public interface GroupConditions {

  /** There is a leader: met with it. */
  GroupCondition<PeerId> leaderElected();

  /** There is another leader than at the time of this call: met with it. */
  GroupCondition<PeerId> leaderChanged();

  /** This peer leads, as far as this member knows. */
  GroupCondition<GroupStatus> leaderIs(PeerId peer);

  /** This member leads. To act on it, see {@link Group#leadership}. */
  GroupCondition<GroupStatus> isLeader();

  /** This member is a voter and follows a leader. */
  GroupCondition<GroupStatus> isFollower();

  /** This member leads, or follows a leader in step with it. */
  GroupCondition<GroupStatus> isOnline();

  /** This member is not online. */
  GroupCondition<GroupStatus> isOffline();

  /** There is a bond with this member. */
  GroupCondition<PeerId> bondedWith(PeerId peer);

  /** There are bonds with so many other members at least: met with all of them. */
  GroupCondition<List<PeerId>> bonded(int members);

  /**
   * The group has gone on without the logs of a majority of its voters, as of a position that this
   * member has applied: met with the last time of this membership, also if that was before this
   * call. Who replays its log after a restart is told again: the {@link GroupRecovery#epoch} says
   * which time it was. Members that had to give their log up for that of the others are told by
   * {@link CursorConditions#reverted} instead.
   */
  GroupCondition<GroupRecovery> recovered();

  /** Of the last position that this member knows to be committed. */
  CursorConditions committed();

  /** Of the last position that this member has applied. */
  CursorConditions applied();
}
