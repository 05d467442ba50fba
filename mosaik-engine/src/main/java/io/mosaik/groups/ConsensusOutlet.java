package io.mosaik.groups;

import io.mosaik.groups.log.Entry;
import io.mosaik.groups.log.Member;
import io.mosaik.groups.log.Origin;
import io.mosaik.groups.raft.Effect;
import io.mosaik.groups.raft.RaftStatus;
import io.mosaik.groups.raft.Tenure;
import io.mosaik.id.GroupId;
import io.mosaik.transport.CloseReason;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out what consensus decides, but for what the shell does itself: gives it to the bonds,
 * the machine, the snapshots, the users that wait for it, and the log that people read. On the
 * group's strand.
 */
final class ConsensusOutlet<C, R, Q, A> implements RaftShell.Outlet {

  private static final Logger log = LoggerFactory.getLogger(ConsensusOutlet.class);

  /** What concerns the membership as a whole. */
  interface Membership {

    RaftStatus raft();

    /** Consensus needs this member no more: it can leave. */
    void depart();

    /** The member can go on no further. */
    void stopped(String reason);

    /** What is shown of the member may have changed. */
    void publish();
  }

  private final GroupId id;
  private final Membership membership;
  private final GroupBonds bonds;
  private final Snapshots snapshots;
  private final ApplyQueue<C, R, Q, A> applyQueue;
  private final Promises<R, Q, A> promises;
  private final StatusBoard board;

  /** Of this member's commands in the log that is being applied. */
  private Origin commandOrigin;

  /**
   * Nothing is carried out yet.
   *
   * @param origin of this member's commands
   */
  ConsensusOutlet(
      GroupId id,
      Membership membership,
      GroupBonds bonds,
      Snapshots snapshots,
      ApplyQueue<C, R, Q, A> applyQueue,
      Promises<R, Q, A> promises,
      StatusBoard board,
      Origin origin) {
    this.id = id;
    this.membership = membership;
    this.bonds = bonds;
    this.snapshots = snapshots;
    this.applyQueue = applyQueue;
    this.promises = promises;
    this.board = board;
    commandOrigin = origin;
  }

  @Override
  public void carryOut(Effect effect) {
    switch (effect) {
      case Effect.Send send -> bonds.send(send.to(), send.message());
      case Effect.Broadcast broadcast -> bonds.broadcast(broadcast.message());
      case Effect.Apply apply -> apply(apply);
      case Effect.Cut cut -> snapshots.cut(cut, applyQueue::cut);
      case Effect.FetchSnapshot fetch -> snapshots.fetch(fetch);
      case Effect.EntriesFetched fetched -> snapshots.entriesFetched(fetched);
      case Effect.AbandonFetch abandoned -> snapshots.abandonFetch();
      case Effect.Rebuild rebuild -> {
        snapshots.startsFrom(rebuild.snapshot());
        applyQueue.rebuild(rebuild.snapshot(), commandOrigin);
      }
      case Effect.Reverted reverted -> reverted(reverted);
      case Effect.OutageSeen seen -> Outages.log(log, id, seen.outage());
      case Effect.Recovered recovered -> recovered(recovered);
      case Effect.ProposalAccepted accepted ->
          promises.calls().accepted(accepted.token(), accepted.firstSequence());
      case Effect.ProposalPlaced placed ->
          promises
              .calls()
              .placed(placed.firstSequence(), placed.count(), placed.firstIndex(), placed.term());
      case Effect.ProposalRejected rejected ->
          promises.calls().rejected(rejected.token(), rejected.reason());
      case Effect.ProposalsRenumbered renumbered -> {
        commandOrigin = renumbered.origin();
        promises.calls().renumbered(renumbered.by());
      }
      case Effect.ProposalsLost lost -> {
        commandOrigin = lost.origin();
        promises.calls().lost();
      }
      case Effect.ReadReady ready -> promises.reads().ready(ready.token());
      case Effect.ReadFailed failed -> promises.reads().failed(failed.token());
      case Effect.TransferDone ended ->
          promises.transfers().done(ended.token(), ended.leader().peer());
      case Effect.TransferFailed failed -> {
        Member leader = membership.raft().leader();
        promises
            .transfers()
            .failed(failed.token(), failed.reason(), leader == null ? null : leader.peer());
      }
      case Effect.RoleChanged now -> roleChanged(now);
      case Effect.LineagesMet met -> lineagesMet(met);
      case Effect.LeaveReady ready -> membership.depart();
      case Effect.Violation violation ->
          bonds.close(violation.member(), CloseReason.PROTOCOL_VIOLATION.because(violation.what()));
      case Effect.Persist persist -> throw ofTheShell(persist);
      case Effect.Archive archive -> throw ofTheShell(archive);
      case Effect.Prune prune -> throw ofTheShell(prune);
      case Effect.SetTimer timer -> throw ofTheShell(timer);
      case Effect.CancelTimer timer -> throw ofTheShell(timer);
      case Effect.Stopped stop -> throw ofTheShell(stop);
    }
  }

