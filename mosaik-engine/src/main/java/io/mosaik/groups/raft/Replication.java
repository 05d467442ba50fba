package io.mosaik.groups.raft;

import io.mosaik.groups.log.Entry;
import io.mosaik.groups.log.LogPosition;
import io.mosaik.groups.log.Member;
import io.mosaik.groups.raft.Message.AppendEntries;
import io.mosaik.groups.raft.Message.AppendResponse;
import io.mosaik.groups.raft.Message.Stored;
import io.mosaik.groups.raft.RaftState.Phase;
import java.util.List;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The leader's side of the log: what it broadcasts, who has stored how much of it, and what is
 * committed by that (R1, R2, R4, E5, E6; §3.5, §3.6.2, §6.2).
 */
final class Replication {

  private final RaftState state;
  private final TreeMap<Member, Progress> progress = new TreeMap<>();

  /** The index of the entry that this leader began with; once committed, it acts (E5, C2). */
  private long openingIndex;

  /** Entries up to here were broadcast. */
  private long broadcastThrough;

  /** The commit index that was broadcast last. */
  private long announcedCommit;

  /** Counts the broadcasts of this term. */
  private long round;

  private boolean broadcastDue;

  /** Rounds after this one tell that the formation is committed. */
  private long settledRound;

  /** How far the own log was stored when that was last looked at, and since when (E7). */
  private long ownStored;

  private long ownStoredNs;

  Replication(RaftState state) {
    this.state = state;
  }

  /** Won an election: leads, beginning with an entry of its own term (E5). */
  void lead() {
    lead(new Entry.Noop(state.term()));
  }

  /** Leads, beginning with this entry. */
  void lead(Entry opening) {
    state.phase = Phase.LEADING;
    state.leader = state.self;
    progress.clear();
    for (Member member : state.bonded.keySet()) {
      progress.put(member, new Progress(state.now()));
    }
    // Those without a bond have an election timeout to come, like the others.
    for (Member member : state.quorum.voters()) {
      progress.putIfAbsent(member, new Progress(state.now()));
    }
    broadcastThrough = state.log.lastIndex();
    announcedCommit = state.log.commitIndex();
    round = 0;
    settledRound = announcedCommit > 0 ? -1 : Long.MAX_VALUE;
    ownStored = state.log.storedThrough();
    ownStoredNs = state.now();
    openingIndex = state.append(opening);
    broadcastDue = true;
    armHeartbeat();
  }

  /** Whether it leads and an entry of its own term is committed. */
  boolean isOpen() {
    return state.leads() && state.log.commitIndex() >= openingIndex;
  }

  /** Begins anew in the same term: acts only when a further entry of it is committed (T4). */
  void reopen() {
    openingIndex = state.append(new Entry.Noop(state.term()));
    broadcastDue = true;
    advanceCommit();
  }

  @Nullable Progress progressOf(Member member) {
    return progress.get(member);
  }

  /** How long a member has been silent in this term; for ever if it is not known. */
  long silentNs(Member member) {
    Progress known = progress.get(member);
    return known == null ? Long.MAX_VALUE : state.now() - known.heardNs;
  }

  /** Members are known from their first bond in this term on, even when it breaks. */
  void onBondUp(Member member) {
    progress.computeIfAbsent(member, m -> new Progress(state.now()));
    // Whatever was under way on the old bond is lost: an empty message tells where the log is.
    state.send(member, message(broadcastThrough, List.of()));
  }

  /** Voters stay known without a bond: how long they are silent matters. */
  void onBondDown(Member member) {
    if (!state.quorum.contains(member)) {
      progress.remove(member);
      advanceCommit(); // B1: those who are left may be enough
    }
  }

  private AppendEntries message(long previousIndex, List<Entry> entries) {
    return new AppendEntries(
        state.log.lineage(),
        state.term(),
        state.log.position(previousIndex),
        state.log.commitIndex(),
        round,
        entries);
  }

  void onHeartbeatTimer() {
    broadcastDue = true;
    armHeartbeat();
  }

  private void armHeartbeat() {
    long jitterNs = state.random.nextLong(state.config.heartbeatJitter().toNanos() + 1);
    state.setTimer(TimerKind.HEARTBEAT, state.config.heartbeatInterval().toNanos() - jitterNs);
  }

