package io.mosaik.discovery;

/**
 * Which of two entries of a peer is newer: by start, then by update.
 *
 * @param startMs wall time at which the peer started, in ms since 1970
 * @param updateMs wall time of the change, in ms since 1970; grows with each change
 */
public record EntryVersion(long startMs, long updateMs) implements Comparable<EntryVersion> {

  @Override
  public int compareTo(EntryVersion other) {
    int byStart = Long.compare(startMs, other.startMs);
    return byStart != 0 ? byStart : Long.compare(updateMs, other.updateMs);
  }
}
