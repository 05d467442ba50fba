package io.mosaik.groups;

import io.mosaik.groups.Group.Role;
import io.mosaik.id.PeerId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A member's view of its group at one moment.
 *
 * @param role this member's part
 * @param term the present term
 * @param leader the leader, as far as this member knows, or null
 * @param online whether this member leads, or follows a leader in step with it
 * @param committee the voters, ordered by id
 * @param committed the last position known to be committed
 * @param applied the last position applied here
 * @param sync what it holds of the log, and how far it is with what it lacks
 * @param outage why the group has had no leader for long, and what to do about it; null unless it
 *     is for want of a majority of the voters
 * @param failure why this member has stopped by itself (its storage failed, its machine broke the
 *     JVM, its own state was found broken); null if it has not. A member that has stopped does
 *     nothing any more; its node can join the group again when all handles are closed
 */
public record GroupStatus(
    Role role,
    long term,
    @Nullable PeerId leader,
    boolean online,
    List<PeerId> committee,
    long committed,
    long applied,
    SyncStatus sync,
    @Nullable GroupOutage outage,
    @Nullable String failure) {

  /** Copies the committee. */
  public GroupStatus {
    committee = List.copyOf(committee);
  }
}
