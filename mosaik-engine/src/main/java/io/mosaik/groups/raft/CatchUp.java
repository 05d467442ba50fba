package io.mosaik.groups.raft;

import io.mosaik.groups.log.Entry;
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
 * Fetches the entries that are missing between this log and the leader's (R2), in bounded batches:
 * one after the other where the log ends, further ranges at the same time where much is missing;
 * from other voters then, and from the leader last.
 *
 * <p>A peer that does not lead sends committed entries only, which are every later leader's too
 * (§3.6.3, leader completeness); the leader of the current term may send all it has. Where what is
 * committed need not stay, only the leader is asked, and what it doesn't have is given up (B4).
 */
final class CatchUp {

  private final RaftState state;
  private final Following following;
  private final Ranges ranges;
  private final LogRoom room;

  /** The index that the leader's log was seen to reach; 0 while nothing is missing. */
  private long target;

  /**
   * The leader said that so much is committed, and so is in other logs too; 0 if that is not sure.
   */
  private long committed;

  /** Up to here the log was verified to be the leader's, since something is missing; or 0. */
  private long verified;

  /** Who was asked for what follows the end of the log; null while a range brings that. */
  private @Nullable Member provider;

  private LogPosition asked = LogPosition.START;

  /** The snapshot that is fetched before the log can go on; null if none is. */
  private @Nullable SnapshotManifest fetching;

  /** Behind this index entries were missing when the first ones came; -1 until then. */
  private long fetchedFrom = -1;

  private long fetchedBytes;

  /** Voters that had nothing more to give since the last progress. */
  private final List<Member> exhausted = new ArrayList<>();

  /** There is no room for entries; that is looked at again when the timer fires (N7, R7). */
  private boolean waitsForRoom;

  CatchUp(RaftState state, Following following, LogRoom room) {
    this.state = state;
    this.following = following;
    this.room = room;
    ranges = new Ranges(state);
  }

  boolean isRunning() {
    return target > 0;
  }

  /** Entries up to this index are missing; the leader has committed so much. */
  void need(long index, long leaderCommit) {
    target = Math.max(target, Math.max(1, index));
    if (state.quorum.intersects()) {
      committed = Math.max(committed, leaderCommit);
    }
    if (verified == 0) {
      resume();
    }
  }

  void stop() {
    if (target == 0) {
      return;
    }
    target = 0;
    committed = 0;
    verified = 0;
    provider = null;
    exhausted.clear();
    ranges.clear();
    waitsForRoom = false;
    fetchedFrom = -1;
    state.cancelTimer(TimerKind.CATCH_UP);
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
    ranges.ask(after.index(), committed);
    state.setTimer(TimerKind.CATCH_UP, patienceNs());
  }

  private long patienceNs() {
    return state.electionTimeoutNs() / 2;
  }

