package io.mosaik.groups.raft;

import io.mosaik.groups.log.LogPosition;
import io.mosaik.groups.log.Member;
import java.util.List;

/**
 * Why a group stands still: no majority of its committee is there (G1).
 *
 * @param gone the voters whose logs no longer exist, in order
 * @param missing the other voters that are not there, and may come back, in order
 * @param committed up to where this member knows its log to be committed
 * @param remedy what ends it
 */
public record Outage(
    List<Member> gone, List<Member> missing, LogPosition committed, Remedy remedy) {

  /** What ends an outage. */
  public enum Remedy {
    /** Voters that are missing come back; or an operator says that they never will. */
    RETURN,
    /** It ends by itself as soon as those that remain have met and agreed. */
    AGREEMENT,
    /** No majority can return, and logs were durable: an operator says that they are lost. */
    OPERATOR
  }

  /** Copies the lists. */
  public Outage {
    gone = List.copyOf(gone);
    missing = List.copyOf(missing);
  }
}
