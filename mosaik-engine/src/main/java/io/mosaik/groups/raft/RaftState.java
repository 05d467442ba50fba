package io.mosaik.groups.raft;

import io.mosaik.groups.config.ConsensusConfig;
import io.mosaik.groups.config.QuorumPolicy;
import io.mosaik.groups.log.EndedLineage;
import io.mosaik.groups.log.Entry;
import io.mosaik.groups.log.HardState;
import io.mosaik.groups.log.Lineage;
import io.mosaik.groups.log.LogPosition;
import io.mosaik.groups.log.LogWrite;
import io.mosaik.groups.log.Member;
import io.mosaik.groups.log.SnapshotManifest;
import io.mosaik.groups.log.StoredLog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What the parts of a core share: who it is, its hard state, its phase, its log, the members it is
 * bonded with, and the effects of the step that runs. It has no rules of its own but one: the hard
 * state is stored before anything that is sent.
 */
final class RaftState {

  /** What a core is busy with. */
  enum Phase {
    /** Follows a leader, or waits for one. */
    FOLLOWING,
    /** Asks whether it would be elected (E2). */
    PRE_VOTING,
    /** Stands for election (E3). */
    VOTING,
    /** Tries to form the first committee (F2). */
    FORMING,
    /** Asks all that remain to go on in the next epoch (G3). */
    RECOVERING,
    /** Leads the current term. */
    LEADING
  }

  final ConsensusConfig config;
  final RaftOptions options;
  final Member self;
  final RandomGenerator random;
  final RaftLog log;
  final Quorum quorum;

  /** The last snapshot that this member has of its log. */
  @Nullable SnapshotManifest snapshot;

  /** The bonded members, and whether each is an observer. */
  final TreeMap<Member, Boolean> bonded = new TreeMap<>();

  private final Set<Rule> broken;
  private final ArrayList<EndedLineage> ended;

  /** The epochs that it has agreed to go on in. */
  final Promises promises;

  private long term;
  private @Nullable Member vote;
  private boolean formationCommitted;
  private boolean hardStateChanged;
  private Lineage storedLineage;

  Phase phase = Phase.FOLLOWING;
  @Nullable Member leader;

  /** Up to here the log was given to the machine. */
  long applied;

  /** The lineage that the leader last heard of speaks for. */
  Lineage leaderLineage = Lineage.NONE;

  /** When a leader was last heard of; of no meaning unless {@link #leaderHeard}. */
  private long leaderHeardNs;

  private boolean leaderHeard;

  /** When to stand for election, or to give a leader up. */
  private long electionDeadlineNs;

  /** When the pending election timer is due; {@code Long.MAX_VALUE} if none is pending. */
  private long electionTimerDueNs = Long.MAX_VALUE;

  private long nowNs;
  private List<Effect> out = new ArrayList<>();

  RaftState(
      ConsensusConfig config,
      RaftOptions options,
      StoredLog stored,
      RandomGenerator random,
      Set<Rule> broken) {
    this.config = config;
    this.options = options;
    this.self = options.self();
    this.random = random;
    this.broken = broken;
    HardState hard = stored.hardState();
    SnapshotManifest found = snapshotOf(stored);
    boolean committedStays = config.quorumPolicy() == QuorumPolicy.COMMITTED;
    log = new RaftLog(found, stored.firstIndex(), stored.entries(), committedStays);
    snapshot = found != null && log.has(found.position()) ? found : null;
    quorum =
        switch (config.quorumPolicy()) {
          case COMMITTED -> new CommittedQuorum(log, this::keeps);
          case BONDED -> new BondedQuorum(this);
        };
    term = hard.term();
    vote = hard.vote();
    storedLineage = hard.lineage();
    applied = log.base().index();
    formationCommitted = (hard.formationCommitted() || snapshot != null) && !log.isEmpty();
    ended = new ArrayList<>(hard.ended());
    promises = new Promises(hard.promises());
  }

