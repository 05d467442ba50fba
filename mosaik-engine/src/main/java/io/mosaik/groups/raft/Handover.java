package io.mosaik.groups.raft;

import io.mosaik.groups.log.Committee;
import io.mosaik.groups.log.Member;
import io.mosaik.groups.raft.Message.TimeoutNow;
import org.jspecify.annotations.Nullable;

/** A leader that leaves hands its leadership to a voter that has all of its log (C6; §3.10). */
final class Handover {

  private final RaftState state;
  private final Replication replication;
  private boolean leaving;
  private boolean running;
  private boolean asked;
  private boolean done;

  Handover(RaftState state, Replication replication) {
    this.state = state;
    this.replication = replication;
  }

  /** Whether no more commands are taken. */
  boolean isRunning() {
    return running;
  }

  boolean isLeaving() {
    return leaving;
  }

  void leave() {
    if (leaving) {
      return;
    }
    leaving = true;
    begin();
    if (!running) {
      done = true;
    }
  }

  /** A leader that is no voter may lead only until a voter can (§4.2.2). */
  void yieldIfNoVoter() {
    if (!running && replication.isOpen() && !state.isVoter()) {
      begin();
    }
  }

  private void begin() {
    if (state.leads() && successor() != null) {
      running = true;
      asked = false;
      state.setTimer(TimerKind.HANDOVER, state.electionTimeoutNs());
    }
  }

  /** The bonded voter that has most of the log. */
  private @Nullable Member successor() {
    Committee committee = state.committee();
    Member best = null;
    long most = -1;
    if (committee != null) {
      for (Member member : committee.members()) {
        Progress known = replication.progressOf(member);
        if (!member.equals(state.self)
            && known != null
            && state.bonded.containsKey(member)
            && known.matchIndex > most) {
          most = known.matchIndex;
          best = member;
        }
      }
    }
    return best;
  }

  void onTimer() {
    if (running) {
      running = false;
      done = leaving;
    }
  }

  /** After the turn's messages, so that the successor has this node's answers. */
  void flush() {
    if (running && !state.leads()) {
      if (state.leader != null) {
        state.cancelTimer(TimerKind.HANDOVER);
        running = false;
        done = leaving;
      }
    } else if (running && !asked) {
      Member successor = successor();
      Progress known = successor == null ? null : replication.progressOf(successor);
      if (successor != null && known != null && known.matchIndex == state.log.lastIndex()) {
        asked = true;
        state.send(successor, new TimeoutNow(state.log.lineage(), state.term()));
      }
    }
    if (done) {
      done = false;
      state.emit(new Effect.LeaveReady());
    }
  }
}
