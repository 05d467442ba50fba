package io.mosaik.groups;

import io.mosaik.groups.Group.Role;
import io.mosaik.groups.bond.Bond;
import io.mosaik.groups.log.Committee;
import io.mosaik.groups.log.Member;
import io.mosaik.groups.raft.RaftStatus;
import io.mosaik.id.PeerId;
import io.mosaik.runtime.Watch;
import io.mosaik.runtime.WatchSource;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a membership shows of itself; written on the group's strand, read by anyone. */
final class StatusBoard {

  private final WatchSource<GroupStatus> status =
      new WatchSource<>(
          new GroupStatus(
              Role.UNFORMED, 0, null, false, List.of(), 0, 0, SyncStatus.NONE, null, null));
  private final WatchSource<List<Bond<GroupMessage>>> bonded = new WatchSource<>(List.of());
  private final WatchSource<View> view = new WatchSource<>(View.first(status.get()));
  private long appliedIndex;

  // What is published: most turns change none of it.
  private @Nullable RaftStatus raft;
  private SyncStatus sync = SyncStatus.NONE;
  private List<PeerId> committee = List.of();

  Watch<GroupStatus> status() {
    return status;
  }

  Watch<List<Bond<GroupMessage>>> bonded() {
    return bonded;
  }

  /** What conditions look at. */
  Watch<View> view() {
    return view;
  }

  void applied(long index) {
    appliedIndex = index;
  }

  /** The log was given up for another one. */
  void reverted(Reversion reversion) {
    view.set(view.get().with(reversion));
  }

  /** The group has gone on without a majority of its logs. */
  void recovered(GroupRecovery recovery) {
    view.set(view.get().with(recovery));
  }

  void publishBonds(List<Bond<GroupMessage>> made) {
    bonded.set(made);
    view.set(view.get().withBonded(made.stream().map(Bond::peer).toList()));
  }

  void publish(RaftStatus raft, SyncStatus sync) {
    boolean sameRaft = raft.equals(this.raft);
    if (sameRaft && sync.equals(this.sync) && appliedIndex == status.get().applied()) {
      return;
    }
    if (!sameRaft
        && (this.raft == null || !Objects.equals(raft.committee(), this.raft.committee()))) {
      committee = peersOf(raft.committee());
    }
    this.raft = raft;
    this.sync = sync;
    publish(
        new GroupStatus(
            switch (raft.role()) {
              case UNFORMED -> Role.UNFORMED;
              case OBSERVER, LEARNER -> Role.LEARNER;
              case FOLLOWER -> Role.FOLLOWER;
              case CANDIDATE -> Role.CANDIDATE;
              case LEADER -> Role.LEADER;
            },
            raft.term(),
            peerOf(raft.leader()),
            raft.online(),
            committee,
            raft.commitIndex(),
            appliedIndex,
            sync,
            Outages.of(raft.outage()),
            null));
  }

  private void publish(GroupStatus now) {
    status.set(now);
    view.set(view.get().with(now));
  }

  private static List<PeerId> peersOf(@Nullable Committee committee) {
    return committee == null ? List.of() : committee.members().stream().map(Member::peer).toList();
  }

  private static @Nullable PeerId peerOf(@Nullable Member member) {
    return member == null ? null : member.peer();
  }

  /**
   * The membership is over: it leads and follows nobody.
   *
   * @param why for those who wait
   * @param failure why the member has stopped; null if it was left
   */
  void publishOver(String why, @Nullable String failure) {
    GroupStatus last = status.get();
    publish(
        new GroupStatus(
            last.role() == Role.LEADER ? Role.LEARNER : last.role(),
            last.term(),
            null,
            false,
            last.committee(),
            last.committed(),
            last.applied(),
            last.sync(),
            null,
            failure));
    bonded.set(List.of());
    view.set(view.get().over(why));
  }
}