  /** The stored snapshot, if it is of this member's log and not of one that it gave up. */
  private static @Nullable SnapshotManifest snapshotOf(StoredLog stored) {
    SnapshotManifest found = stored.snapshot();
    if (found == null) {
      return null;
    }
    Lineage lineage = stored.hardState().lineage();
    boolean ours = found.lineage().equals(lineage) || isOfEpochBefore(found, stored);
    return ours ? found : null;
  }

  /** Whether a later epoch begins behind it, and the stored log is of that. */
  private static boolean isOfEpochBefore(SnapshotManifest found, StoredLog stored) {
    Lineage lineage = found.lineage();
    long index = stored.firstIndex();
    for (Entry entry : stored.entries()) {
      if (index > found.position().index() && entry instanceof Entry.Recovery recovery) {
        if (!recovery.before().equals(lineage)) {
          return false;
        }
        lineage = recovery.lineage();
      }
      index++;
    }
    return lineage.equals(stored.hardState().lineage()) && !lineage.isNone();
  }

  void begin(long now, List<Effect> effects) {
    nowNs = now;
    out = effects;
  }

  long now() {
    return nowNs;
  }

  boolean keeps(Rule rule) {
    return !broken.contains(rule);
  }

  // Effects

  void emit(Effect effect) {
    out.add(effect);
  }

  void send(Member to, Message message) {
    storeHardState();
    out.add(new Effect.Send(to, message));
  }

  void broadcast(Message message) {
    if (!bonded.isEmpty()) {
      storeHardState();
      out.add(new Effect.Broadcast(message));
    }
  }

  void setTimer(TimerKind kind, long delayNs) {
    out.add(new Effect.SetTimer(kind, Math.max(0, delayNs)));
  }

  void cancelTimer(TimerKind kind) {
    out.add(new Effect.CancelTimer(kind));
  }

  void storeHardState() {
    if (log.lineage().isEpochAfter(storedLineage)) {
      storeEntries(); // the entry that begins the epoch, with what it ends
    }
    if (isHardStateChanged()) {
      hardStateChanged = false;
      out.add(new Effect.Persist(new LogWrite(hardState(), 0, List.of())));
    }
  }

  private boolean isHardStateChanged() {
    hardStateChanged |= promises.takeChanged();
    return hardStateChanged;
  }

  /** Gives the storage all entries that it has not been given. */
  void storeEntries() {
    for (LogWrite write : log.takeUnwritten()) {
      boolean both = isHardStateChanged() || !storedLineage.equals(log.lineage());
      HardState hard = both ? hardState() : null;
      hardStateChanged = false;
      out.add(new Effect.Persist(new LogWrite(hard, write.firstIndex(), write.entries())));
    }
  }

  private HardState hardState() {
    storedLineage = log.lineage();
    return new HardState(
        log.lineage(),
        term,
        keeps(Rule.STORED_VOTE) ? vote : null,
        formationCommitted,
        ended,
        promises.all());
  }

  // Term and vote

  long term() {
    return term;
  }

  @Nullable Member vote() {
    return vote;
  }

  void voteFor(Member candidate) {
    vote = candidate;
    hardStateChanged = true;
  }

  /** Begins the next term with a vote for itself. */
  void standInNextTerm(Phase newPhase) {
    long next = quorum.nextTerm(term);
    if (next > LogPosition.MAX) {
      throw new BrokenLogException("term " + term + " is the last there is"); // R6
    }
    term = next;
    voteFor(self);
    phase = newPhase;
    leader = null;
  }

  /** Follows whoever leads in this term, which is the current one or a later one. */
  void follow(long newTerm, @Nullable Member newLeader) {
    if (newTerm < term) {
      throw new IllegalStateException("term " + newTerm + " is before " + term);
    }
    if (newTerm > term) {
      term = newTerm;
      vote = null;
      hardStateChanged = true;
    }
    if (phase == Phase.LEADING) {
      resetElectionDeadline();
    }
    phase = Phase.FOLLOWING;
    leader = newLeader;
  }

  boolean leads() {
    return phase == Phase.LEADING;
  }

  // The leader's signs of life

  void heardOfLeader(Member from, Lineage lineage) {
    leader = from;
    leaderLineage = lineage;
    leaderHeard = true;
    leaderHeardNs = nowNs;
    resetElectionDeadline();
  }

