package io.mosaik.groups.raft;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * How long this leader can be sure that nobody else leads (T2; §6.4.1): since a majority of the
 * committee has answered a round, it votes for nobody else until an election timeout has passed
 * from when it heard that round, which was after the round began here.
 */
final class Lease {

  /** The starts of rounds are kept this finely: so many in a lease. */
  private static final int MARKS = 64;

  /** A round began. */
  private record Mark(long round, long startNs) {}

  private final RaftState state;
  private final Replication replication;
  private final Handover handover;
  private final long durationNs;

  /** Some of the rounds of the term: the latest that is confirmed, and later ones. */
  private final ArrayDeque<Mark> marks = new ArrayDeque<>();

  private long markedTerm;

  /** The latest round that was seen to begin. */
  private long begunRound;

  private @Nullable Tenure latest;

  Lease(RaftState state, Replication replication, Handover handover) {
    this.state = state;
    this.replication = replication;
    this.handover = handover;
    durationNs =
        state.keeps(Rule.LEASE_WITHIN_DRIFT)
            ? state.config.leaseDuration().toNanos()
            : state.electionTimeoutNs();
  }

  /** This member's tenure; null if it has none, or must not rely on it any more (T3). */
  @Nullable Tenure tenure() {
    Tenure known = latest;
    boolean held =
        known != null
            && state.quorum.intersects()
            && known.term() == state.term()
            && replication.isOpen()
            && !isGivenBack();
    return held ? known : null;
  }

  /** Whether nobody else can lead at this very moment. */
  boolean holds() {
    Tenure tenure = tenure();
    return tenure != null && tenure.holdsAt(state.now());
  }

  private boolean isGivenBack() {
    return (handover.isRunning() || handover.isLeaving()) && state.keeps(Rule.LEASE_TAKEN_BACK);
  }

  /** In a leader's turn, before it sends: rounds may have been confirmed. */
  void renew() {
    if (markedTerm != state.term()) {
      markedTerm = state.term();
      begunRound = 0;
      marks.clear();
      latest = null;
    }
    long confirmed = replication.confirmedRound();
    Mark begun = null;
    while (!marks.isEmpty() && marks.peek().round() <= confirmed) {
      begun = marks.poll();
    }
    if (begun != null) {
      marks.addFirst(begun);
      boolean early = state.keeps(Rule.LEASE_FROM_THE_START);
      long untilNs = (early ? begun.startNs() : state.now()) + durationNs;
      if (latest == null || untilNs - latest.untilNs() > 0) {
        latest = new Tenure(state.term(), untilNs);
      }
    }
    while (marks.size() > 1 && state.now() - marks.peek().startNs() > durationNs) {
      marks.poll(); // would come too late
    }
  }

  /** In a leader's turn, after it has sent: a round may have begun, now and not before. */
  void mark() {
    if (replication.round() == begunRound) {
      return;
    }
    begunRound = replication.round();
    Mark last = marks.peekLast();
    if (last == null || state.now() - last.startNs() >= durationNs / MARKS) {
      marks.add(new Mark(begunRound, state.now()));
    }
  }
}
