package io.mosaik.groups.raft;

import io.mosaik.groups.log.Committee;
import io.mosaik.groups.log.Member;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Tells the shell what has changed since it was told last. */
final class Announcements {

  private final RaftState state;
  private Role role = Role.UNFORMED;
  private long term;
  private @Nullable Member leader;
  private long committeeIndex;
  private @Nullable Committee committee;
  private boolean online;

  Announcements(RaftState state) {
    this.state = state;
  }

  void tell(boolean nowOnline) {
    if (state.role() != role || state.term() != term || !Objects.equals(state.leader, leader)) {
      role = state.role();
      term = state.term();
      leader = state.leader;
      state.emit(new Effect.RoleChanged(role, term, leader));
    }
    Committee current = state.committee();
    if (state.log.committeeIndex() != committeeIndex || !Objects.equals(current, committee)) {
      committeeIndex = state.log.committeeIndex();
      committee = current;
      state.emit(new Effect.CommitteeChanged(committeeIndex, committee));
    }
    if (nowOnline != online) {
      online = nowOnline;
      state.emit(new Effect.OnlineChanged(online));
    }
  }
}
