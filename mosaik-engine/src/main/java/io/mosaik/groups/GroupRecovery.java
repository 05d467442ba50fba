package io.mosaik.groups;

import io.mosaik.id.PeerId;
import java.util.List;

/**
 * A group has gone on without the logs of a majority of its voters, which were lost for good: what
 * was committed and only they had is lost, whoever was told that it is done. What was kept stands
 * as it was; nothing that this member has applied is void.
 *
 * @param epoch how often the group has gone on so, this time included
 * @param kept the last position that was kept of what was before, committed or not; 0 where this
 *     member was so far behind that it took the state from a snapshot, and can't know
 * @param lost the voters whose logs were counted as lost, ordered by id; none where {@code kept} is
 *     0
 */
public record GroupRecovery(int epoch, long kept, List<PeerId> lost) {

  /** Copies the list. */
  public GroupRecovery {
    lost = List.copyOf(lost);
  }
}
