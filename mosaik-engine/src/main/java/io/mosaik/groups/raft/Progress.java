package io.mosaik.groups.raft;

/** What a leader knows of one other member in its term. */
final class Progress {

  /** Up to where it has stored the leader's log, by its answers that count. */
  long matchIndex;

  /** Up to where it has the leader's log, by any of its answers; tells how far behind it is. */
  long knownIndex;

  /** The latest of the leader's rounds that it answered with an answer that counts. */
  long round;

  /** When it was last heard of. */
  long heardNs;

  /** Whether it said that it never votes or leads in this lineage (F7). */
  boolean observes;

  /** Whether it knows that the formation is committed, and so can't abandon this lineage (F5). */
  boolean settled;

  Progress(long nowNs) {
    heardNs = nowNs;
  }
}
