package io.mosaik.groups.raft;

import io.mosaik.groups.log.LogPosition;
import io.mosaik.groups.log.Member;
import io.mosaik.groups.log.SnapshotManifest;
import io.mosaik.groups.raft.Message.LogRequest;
import io.mosaik.groups.raft.Message.LogResponse;
import io.mosaik.groups.raft.Message.SnapshotOffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Fetches the entries that are missing between this log and the leader's (R2): one request at a
 * time, in bounded batches, from other voters where much is missing and from the leader last.
 *
 * <p>A peer that does not lead sends committed entries only, which are every later leader's too
 * (§3.6.3, leader completeness); the leader of the current term may send all it has.
 */
final class CatchUp {

  private final RaftState state;
  private final Following following;

  /** The index that the leader's log was seen to reach; 0 while nothing is missing. */
  private long target;

  private @Nullable Member provider;
  private LogPosition asked = LogPosition.START;

  /** The snapshot that is fetched before the log can go on; null if none is. */
  private @Nullable SnapshotManifest fetching;

  /** Voters that had nothing more to give since the last progress. */
  private final List<Member> exhausted = new ArrayList<>();

  CatchUp(RaftState state, Following following) {
    this.state = state;
    this.following = following;
  }

  boolean isRunning() {
    return target > 0;
  }

  /** Entries up to this index are missing. */
  void need(long index) {
    target = Math.max(target, Math.max(1, index));
    resume();
  }

  void stop() {
    target = 0;
    exhausted.clear();
    if (provider != null) {
      provider = null;
      state.cancelTimer(TimerKind.CATCH_UP);
    }
  }

  /** The log is the leader's up to here, by whatever way. */
  void onMatched(long index) {
    if (fetching != null && index >= fetching.position().index()) {
      abandonFetch();
    }
    if (target > 0 && index >= target) {
      stop();
    }
  }

  private void request(LogPosition after) {
    provider = choose();
    if (provider == null) {
      stop();
      return;
    }
    asked = after;
    state.send(provider, new LogRequest(state.leaderLineage, state.term(), after));
    state.setTimer(TimerKind.CATCH_UP, state.electionTimeoutNs() / 2);
  }

  private @Nullable Member choose() {
    Member leader = state.leader;
    if (target - state.log.lastIndex() > Message.MAX_BATCH_ENTRIES) {
      var others = new ArrayList<Member>();
      for (Member member : state.quorum.voters()) {
        if (state.bonded.containsKey(member)
            && !member.equals(leader)
            && !exhausted.contains(member)) {
          others.add(member);
        }
      }
      if (!others.isEmpty()) {
        return others.get(state.random.nextInt(others.size()));
      }
    }
    return leader != null && state.bonded.containsKey(leader) ? leader : null;
  }

  /** The provider did not answer in time: try another. */
  void onTimer() {
    if (provider != null) {
      exhausted.add(provider);
      request(state.log.last());
    }
  }

  void onBondDown(Member member) {
    if (member.equals(provider)) {
      onTimer();
    }
  }

  /** Someone asks this node; what was pruned is in its snapshot. */
  void onRequest(Member from, LogRequest request) {
    LogPosition after = request.after();
    boolean pruned = after.index() < state.log.base().index();
    boolean has = !pruned && state.log.has(after);
    LogPosition previous = has ? after : state.log.latestNotAfter(after);
    if (pruned || previous.term() > after.term()) {
      SnapshotManifest snapshot = state.snapshot;
      if (snapshot != null) {
        state.send(from, new SnapshotOffer(state.log.lineage(), state.term(), after, snapshot));
      }
      return;
    }
    long through = state.leads() ? state.log.lastIndex() : state.log.commitIndex();
    state.send(
        from,
        new LogResponse(
            state.log.lineage(),
            state.term(),
            request.after(),
            previous,
            state.log.commitIndex(),
            has ? state.log.batch(previous.index() + 1, through) : List.of()));
  }

  void onResponse(Member from, LogResponse response) {
    if (!from.equals(provider)
        || !response.asked().equals(asked)
        || !response.lineage().equals(state.leaderLineage)
        || !state.log.has(asked)) {
      return;
    }
    boolean fromLeader = from.equals(state.leader) && response.term() == state.term();
    if (!response.previous().equals(asked)) {
      stepBack(from, response);
      return;
    }
    long given = asked.index() + response.entries().size();
    long trusted = fromLeader ? given : Math.min(given, response.commitIndex());
    long before = state.log.commitIndex();
    if (trusted > asked.index()) {
      int count = (int) (trusted - asked.index());
      following.take(asked, response.entries().subList(0, count));
      exhausted.clear();
    } else if (!fromLeader) {
      exhausted.add(from);
    }
    if (fromLeader || trusted >= asked.index()) {
      following.caughtUpTo(trusted, response.commitIndex());
    }
    if (target > 0) {
      if (fromLeader && trusted == asked.index() && before == state.log.commitIndex()) {
        stop(); // The leader has no more: its next message tells whether anything is missing.
      } else {
        request(trusted > asked.index() ? state.log.position(trusted) : asked);
      }
    }
  }

  /** What the provider was asked for is pruned there: its snapshot comes first. */
  void onOffer(Member from, SnapshotOffer offer) {
    if (!from.equals(provider)
        || !offer.asked().equals(asked)
        || !offer.lineage().equals(state.leaderLineage)) {
      return;
    }
    SnapshotManifest snapshot = offer.snapshot();
    if (snapshot.position().index() <= state.log.commitIndex()) {
      exhausted.add(from);
      request(state.log.last());
      return;
    }
    provider = null;
    state.cancelTimer(TimerKind.CATCH_UP);
    fetching = snapshot;
    state.emit(new Effect.FetchSnapshot(snapshot, from));
  }

  /** The snapshot is stored, or nobody has it any more. */
  void fetchEnded(SnapshotManifest snapshot) {
    if (snapshot.equals(fetching)) {
      fetching = null;
    }
  }

  /** Asks for what is still missing, unless that is under way. */
  void resume() {
    if (target > 0 && provider == null && fetching == null) {
      request(state.log.last());
    }
  }

  void abandonFetch() {
    if (fetching != null) {
      fetching = null;
      state.emit(new Effect.AbandonFetch());
    }
  }

  /** The provider's log differs at the position asked for: ask for an earlier one (§3.5). */
  private void stepBack(Member from, LogResponse response) {
    LogPosition earlier = state.log.latestNotAfter(response.previous());
    if (earlier.index() < state.log.commitIndex()) {
      earlier = state.log.position(state.log.commitIndex());
    }
    if (earlier.index() >= asked.index()) {
      exhausted.add(from);
      earlier = state.log.last();
    }
    request(earlier);
  }
}
