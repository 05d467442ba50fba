package io.mosaik.groups.raft;

import io.mosaik.groups.config.ConsensusConfig;
import io.mosaik.groups.log.EndedLineage;
import io.mosaik.groups.log.Entry;
import io.mosaik.groups.log.Lineage;
import io.mosaik.groups.log.LogPosition;
import io.mosaik.groups.log.Member;
import io.mosaik.groups.log.Origin;
import io.mosaik.groups.log.StoredLog;
import io.mosaik.groups.raft.Message.AppendEntries;
import io.mosaik.groups.raft.Message.AppendResponse;
import io.mosaik.groups.raft.Message.Ballot;
import io.mosaik.groups.raft.Message.EpochRequest;
import io.mosaik.groups.raft.Message.EpochResponse;
import io.mosaik.groups.raft.Message.Forward;
import io.mosaik.groups.raft.Message.ForwardResponse;
import io.mosaik.groups.raft.Message.LineageEnded;
import io.mosaik.groups.raft.Message.LineageQuery;
import io.mosaik.groups.raft.Message.LogRequest;
import io.mosaik.groups.raft.Message.LogResponse;
import io.mosaik.groups.raft.Message.ReadRequest;
import io.mosaik.groups.raft.Message.ReadResponse;
import io.mosaik.groups.raft.Message.SnapshotOffer;
import io.mosaik.groups.raft.Message.Standing;
import io.mosaik.groups.raft.Message.StateQuery;
import io.mosaik.groups.raft.Message.StateReport;
import io.mosaik.groups.raft.Message.TimeoutNow;
import io.mosaik.groups.raft.Message.VoteRequest;
import io.mosaik.groups.raft.Message.VoteResponse;
import io.mosaik.groups.raft.RaftState.Phase;
import io.mosaik.id.PeerId;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The consensus core of one member of one group: takes inputs and the time, gives effects. See the
 * package's description for the rules. Not thread-safe; never blocks.
 *
 * <p>A shell calls {@link #start} once, then {@link #step} for each input and {@link #flush} at the
 * end of each turn, and carries out the effects in order.
 */
public final class Raft implements Consensus {

  private final RaftState state;
  private final LogRoom room;
  private final Replication replication;
  private final Election election;
  private final Formation formation;
  private final Following following;
  private final CommitteeManager committeeManager;
  private final Handover handover;
  private final Intake intake;
  private final Proposals proposals;
  private final Lease lease;
  private final ReadIndex reads;
  private final Meeting meeting;
  private final Survey survey;
  private final Recovery recovery;
  private final Announcements announcements;
  private final Compaction compaction;

  private boolean stopped;

  // The way to the leader that commands and reads were last sent on.
  private @Nullable Member routeLeader;
  private long routeTerm;

  /**
   * A core at rest.
   *
   * @param config the group's settings
   * @param options this member's own
   * @param stored what its storage had kept
   * @param random for timeouts and lineages; seeded, and used by this core alone
   */
  public Raft(
      ConsensusConfig config, RaftOptions options, StoredLog stored, RandomGenerator random) {
    this(config, options, stored, random, EnumSet.noneOf(Rule.class));
  }

  Raft(
      ConsensusConfig config,
      RaftOptions options,
      StoredLog stored,
      RandomGenerator random,
      Set<Rule> broken) {
    state = new RaftState(config, options, stored, random, broken);
    replication = new Replication(state);
    election = new Election(state, replication);
    formation = new Formation(state, election, replication);
    room = new LogRoom(state);
    following = new Following(state, room);
    committeeManager = new CommitteeManager(state, replication);
    handover = new Handover(state, replication);
    intake = new Intake(state, replication, handover, room);
    proposals = new Proposals(state, intake, room);
    lease = new Lease(state, replication, handover);
    reads = new ReadIndex(state, replication, lease);
    meeting = new Meeting(state, replication, handover);
    survey = new Survey(state, election);
    recovery = new Recovery(state, election, replication, survey);
    announcements = new Announcements(state);
    compaction = new Compaction(state, replication, room);
  }

  @Override
  public void start(long nowNs, List<Effect> out) {
    state.begin(nowNs, out);
    state.storeEntries(); // what doesn't fit the snapshot is dropped
    compaction.start();
    state.startWaiting();
    tell();
  }

  @Override
  public void step(Input input, long nowNs, List<Effect> out) {
    if (stopped) {
      return;
    }
    state.begin(nowNs, out);
    try {
      dispatch(input);
      if (compaction.onGivenUp()) {
        following.onGivenUp();
        proposals.onGivenUp();
      }
      followRoute();
      state.storeHardState();
      tell();
    } catch (BrokenLogException e) {
      stop(e);
    }
  }

  @Override
  public void flush(long nowNs, List<Effect> out) {
    if (stopped) {
      return;
    }
    state.begin(nowNs, out);
    intake.flush();
    proposals.flush();
    if (state.leads()) {
      handover.yieldIfNoVoter();
      handover.yieldIfKeptFull(room);
      committeeManager.tick();
      compaction.tick();
      lease.renew();
      reads.startRound();
      replication.flush(); // R1: sent before it is stored
      lease.mark();
    }
    apply();
    if (!state.keeps(Rule.ANSWER_WHAT_IS_STORED)) {
      following.flush();
    }
    state.storeEntries();
    following.flush();
    state.storeHardState();
    reads.finish();
    handover.flush();
    tell();
  }

  private void stop(BrokenLogException e) {
    stopped = true;
    state.emit(new Effect.Stopped(String.valueOf(e.getMessage())));
  }

  @Override
  public Origin origin() {
    return proposals.origin();
  }

  @Override
  public RaftStatus status() {
    return new RaftStatus(
        state.role(),
        state.term(),
        state.leader,
        state.log.lineage(),
        state.quorum.committee(),
        state.log.last(),
        state.log.base(),
        state.log.heldBytes(),
        state.log.commitIndex(),
        survey.outage(),
        isOnline());
  }

  @Override
  public @Nullable Tenure tenure() {
    return lease.tenure();
  }

  private boolean isOnline() {
    return !compaction.isRestoring()
        && (state.leads() ? replication.isOpen() : following.isInStep());
  }

  /** What a test looks into; the core goes on owning it. */
  RaftState state() {
    return state;
  }

  /** The same. */
  LogRoom room() {
    return room;
  }

  private void dispatch(Input input) {
    switch (input) {
      case Input.Received received -> receive(received.from(), received.message());
      case Input.Persisted persisted -> {
        state.log.stored(persisted.last());
        if (state.leads()) {
          replication.advanceCommit();
        }
        following.catchUp().onRoom();
      }
      case Input.SnapshotStored stored -> {
        boolean fetched = following.catchUp().fetchEnded(stored.snapshot());
        if (compaction.onStored(stored.snapshot(), fetched)) {
          following.installed(stored.snapshot().position().index());
        }
        following.catchUp().resume();
      }
      case Input.CutEnded ended -> {
        room.cutting(false);
        following.catchUp().onRoom();
      }
      case Input.SnapshotLost lost -> {
        following.catchUp().fetchEnded(lost.snapshot());
        following.catchUp().resume();
      }
      case Input.Restored restored -> {
        if (compaction.onRestored(restored.snapshot())) {
          proposals.onRestored(restored.lastSequence());
          following.catchUp().onRoom();
        }
      }
      case Input.TimerFired fired -> onTimer(fired.kind());
      case Input.BondUp up -> onBondUp(up.member(), up.observer());
      case Input.BondDown down -> onBondDown(down.member());
      case Input.Departed departed -> onDeparted(departed.member());
      case Input.Propose propose ->
          proposals.propose(propose.token(), propose.commands(), handover.isLeaving());
      case Input.Withdraw withdraw -> proposals.withdraw(withdraw.token());
      case Input.ReadIndex read -> reads.begin(read.token());
      case Input.Transfer transfer -> handover.transfer(transfer.token(), transfer.to());
      case Input.Recover recover -> recover(recover.lost());
      case Input.Leave leave -> {
        handover.leave();
        proposals.rejectHeld();
      }
    }
  }

  private void onTimer(TimerKind kind) {
    switch (kind) {
      case ELECTION -> {
        if (state.electionIsDue()) {
          onElectionTimeout();
        }
      }
      case HEARTBEAT -> {
        if (state.leads()) {
          replication.onHeartbeatTimer();
          committeeManager.tick(); // may restore the quorum (C5)
          replication.stepDownWithoutQuorum();
          replication.stepDownWithoutDisk();
          meeting.onHeartbeatTimer();
        }
      }
      case CATCH_UP -> following.catchUp().onTimer();
      case RESEND -> proposals.onResendTimer();
      case HANDOVER -> handover.onTimer();
    }
  }

  private void onElectionTimeout() {
    meeting.onLeaderless();
    boolean unformed = state.log.isEmpty();
    boolean recovers = !unformed && !handover.isLeaving() && state.quorum.intersects();
    EndedLineage end = recovers ? recovery.refuge() : null;
    if (end != null) {
      endLineage(end);
      return;
    }
    if (recovers && recovery.onElectionTimeout()) {
      return;
    }
    if (state.options.observer() || handover.isLeaving() || !(unformed || state.mayStand())) {
      // It can't stand, but it no longer believes in a leader that it doesn't hear.
      state.phase = Phase.FOLLOWING;
      state.leader = null;
      state.resetElectionDeadline();
    } else if (unformed) {
      formation.stand();
    } else {
      election.preVote();
    }
  }

  private void onBondUp(Member member, boolean observer) {
    state.bonded.put(member, observer);
    committeeManager.onBondUp(member);
    if (state.leads()) {
      replication.onBondUp(member);
    }
  }

  private void onBondDown(Member member) {
    state.bonded.remove(member);
    committeeManager.onBondDown(member);
    meeting.onBondDown(member);
    following.catchUp().onBondDown(member);
    if (state.leads()) {
      replication.onBondDown(member);
      intake.onBondDown(member);
    } else if (member.equals(state.leader)) {
      // Whatever was under way is lost; if the leader lives it will be heard of again.
      state.leader = null;
      following.catchUp().stop();
    }
  }

  private void onDeparted(Member member) {
    committeeManager.onDeparted(member);
    if (member.equals(state.leader)) {
      state.forgetLeader();
      state.hastenElection(state.config.electionTimeoutJitter());
    }
  }

  /** Only messages of one's own lineage enter, but for F5 and for nodes without a log. */
  private void receive(Member from, Message message) {
    EndedLineage end = state.endOf(message.lineage());
    if (end != null && (end.isProven() || !state.keeps(Rule.PROVEN_END))) {
      state.send(from, new LineageEnded(state.log.lineage(), state.term(), end)); // L4
      return;
    }
    Lineage own = state.lineage();
    boolean ours = !own.isNone() && own.equals(message.lineage());
    boolean goesOn = state.goesOnIn(message.lineage());
    boolean welcome = ours || goesOn || (own.isNone() && !message.lineage().isNone());
    switch (message) {
      case VoteRequest request -> {
        if (request.ballot() == Ballot.FORMATION) {
          formation.onRequest(from, request);
        } else if (welcome && (request.ballot() == Ballot.PRE_VOTE || admits(from, request))) {
          election.onRequest(from, request);
        } else if (welcome) {
          election.refuse(from, request);
        }
      }
      case VoteResponse response -> {
        if (response.ballot() == Ballot.FORMATION) {
          formation.onResponse(from, response);
        } else if (ours || response.lineage().isNone()) {
          election.onResponse(from, response);
        }
      }
      case AppendEntries entries -> {
        boolean past = entries.term() < state.term(); // it is told so
        if ((ours || goesOn) && !past && !admits(from, entries)) {
          return;
        }
        if ((welcome && !followsOther(entries.lineage())) || adopts(entries)) {
          following.onAppendEntries(from, entries);
        } else {
          meeting.onAppendEntries(from, entries);
        }
      }
      case AppendResponse response -> {
        if (ours) {
          replication.onResponse(from, response);
        }
      }
      case LogRequest request -> {
        if (ours) {
          following.catchUp().onRequest(from, request);
        }
      }
      case LogResponse response -> {
        if (welcome && !isOfLaterTerm(response)) {
          following.catchUp().onResponse(from, response);
        }
      }
      case SnapshotOffer offer -> {
        if (welcome && !isOfLaterTerm(offer)) {
          following.catchUp().onOffer(from, offer);
        }
      }
      case Forward forward -> {
        if (ours) {
          intake.onForward(from, forward);
        }
      }
      case ForwardResponse placed -> {
        if (ours && placed.session() == origin().session()) {
          state.emit(
              new Effect.ProposalPlaced(
                  placed.firstSequence(), placed.count(), placed.firstIndex(), placed.term()));
          if (placed.term() == state.term() && from.equals(state.leader)) {
            proposals.onPlaced(placed.firstSequence(), placed.count(), placed.firstIndex());
          }
        }
      }
      case ReadRequest request -> {
        if (ours) {
          reads.onRequest(from, request);
        }
      }
      case ReadResponse response -> {
        if (ours) {
          reads.onResponse(response);
        }
      }
      case TimeoutNow now -> {
        if (ours
            && now.term() == state.term()
            && from.equals(state.leader)
            && state.mayStand()
            && !handover.isLeaving()) {
          election.standAsAsked(); // C6
        }
      }
      case Standing standing -> meeting.onStanding(standing);
      case StateQuery query -> {
        recovery.tellIfGivenUp(from, query.lineage());
        survey.onQuery(from, query);
      }
      case StateReport report -> {
        formation.onReport(from, report);
        survey.onReport(from, report);
      }
      case EpochRequest request -> recovery.onRequest(from, request);
      case EpochResponse response -> recovery.onResponse(from, response);
      case LineageQuery query -> {} // Who knows has answered already.
      case LineageEnded told -> {
        if (told.ended().lineage().equals(own) && isOver(told.ended())) {
          endLineage(told.ended());
        }
      }
    }
  }

  /** G5: whether this member may act on what comes from another lineage, or from its own. */
  private boolean admits(Member from, Message message) {
    return state.log.isEmpty() || state.promises.admit(message.lineage(), message.term(), from);
  }

  /** L4; G6: or the others go on without this member, whose log they were told is lost. */
  private boolean isOver(EndedLineage end) {
    return end.isProven() || (end.gone().contains(state.self) && !election.isLed());
  }

  /** What is committed in a later term need not be in the log of the leader that is followed. */
  private boolean isOfLaterTerm(Message message) {
    boolean later = message.term() > state.term() && state.keeps(Rule.LOG_OF_THE_TERM);
    if (later) {
      state.follow(message.term(), null);
      following.catchUp().stop();
    }
    return later;
  }

  /** A node without a log that is being taken in by one lineage doesn't listen to another. */
  private boolean followsOther(Lineage lineage) {
    return state.log.isEmpty()
        && state.leader != null
        && !state.leaderLineage.equals(lineage)
        && state.keeps(Rule.ONE_LEADER_WHILE_EMPTY);
  }

  /**
   * F5: a node that doesn't know its formation to be committed takes a leader of another lineage
   * for its own, of its term or a later one. It drops its log, and never acts in that lineage
   * again: to the others there it is as lost as with its disk.
   */
  private boolean adopts(AppendEntries entries) {
    if (state.log.isEmpty()
        || state.formationCommitted()
        || entries.lineage().isNone()
        || entries.lineage().equals(state.log.lineage()) // and the log on the way to an epoch
        || !state.canAbandon()) {
      return false;
    }
    boolean wins =
        entries.commitIndex() > 0 || entries.lineage().compareTo(state.log.lineage()) < 0;
    if (entries.term() == state.term() && !wins) {
      return false; // it takes this one for its own, so that they don't change places
    }
    if (entries.term() >= state.term()) {
      state.follow(entries.term(), null);
      state.abandonLog();
      following.reset();
    }
    return true; // An earlier term is answered with the later one.
  }

  private void apply() {
    if (!state.keeps(Rule.DISSOLVED_BY_COMMIT)
        && state.log.lastIndex() > state.log.base().index()
        && state.log.entry(state.log.lastIndex()) instanceof Entry.Dissolve early) {
      endLineage(EndedLineage.dissolved(state.log.lineage(), early.into()));
      return;
    }
    List<Entry> entries = compaction.apply();
    long index = state.applied - entries.size();
    for (Entry entry : entries) {
      index++;
      if (entry instanceof Entry.Command command && command.origin().equals(origin())) {
        proposals.onCommitted(command.sequence(), index);
      } else if (entry instanceof Entry.Dissolve dissolve) {
        endLineage(EndedLineage.dissolved(state.log.lineage(), dissolve.into())); // L3
        return;
      } else if (entry instanceof Entry.Recovery of) {
        state.emit(new Effect.Recovered(state.log.position(index - 1), of.lineage(), of.gone()));
      }
    }
  }

  /** G4: an operator's word. */
  private void recover(Set<PeerId> lost) {
    if (state.quorum.intersects()) {
      survey.giveUp(lost);
      survey.assess();
      survey.ask();
    }
  }

  /**
   * L3, L4, G6: the lineage is over. The log is set aside and dropped, what was applied is void,
   * and this member waits without a log to be taken in by the lineage that goes on.
   */
  private void endLineage(EndedLineage end) {
    LogPosition committed = state.log.position(state.log.commitIndex());
    state.emit(new Effect.Archive());
    state.follow(state.term(), null);
    state.endLineage(end);
    following.reset();
    state.forgetLeader();
    state.resetElectionDeadline();
    proposals.onLineageEnded();
    followRoute();
    compaction.startOver();
    survey.reset();
    state.emit(new Effect.Reverted(committed, LogPosition.START, end.lineage(), end.into()));
  }

  private void followRoute() {
    boolean reachable =
        state.leads() || (state.leader != null && state.bonded.containsKey(state.leader));
    Member leader = reachable ? state.leader : null;
    if (routeTerm != state.term() || !Objects.equals(routeLeader, leader)) {
      boolean wasLeading = state.self.equals(routeLeader);
      routeTerm = state.term();
      routeLeader = leader;
      if (leader != null) {
        survey.reset();
      }
      if (state.leads()) {
        following.ends();
      }
      intake.onLeaderChanged();
      proposals.onLeaderChanged();
      reads.onLeaderChanged();
      if (wasLeading && !state.leads()) {
        state.cancelTimer(TimerKind.HEARTBEAT);
      }
    }
  }

  private void tell() {
    announcements.tell();
    state.armElectionTimer();
  }
}