  /** The next flush starts a round, even with nothing to send. Returns its number. */
  long startRound() {
    broadcastDue = true;
    return round + 1;
  }

  /** One encoded message goes to all (R2), before the own append is stored (R1). */
  void flush() {
    long last = state.log.lastIndex();
    boolean first = true;
    while (broadcastThrough < last
        || (first && (broadcastDue || announcedCommit < state.log.commitIndex()))) {
      round++;
      List<Entry> entries = state.log.batch(broadcastThrough + 1, last);
      state.broadcast(message(broadcastThrough, entries));
      broadcastThrough += entries.size();
      first = false;
    }
    broadcastDue = false;
    announcedCommit = state.log.commitIndex();
  }

  void onResponse(Member from, AppendResponse response) {
    if (response.term() > state.term()) {
      state.follow(response.term(), null);
      return;
    }
    Progress known = progress.get(from);
    if (!state.leads() || response.term() < state.term() || known == null) {
      return;
    }
    if (response.round() > round
        || (response.stored() != Stored.GAP && state.log.contradicts(response.position()))) {
      state.emit(new Effect.Violation(from, "it has what was never sent: " + response));
      return;
    }
    known.heardNs = state.now();
    LogPosition position = response.position();
    boolean has =
        response.stored() != Stored.GAP && position.index() > 0; // the formation, at least
    known.settled |= has && response.round() > settledRound;
    switch (response.stored()) {
      case STORED -> {
        known.round = Math.max(known.round, response.round());
        known.matchIndex = Math.max(known.matchIndex, position.index());
        known.knownIndex = Math.max(known.knownIndex, position.index());
        advanceCommit();
      }
      case GAP -> known.round = Math.max(known.round, response.round());
      case ABSTAINED -> known.knownIndex = Math.max(known.knownIndex, position.index()); // E4
      case OBSERVED -> {
        known.knownIndex = Math.max(known.knownIndex, position.index());
        known.observes = true; // C4 removes it, C3 leaves it out
      }
    }
  }

  /** R4: by a majority of the committee, and only entries of the current term (§3.6.2). */
  void advanceCommit() {
    long index = reached(known -> known.matchIndex, state.log.storedThrough()); // R1
    if (index > state.log.commitIndex()
        && (state.log.termAt(index) == state.term() || !state.keeps(Rule.COMMIT_CURRENT_TERM))) {
      state.commitTo(index);
      settledRound = Math.min(settledRound, round);
    }
  }

  /** The latest round that has begun in this term. */
  long round() {
    return round;
  }

  /** The latest round that a majority of the committee has answered, this leader included. */
  long confirmedRound() {
    return reached(known -> known.round, round);
  }

  /** The largest value that a majority has reached, by what is known of each. */
  private long reached(ToLongFunction<Progress> measure, long own) {
    return state.quorum.reached(member -> {
      Progress known = progress.get(member);
      return member.equals(state.self) ? own : known == null ? 0 : measure.applyAsLong(known);
    });
  }

  /** How many of these were heard of within an election timeout, this leader included. */
  int reachable(List<Member> members) {
    int count = 0;
    for (Member member : members) {
      if (member.equals(state.self) || silentNs(member) <= state.electionTimeoutNs()) {
        count++;
      }
    }
    return count;
  }

  /** E6: whether a majority was heard of within an election timeout. */
  boolean hasQuorum() {
    return state.quorum.isMajority(reachable(state.quorum.voters()));
  }

  /** E6: a leader that has lost its majority is none (§6.2). */
  void stepDownWithoutQuorum() {
    if (!hasQuorum() && state.keeps(Rule.HEARD_BY_A_MAJORITY)) {
      state.follow(state.term(), null);
    }
  }

  /** E7: a leader that can store nothing more is none, where another could be. */
  void stepDownWithoutDisk() {
    long stored = state.log.storedThrough();
    if (stored != ownStored || stored == state.log.lastIndex()) {
      ownStored = stored;
      ownStoredNs = state.now();
    }
    boolean alone = state.quorum.voters().size() == 1 || !state.keeps(Rule.STORED_IN_TIME);
    if (state.leads() && !alone && state.now() - ownStoredNs > state.electionTimeoutNs()) {
      state.follow(state.term(), null);
    }
  }
}
