package io.mosaik.groups;

import io.mosaik.id.PeerId;
import java.util.List;

/**
 * Why a group stands still: too few of its voters are there to decide anything.
 *
 * @param gone the voters whose logs no longer exist
 * @param missing the other voters that are not there, and may come back
 * @param needsOperator whether it goes on only when lost logs are restored, or {@link
 *     Group#recover} is called
 * @param description all of it in a sentence or two, with what to do
 */
public record GroupOutage(
    List<PeerId> gone, List<PeerId> missing, boolean needsOperator, String description) {

  /** Copies the lists. */
  public GroupOutage {
    gone = List.copyOf(gone);
    missing = List.copyOf(missing);
  }
}
