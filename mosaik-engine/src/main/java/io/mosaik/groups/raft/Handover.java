package io.mosaik.groups.raft;

import io.mosaik.groups.log.Member;
import io.mosaik.groups.raft.Effect.TransferFailure;
import io.mosaik.groups.raft.Message.TimeoutNow;
import io.mosaik.id.PeerId;
import org.jspecify.annotations.Nullable;

/**
 * A leader hands its leadership to a voter that has all of its log: because it leaves, because its
 * user wants so, because it is no voter itself, or because its machine keeps its log full (C6, N7;
 * §3.10). While that runs it takes no commands and has no lease (T3). If nothing comes of it within
 * an election timeout, it goes on (T4).
 */
final class Handover {

  private final RaftState state;
  private final Replication replication;

  /** This member leaves: it stands no more, and takes no more commands. */
  private boolean leaving;

  /** A successor is looked for, in this term. */
  private boolean running;

  private long runningTerm;

  /** The successor was asked to stand, which can't be taken back. */
  private boolean asked;

  /** All is handed over, or nothing can be. */
  private boolean done;

  /** Who is to lead; null for anyone. */
  private @Nullable PeerId wanted;

  /** The user's request that is under way. */
  private @Nullable Long token;

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
    wanted = null;
    if (!running) {
      begin();
    }
    done = !running;
  }

  /** The user wants another member to lead. */
  void transfer(long requestToken, @Nullable PeerId to) {
    if (!state.leads()) {
      fail(requestToken, TransferFailure.NOT_LEADING);
    } else if (leaving || token != null) {
      fail(requestToken, TransferFailure.BUSY);
    } else {
      wanted = to;
      if (successor() == null) {
        wanted = null;
        fail(requestToken, TransferFailure.NO_SUCCESSOR);
      } else {
        token = requestToken;
        begin();
      }
    }
  }

  private void fail(long requestToken, TransferFailure reason) {
    state.emit(new Effect.TransferFailed(requestToken, reason));
  }

  /** A leader that is no voter may lead only until a voter can (§4.2.2). */
  void yieldIfNoVoter() {
    if (!running && replication.isOpen() && !state.isVoter()) {
      begin();
    }
  }

  /** A leader whose log its own machine keeps full makes way for one that can go on (N7). */
  void yieldIfKeptFull(LogRoom room) {
    if (!running && replication.isOpen() && room.yields()) {
      begin();
    }
  }

  private void begin() {
    if (state.leads() && successor() != null) {
      running = true;
      runningTerm = state.term();
      state.setTimer(TimerKind.HANDOVER, state.electionTimeoutNs());
    }
  }

  /** The bonded voter that has most of the log, or the one that is wanted. */
  private @Nullable Member successor() {
    Member best = null;
    long most = -1;
    for (Member member : state.quorum.voters()) {
      Progress known = replication.progressOf(member);
      if (!member.equals(state.self)
          && (wanted == null || wanted.equals(member.peer()))
          && known != null
          && state.bonded.containsKey(member)
          && known.matchIndex > most) {
        most = known.matchIndex;
        best = member;
      }
    }
    return best;
  }

  void onTimer() {
    if (running) {
      end(null);
    }
  }

  /** After the turn's messages, so that the successor has this node's answers. */
  void flush() {
    if (running && !state.leads()) {
      if (state.leader != null) {
        state.cancelTimer(TimerKind.HANDOVER);
        end(state.leader);
      }
    } else if (running && runningTerm != state.term()) {
      state.cancelTimer(TimerKind.HANDOVER);
      end(null); // It was elected again before another was.
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

  private void end(@Nullable Member leader) {
    running = false;
    done = leaving;
    wanted = null;
    if (token != null) {
      state.emit(
          leader == null
              ? new Effect.TransferFailed(token, TransferFailure.TIMED_OUT)
              : new Effect.TransferDone(token, leader));
      token = null;
    }
    if (asked
        && state.leads()
        && state.term() == runningTerm
        && !leaving
        && state.keeps(Rule.OPENED_AGAIN)) {
      replication.reopen(); // T4
    }
    asked = false;
  }
}
