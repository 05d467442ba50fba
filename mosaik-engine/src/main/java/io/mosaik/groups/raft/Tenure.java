package io.mosaik.groups.raft;

/**
 * This member leads, and until a point in time no other can: the others in its committee have
 * promised a majority of their votes to nobody else for longer than that (T1, T2).
 *
 * @param term in which it leads
 * @param untilNs up to when, in nanoseconds of the clock that the core is given, this is sure
 */
public record Tenure(long term, long untilNs) {

  /** Whether it is still sure. */
  public boolean holdsAt(long nowNs) {
    return nowNs - untilNs < 0;
  }
}
