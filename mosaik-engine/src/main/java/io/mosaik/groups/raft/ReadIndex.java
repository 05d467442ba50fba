package io.mosaik.groups.raft;

import io.mosaik.groups.log.Member;
import io.mosaik.groups.raft.Message.ReadRequest;
import io.mosaik.groups.raft.Message.ReadResponse;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Strong reads (§6.4): the leader notes its commit index when the query arrives and confirms with a
 * round that starts afterwards that it still leads; queries that wait share a round. Members that
 * don't lead ask the leader and answer from their own state once they have applied so much.
 */
final class ReadIndex {

  /** So many reads wait at most, own and others'; more fail at once. */
  static final int MAX_WAITING = 10_000;

  /** A read that waits on the leader; {@code from} is null for the leader's own. */
  private record Waiting(@Nullable Member from, long token, long index, long round) {}

  /** A read that is confirmed but not yet applied here. */
  private record Confirmed(long token, long index) {}

  private final RaftState state;
  private final Replication replication;
  private final Lease lease;

  /** On the leader: reads that wait for the next round to start, or for it to open. */
  private final ArrayDeque<Waiting> arrived = new ArrayDeque<>();

  /** On the leader: reads whose round has started. */
  private final ArrayDeque<Waiting> started = new ArrayDeque<>();

  /** Elsewhere: own reads that the leader was asked about. */
  private final LinkedHashSet<Long> asked = new LinkedHashSet<>();

  private final List<Confirmed> confirmed = new ArrayList<>();

  ReadIndex(RaftState state, Replication replication, Lease lease) {
    this.state = state;
    this.replication = replication;
    this.lease = lease;
  }

  /** This node's user asks. */
  void begin(long token) {
    Member leader = state.leader;
    if (state.leads() && isTaken()) {
      arrived.add(new Waiting(null, token, 0, 0));
    } else if (!state.leads()
        && leader != null
        && !state.log.isEmpty()
        && state.leaderLineage.equals(state.log.lineage())
        && state.bonded.containsKey(leader)
        && isTaken()) {
      asked.add(token);
      state.send(leader, new ReadRequest(state.log.lineage(), state.term(), token));
    } else {
      state.emit(new Effect.ReadFailed(token));
    }
  }

  /** Whether one more read may be asked here. */
  private boolean isTaken() {
    return state.quorum.intersects() // B7
        && arrived.size() + started.size() + asked.size() + confirmed.size() < MAX_WAITING;
  }

  void onRequest(Member from, ReadRequest request) {
    if (state.leads() && isTaken()) {
      arrived.add(new Waiting(from, request.token(), 0, 0));
    } else {
      answer(new Waiting(from, request.token(), 0, 0), false);
    }
  }

  void onResponse(ReadResponse response) {
    if (!asked.remove(response.token())) {
      return;
    }
    if (response.confirmed()) {
      confirmed.add(new Confirmed(response.token(), response.index()));
    } else {
      state.emit(new Effect.ReadFailed(response.token()));
    }
  }

  /**
   * Before the turn's broadcast: reads that have arrived start a round, unless one is under way, or
   * a lease makes it unnecessary (Q4).
   */
  void startRound() {
    boolean open = replication.isOpen() || !state.keeps(Rule.READ_WHEN_OPEN); // E5
    if (arrived.isEmpty() || !open) {
      return;
    }
    boolean sure = state.config.leaseReads() && lease.holds();
    if (sure) {
      long index = state.log.commitIndex();
      arrived.forEach(read -> answer(new Waiting(read.from(), read.token(), index, 0), true));
      arrived.clear();
      return;
    }
    if (!started.isEmpty() && started.getLast().round() > replication.confirmedRound()) {
      return;
    }
    long round = state.keeps(Rule.CONFIRMED_READ) ? replication.startRound() : 0;
    long index = state.log.commitIndex();
    for (Waiting read : arrived) {
      started.add(new Waiting(read.from(), read.token(), index, round));
    }
    arrived.clear();
  }

  /** After the turn's commits: reads whose round is confirmed, and that are applied here. */
  void finish() {
    if (!started.isEmpty() && state.leads()) {
      long round = replication.confirmedRound();
      while (!started.isEmpty() && started.getFirst().round() <= round) {
        answer(started.removeFirst(), true);
      }
    }
    if (!confirmed.isEmpty()) {
      confirmed.removeIf(read -> {
        boolean ready = read.index() <= state.applied || !state.keeps(Rule.READ_WHEN_APPLIED);
        if (ready) {
          state.emit(new Effect.ReadReady(read.token(), read.index()));
        }
        return ready;
      });
    }
  }

  private void answer(Waiting read, boolean ok) {
    Member from = read.from();
    if (from != null) {
      if (state.bonded.containsKey(from)) {
        state.send(
            from,
            new ReadResponse(
                state.log.lineage(), state.term(), read.token(), ok, ok ? read.index() : 0));
      }
    } else if (ok) {
      confirmed.add(new Confirmed(read.token(), read.index()));
    } else {
      state.emit(new Effect.ReadFailed(read.token()));
    }
  }

  /** The leader, its term or the way to it has changed: nothing that waits can be confirmed. */
  void onLeaderChanged() {
    if (!state.keeps(Rule.READ_OF_ONE_LEADERSHIP)) {
      return;
    }
    arrived.forEach(read -> answer(read, false));
    arrived.clear();
    started.forEach(read -> answer(read, false));
    started.clear();
    asked.forEach(token -> state.emit(new Effect.ReadFailed(token)));
    asked.clear();
  }
}