  private @Nullable Member choose() {
    Member leader = state.leader;
    if (committed - state.log.lastIndex() > state.log.batchEntries) {
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

  /** Who was asked did not answer in time: try others. */
  void onTimer() {
    waitsForRoom = false;
    ranges.forgetLate(patienceNs());
    if (provider != null) {
      exhausted.add(provider);
      provider = null;
    }
    resume();
  }

  void onBondDown(Member member) {
    ranges.onBondDown(member);
    if (member.equals(provider)) {
      exhausted.add(member);
      provider = null;
    }
    resume();
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
    boolean byIndex = LogRequest.isByIndex(after);
    if (byIndex) {
      has = previous.index() == after.index() && previous.index() <= state.log.commitIndex();
    }
    boolean committed = !state.leads() && state.keeps(Rule.COMMITTED_BY_OTHERS);
    boolean all = !committed && !byIndex;
    long through = all ? state.log.lastIndex() : state.log.commitIndex();
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
    if (target == 0 || !response.lineage().equals(state.leaderLineage)) {
      return;
    }
    if (!room.takesEntries()) {
      provider = null;
      ranges.clear();
      resume();
      return;
    }
    if (LogRequest.isByIndex(response.asked())) {
      ranges.onResponse(from, response);
      takeRanges();
      resume();
    } else if (from.equals(provider) && response.asked().equals(asked) && state.log.has(asked)) {
      onAnswer(from, response);
    }
  }

  /** The provider has answered. */
  private void onAnswer(Member from, LogResponse response) {
    ranges.told(from, response.commitIndex());
    boolean fromLeader = from.equals(state.leader) && response.term() == state.term();
    if (!fromLeader && !state.quorum.intersects()) {
      request(state.log.last());
      return;
    }
    if (!response.previous().equals(asked)) {
      if (fromLeader || response.commitIndex() >= asked.index()) {
        stepBack(from, response);
      } else {
        exhausted.add(from); // it is behind itself
        request(asked);
      }
      return;
    }
    long given = asked.index() + response.entries().size();
    boolean all = fromLeader || !state.keeps(Rule.COMMITTED_BY_OTHERS);
    long trusted = all ? given : Math.min(given, response.commitIndex());
    long before = state.log.commitIndex();
    if (trusted > asked.index()) {
      int count = (int) (trusted - asked.index());
      take(from, asked, response.entries().subList(0, count));
      exhausted.clear();
    } else if (!fromLeader) {
      exhausted.add(from);
    }
    if (fromLeader || trusted >= asked.index()) {
      verified = Math.max(asked.index(), trusted);
      following.caughtUpTo(trusted, response.commitIndex());
    }
    if (fromLeader && trusted == asked.index() && before == state.log.commitIndex()) {
      stop(); // The leader has no more: its next message tells whether anything is missing.
      return;
    }
    provider = null;
    takeRanges();
    resume();
  }

  /** What has come already and follows now. */
  private void takeRanges() {
    while (target > 0 && verified > 0) {
      Ranges.Arrived range = ranges.poll(verified);
      if (range == null) {
        return;
      }
      LogResponse answer = range.answer();
      take(range.source(), answer.previous(), answer.entries());
      verified = answer.previous().index() + answer.entries().size();
      following.caughtUpTo(verified, answer.commitIndex());
    }
  }

  /** Entries came that follow the log, and so much is told of it. */
  private void take(Member source, LogPosition previous, List<Entry> entries) {
    following.take(previous, entries);
    if (fetchedFrom < 0 || previous.index() < fetchedFrom) {
      fetchedFrom = previous.index();
      fetchedBytes = 0;
    }
    for (Entry entry : entries) {
      fetchedBytes += entry.sizeBytes();
    }
    long index = previous.index() + entries.size();
    state.emit(
        new Effect.EntriesFetched(
            source, fetchedFrom, Math.max(target, index), index, fetchedBytes));
  }

  /** What the provider was asked for is pruned there: its snapshot comes first. */
  void onOffer(Member from, SnapshotOffer offer) {
    if (LogRequest.isByIndex(offer.asked())) {
      ranges.pruned(from, offer.asked().index());
      resume();
      return;
    }
    if (!from.equals(provider)
        || !offer.asked().equals(asked)
        || !offer.lineage().equals(state.leaderLineage)) {
      return;
    }
    SnapshotManifest snapshot = offer.snapshot();
    if (!state.quorum.intersects()) {
      boolean fromLeader = from.equals(state.leader) && offer.term() == state.term();
      if (!fromLeader || state.log.has(snapshot.position())) {
        takeInStep(fromLeader, snapshot.position());
        return;
      }
    } else if (snapshot.position().index() <= state.log.commitIndex()) {
      exhausted.add(from);
      request(state.log.last());
      return;
    }
    provider = null;
    verified = 0;
    ranges.clear();
    fetchedFrom = -1;
    state.cancelTimer(TimerKind.CATCH_UP);
    fetching = snapshot;
    state.emit(new Effect.FetchSnapshot(snapshot, from));
  }

  /** The log has the leader's snapshot's last entry: the logs part behind it, if at all. */
  private void takeInStep(boolean fromLeader, LogPosition common) {
    provider = null;
    if (fromLeader) {
      verified = common.index();
      following.caughtUpTo(common.index(), common.index());
    }
    resume();
  }

  /**
   * The snapshot is stored, or nobody has it any more.
   *
   * @return whether it was being fetched
   */
  boolean fetchEnded(SnapshotManifest snapshot) {
    boolean wanted = snapshot.equals(fetching);
    if (wanted) {
      fetching = null;
    }
    return wanted;
  }

  /** Asks for what is still missing, unless that is under way. */
  void resume() {
    if (target == 0 || provider != null || fetching != null) {
      return;
    }
    if (!room.takesEntries()) {
      if (!waitsForRoom) {
        waitsForRoom = true;
        state.setTimer(TimerKind.CATCH_UP, patienceNs());
      }
      return;
    }
    if (verified == 0) {
      request(state.log.last());
    } else if (ranges.brings(verified)) {
      ranges.ask(verified, committed);
      state.setTimer(TimerKind.CATCH_UP, patienceNs());
    } else {
      long end = Math.min(verified, state.log.lastIndex());
      request(state.log.position(Math.max(end, state.log.base().index())));
    }
  }

  /** There may be room for entries now. */
  void onRoom() {
    if (waitsForRoom) {
      waitsForRoom = false;
      resume();
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
    boolean committedStays = state.quorum.intersects();
    if (committedStays && earlier.index() < state.log.commitIndex()) {
      earlier = state.log.position(state.log.commitIndex());
    }
    if (earlier.index() >= asked.index() && !committedStays) {
      state.dropLog(); // B4: nothing that is still here is the leader's
      verified = 0;
      earlier = LogPosition.START;
    } else if (earlier.index() >= asked.index()) {
      exhausted.add(from);
      earlier = state.log.last();
    }
    request(earlier);
  }
}