  /**
   * Begins to wait for a leader. A member with a log may have answered one just before it stopped,
   * so its start counts as a sign of it (T5).
   */
  void startWaiting() {
    leaderHeard = !log.isEmpty() && keeps(Rule.START_IS_A_SIGN);
    leaderHeardNs = nowNs;
    resetElectionDeadline();
  }

  /** The leader is known to be gone: nobody needs to wait for it. */
  void forgetLeader() {
    leaderHeard = false;
    leader = null;
  }

  /** Whether a leader was heard of within the minimum election timeout (E2, T1). */
  boolean heardOfLeaderLately() {
    return leaderHeard && nowNs - leaderHeardNs < electionTimeoutNs();
  }

  long electionTimeoutNs() {
    return config.electionTimeout().toNanos();
  }

  void resetElectionDeadline() {
    boolean unformed = log.isEmpty() && phase == Phase.FOLLOWING;
    long delay = unformed ? config.bootstrapDelay().toNanos() : 0;
    electionDeadlineNs = nowNs + randomTimeoutNs() + delay * options.reluctance();
  }

  /** Without the bootstrap delay, which a node that has already waited need not wait again. */
  void resetElectionDeadlineForRetry() {
    electionDeadlineNs = nowNs + randomTimeoutNs();
  }

  void hastenElection(Duration within) {
    electionDeadlineNs =
        Math.min(electionDeadlineNs, nowNs + random.nextLong(Math.max(1, within.toNanos())));
  }

  private long randomTimeoutNs() {
    long jitterNs = random.nextLong(config.electionTimeoutJitter().toNanos() + 1);
    return (electionTimeoutNs() + jitterNs) * options.reluctance();
  }

  /**
   * The election timer is set lazily: while a leader is heard of, the deadline moves and the
   * pending timer stays, to be set anew when it fires too early.
   */
  void armElectionTimer() {
    if (!leads() && electionTimerDueNs > electionDeadlineNs) {
      electionTimerDueNs = electionDeadlineNs;
      setTimer(TimerKind.ELECTION, electionDeadlineNs - nowNs);
    }
  }

  /** Whether the deadline has really come, now that the timer has fired. */
  boolean electionIsDue() {
    electionTimerDueNs = Long.MAX_VALUE;
    return !leads() && nowNs - electionDeadlineNs >= 0;
  }

  // Committee and formation

  boolean isVoter() {
    return quorum.contains(self);
  }

  boolean formationCommitted() {
    return formationCommitted;
  }

  /** Whether it may stand for election (E1). */
  boolean mayStand() {
    boolean counts =
        isVoter()
            || log.committees().maybeNames(self)
            || !formationCommitted
            || log.committees().hasNewEpoch();
    return counts && !log.isEmpty() && !observes(log.lineage()) && promises.isEmpty();
  }

  void commitTo(long index) {
    log.commitTo(index);
    if (!formationCommitted) {
      formationCommitted = true;
      hardStateChanged = true;
    }
  }

  /** Goes on behind a snapshot of committed entries that this log lacks. */
  void install(SnapshotManifest stored) {
    Lineage before = log.lineage();
    log.install(stored, keeps(Rule.FITTING_SUFFIX));
    if (log.lineage().isEpochAfter(before)) {
      remember(EndedLineage.dissolved(before, log.lineage())); // G5
    }
    promises.reached(log.lineage());
    applied = stored.position().index();
    if (!formationCommitted) {
      formationCommitted = true;
      hardStateChanged = true;
    }
    storeEntries();
    storeHardState();
  }

  /**
   * Whether it never votes, leads or vouches for entries in a lineage: by its own choice, or
   * because it has abandoned its log of that lineage (F7).
   */
  boolean observes(Lineage lineage) {
    return options.observer() || hasAbandoned(lineage);
  }

  /** Whether a lineage is proven to be over for everyone. */
  boolean isOver(Lineage lineage) {
    EndedLineage end = endOf(lineage);
    return end != null && end.isProven();
  }

