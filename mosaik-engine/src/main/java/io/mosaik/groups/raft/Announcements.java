package io.mosaik.groups.raft;

import io.mosaik.groups.log.Member;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Tells the shell when the role, the term or the leader is another than it was told last. */
final class Announcements {

  private final RaftState state;
  private Role role = Role.UNFORMED;
  private long term;
  private @Nullable Member leader;

  Announcements(RaftState state) {
    this.state = state;
  }

  void tell() {
    if (state.role() != role || state.term() != term || !Objects.equals(state.leader, leader)) {
      role = state.role();
      term = state.term();
      leader = state.leader;
      state.emit(new Effect.RoleChanged(role, term, leader));
    }
  }
}