  private static IllegalStateException ofTheShell(Effect effect) {
    return new IllegalStateException("the shell carries it out itself: " + effect);
  }

  private void apply(Effect.Apply apply) {
    long index = apply.firstIndex();
    for (Entry entry : apply.entries()) {
      Call<R> call =
          entry instanceof Entry.Command command && command.origin().equals(commandOrigin)
              ? promises.calls().take(command.sequence(), index, entry.term())
              : null;
      applyQueue.apply(new Applier.Item<>(index++, entry, call));
    }
  }

  private void roleChanged(Effect.RoleChanged now) {
    Member leader = now.leader();
    log.info(
        "Group {}: {} in term {}, leader {}",
        id.toShortString(),
        now.role(),
        now.term(),
        leader == null ? "unknown" : leader.peer().toShortString());
  }

  private void lineagesMet(Effect.LineagesMet met) {
    log.warn(
        "Group {}: {} leads another group of the same key ({}, ours is {}): two groups formed"
            + " apart, before their members met. The one that has committed less gives way, and"
            + " what was executed there is void. Set bootstrapExpect to the number of members you"
            + " deploy, and it can't happen again",
        id.toShortString(),
        met.leader().peer().toShortString(),
        met.other(),
        membership.raft().lineage());
  }

  private void recovered(Effect.Recovered recovered) {
    board.recovered(
        new GroupRecovery(
            recovered.into().epoch(),
            recovered.kept().index(),
            recovered.gone().stream().map(Member::peer).distinct().toList()));
    if (recovered.isKnownBySnapshot()) {
      log.warn(
          "Group {}: has gone on in epoch {} with what was left of it, for logs were lost; this"
              + " member was behind, and takes its state from there",
          id.toShortString(),
          recovered.into().epoch());
      return;
    }
    log.warn(
        "Group {}: goes on in epoch {} with what was left of it, up to {}, for the logs of {} were"
            + " lost: commands that were committed after that position are lost too",
        id.toShortString(),
        recovered.into().epoch(),
        recovered.kept(),
        recovered.gone());
  }

  private void reverted(Effect.Reverted reverted) {
    log.warn(
        "Group {}: the log of {} is given up for that of {}: what was executed in it is void, from"
            + " {} back to {}",
        id.toShortString(),
        reverted.isOfOneLineage() ? "this side" : reverted.lineage(),
        reverted.isOfOneLineage() ? "the other" : reverted.into(),
        reverted.from(),
        reverted.to());
    board.reverted(new Reversion(reverted.from().index(), reverted.to().index()));
  }

  @Override
  public void tenure(@Nullable Tenure tenure) {
    promises.leaderships().update(tenure);
  }

  @Override
  public void stopped(String reason) {
    membership.stopped(reason);
  }

  @Override
  public void turned() {
    applyQueue.pump();
    membership.publish();
  }
}