  /** Whether commands of this member may be in a log of this lineage that it didn't follow. */
  boolean mayHaveBeenIn(Lineage lineage) {
    return ended.stream().anyMatch(end -> end.lineage().isOfOneFormationWith(lineage));
  }

  /**
   * What this member is of: the lineage of its log, or the epoch that its log is on the way to,
   * since that has begun (G5).
   */
  Lineage lineage() {
    Lineage begun = promises.begun();
    return log.isEmpty() || begun.isNone() ? log.lineage() : begun;
  }

  /** Whether it goes on in this later epoch, the beginning of which it doesn't have so far (G5). */
  boolean goesOnIn(Lineage lineage) {
    return promises.include(lineage) && lineage.isEpochAfter(log.lineage());
  }

  /**
   * Appends an entry that a leader has made.
   *
   * @throws BrokenLogException if it begins an epoch of another lineage
   */
  void take(Entry entry) {
    if (entry instanceof Entry.Recovery recovery) {
      if (!recovery.before().equals(log.lineage())) {
        throw new BrokenLogException(recovery + " in a log of " + log.lineage());
      }
      remember(new EndedLineage(recovery.before(), recovery.lineage(), recovery.gone())); // G5
      promises.reached(recovery.lineage());
    } else if (entry instanceof Entry.Formation formation) {
      promises.reached(formation.lineage()); // it has left what it was to be taken in by
    }
    log.append(entry);
  }

  /** Whether it once had a log of this lineage and dropped it (F5). */
  boolean hasAbandoned(Lineage lineage) {
    return keeps(Rule.ABANDONED_FOR_GOOD) && endOf(lineage) != null;
  }

  boolean canAbandon() {
    return !formationCommitted
        && (ended.size() < HardState.MAX_ENDED || endOf(log.lineage()) != null);
  }

  /** What is known of the end of a lineage; null if it is not known to be over. */
  @Nullable EndedLineage endOf(Lineage lineage) {
    for (EndedLineage end : ended) {
      if (end.lineage().equals(lineage)) {
        return end;
      }
    }
    return null;
  }

  /** Drops the log, whose lineage is over for this member (L3, L4, G6). */
  void endLineage(EndedLineage end) {
    remember(end);
    dropLog();
  }

  /**
   * Never acts in a lineage again. Of too many ends the oldest is forgotten of those in whose place
   * another lineage goes on: nobody leads that one any more.
   */
  private void remember(EndedLineage end) {
    ended.removeIf(known -> known.lineage().equals(end.lineage()));
    if (ended.size() == HardState.MAX_ENDED) {
      ended.stream().filter(known -> !known.into().isNone()).findFirst().ifPresent(ended::remove);
    }
    if (ended.size() == HardState.MAX_ENDED) {
      throw new BrokenLogException("too many lineages were abandoned to leave another");
    }
    ended.add(end);
    hardStateChanged = true;
  }

  /** Drops the log: nothing of it is anyone's any more (L3), or its leader's (B4). */
  void dropLog() {
    log.drop();
    promises.clear();
    formationCommitted = false;
    hardStateChanged = true;
    storeEntries();
  }

  /** Drops the log, whose formation is not known to be committed, for another lineage (F5). */
  void abandonLog() {
    if (log.commitIndex() > 0) {
      throw new IllegalStateException("a log with committed entries is never abandoned");
    }
    if (endOf(log.lineage()) == null) {
      ended.add(EndedLineage.abandoned(log.lineage()));
    }
    log.truncateFrom(1);
    promises.clear();
    hardStateChanged = true;
    storeEntries();
  }

  Role role() {
    return switch (phase) {
      case LEADING -> Role.LEADER;
      case PRE_VOTING, VOTING, FORMING, RECOVERING -> Role.CANDIDATE;
      case FOLLOWING -> {
        if (observes(log.lineage())) {
          yield Role.OBSERVER;
        }
        yield log.isEmpty() ? Role.UNFORMED : isVoter() ? Role.FOLLOWER : Role.LEARNER;
      }
    };
  }

  /** Appends entries as a leader. */
  long append(Entry entry) {
    take(entry);
    return log.lastIndex();
  }
}
