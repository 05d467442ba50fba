package io.mosaik.groups.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mosaik.groups.log.Origin;
import io.mosaik.groups.raft.Sessions.Verdict;
import io.mosaik.id.PeerId;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.MalformedException;
import org.junit.jupiter.api.Test;

/** S2 and S3. */
final class SessionsTest {

  private static Origin origin(long session) {
    return new Origin(PeerId.ofBytes(new byte[PeerId.LENGTH]), session);
  }

  @Test
  void each_number_is_applied_once_and_in_order() {
    var sessions = new Sessions();
    assertThat(sessions.admit(origin(1), 2)).isEqualTo(Verdict.GAP);
    assertThat(sessions.admit(origin(1), 1)).isEqualTo(Verdict.APPLY);
    assertThat(sessions.admit(origin(1), 1)).isEqualTo(Verdict.DUPLICATE);
    assertThat(sessions.admit(origin(1), 2)).isEqualTo(Verdict.APPLY);
    assertThat(sessions.admit(origin(2), 1)).isEqualTo(Verdict.APPLY);
    assertThat(sessions.lastApplied(origin(1))).isEqualTo(2);
  }

  @Test
  void a_snapshot_continues_where_it_was_taken() {
    var sessions = new Sessions();
    sessions.admit(origin(1), 1);
    sessions.admit(origin(2), 1);
    sessions.admit(origin(1), 2);
    var copy = Sessions.CODEC.fromBytes(Sessions.CODEC.toBytes(sessions));
    assertThat(Sessions.CODEC.toBytes(copy)).isEqualTo(Sessions.CODEC.toBytes(sessions));
    assertThat(copy.admit(origin(1), 2)).isEqualTo(Verdict.DUPLICATE);
    assertThat(copy.admit(origin(2), 2)).isEqualTo(Verdict.APPLY);
  }

  @Test
  void sessions_of_which_two_have_one_origin_are_malformed() {
    var one = new BinaryWriter().value(origin(1), Origin.CODEC).varint(7);
    byte[] twice = new BinaryWriter().varint(2).raw(one).raw(one).toByteArray();
    assertThatThrownBy(() -> Sessions.CODEC.fromBytes(twice))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("two sessions");
  }

  @Test
  void the_session_that_is_unused_for_longest_goes_first() {
    var sessions = new Sessions();
    for (long session = 0; session < Sessions.MAX_SESSIONS; session++) {
      sessions.admit(origin(session), 1);
    }
    sessions.admit(origin(0), 2);
    sessions.admit(origin(-1), 1);
    assertThat(sessions.size()).isEqualTo(Sessions.MAX_SESSIONS);
    assertThat(sessions.lastApplied(origin(0))).isEqualTo(2);
    assertThat(sessions.lastApplied(origin(1))).isZero();
  }
}
