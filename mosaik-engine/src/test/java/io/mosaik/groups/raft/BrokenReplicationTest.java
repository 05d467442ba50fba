package io.mosaik.groups.raft;

import static io.mosaik.groups.raft.BrokenRulesTest.holdsOnlyWith;
import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.groups.raft.Invariants.ViolatedException;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/**
 * The rules of replication, broken on purpose, each with the history that comes to grief. (That a
 * leader counts its own entry only when it is stored needs none: it tells nobody of a commit before
 * its disk has answered, for effects are carried out in order.)
 */
final class BrokenReplicationTest {

  /** R1: who answers too early forgets in a crash what it has answered for. */
  @Test
  void a_follower_answers_for_an_entry_when_it_is_stored() {
    holdsOnlyWith(
        Rule.ANSWER_WHAT_IS_STORED,
        broken -> {
          Bench bench = Bench.formed(3, broken);
          bench.slowDisk(1);
          bench.propose(0, "forgotten");
          bench.deliverAll(0, 1);
          bench.deliverAll(1, 0);
          bench.crash(0, true);
          bench.restart(1, 2);
          bench.elect(1, 2);
        });
  }

  /** E6: nobody answers, and it goes on as if it led. */
  @Test
  void a_leader_that_no_majority_answers_steps_down() {
    holdsOnlyWith(
        Rule.HEARD_BY_A_MAJORITY,
        broken -> {
          Bench bench = Bench.formed(3, broken);
          bench.unbond(0, 1);
          bench.unbond(0, 2);
          bench.passAll(Bench.CONFIG.electionTimeout().plus(Duration.ofMillis(1)));
          bench.heartbeat(0);
          if (bench.state(0).leads()) {
            throw new ViolatedException("it leads, and nobody knows");
          }
        });
  }

  /** E7: the others answer it, so that nobody else stands, and it can't start again as it was. */
  @Test
  void a_leader_that_can_store_nothing_steps_down() {
    holdsOnlyWith(
        Rule.STORED_IN_TIME,
        broken -> {
          Bench bench = Bench.formed(3, broken);
          bench.slowDisk(0);
          bench.propose(0, "x");
          bench.beat(0, 4);
          assertThat(bench.commands(1)).containsExactly("x"); // which the other two have stored
          if (bench.state(0).leads()) {
            throw new ViolatedException("it leads with a disk that stands still");
          }
        });
  }

  /** S2: a command that another leader has placed is sent again when that one is gone. */
  @Test
  void a_command_that_is_in_the_log_twice_is_applied_once() {
    holdsOnlyWith(
        Rule.APPLIED_ONCE,
        broken -> {
          Bench bench = Bench.formed(3, broken);
          bench.propose(1, "once");
          bench.deliverAll(1, 0);
          bench.deliverAll(0, 2);
          bench.crash(0, true);
          bench.elect(2, 1);
          assertThat(bench.state(2).leads()).isTrue();
          bench.exchange(1, 2);
          assertThat(bench.commands(2)).containsExactly("once", "once");
        });
  }

  /** R6: found by a random life, 12467, in which an honest member was taken for a liar. */
  @Test
  void an_answer_to_a_message_of_an_earlier_term_is_no_answer_to_a_round_of_this_one() {
    Bench bench = Bench.formed(3);
    for (int i = 0; i < 20; i++) {
      bench.heartbeat(0);
    }
    Message late = Objects.requireNonNull(bench.wire(0, 1).peekLast());
    bench.restart(0, 1, 2);
    bench.elect(0, 2);
    bench.deliverAll(0, 1);
    bench.deliverAll(1, 0);
    bench.step(1, new Input.Received(bench.member(0), late));
    assertThat(bench.wire(1, 0)).isNotEmpty();
    bench.deliverAll(1, 0);
    assertThat(bench.told(0, Effect.Violation.class)).isEmpty();
    assertThat(bench.state(0).leads()).isTrue();
  }
}
