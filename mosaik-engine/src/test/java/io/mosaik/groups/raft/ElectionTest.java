package io.mosaik.groups.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.groups.log.LogPosition;
import io.mosaik.groups.raft.Message.Ballot;
import io.mosaik.groups.raft.Message.Verdict;
import io.mosaik.groups.raft.Message.VoteRequest;
import io.mosaik.groups.raft.Message.VoteResponse;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** E1 to E6. */
final class ElectionTest {

  private static Verdict ask(Bench bench, int from, int to, Ballot ballot, long term) {
    var request =
        new VoteRequest(
            bench.state(from).log.lineage(), term, ballot, bench.state(from).log.last());
    return ask(bench, from, to, request);
  }

  private static Verdict ask(Bench bench, int from, int to, VoteRequest request) {
    bench.wire(to, from).clear();
    bench.step(to, new Input.Received(bench.member(from), request));
    VoteResponse response = (VoteResponse) bench.wire(to, from).remove();
    return response.verdict();
  }

  @Test
  void e1_voters_stand_when_no_leader_is_heard_of() {
    Bench bench = Bench.formed(3);
    bench.elect(1, 2);
    assertThat(bench.core(1).status().role()).isEqualTo(Role.LEADER);
    assertThat(bench.state(1).term()).isEqualTo(2);
  }

  @Test
  void e1_a_learner_that_knows_its_formation_to_be_committed_does_not_stand() {
    var bench = new Bench(2);
    bench.timeout(0);
    bench.bond(0, 1);
    // Hears of the group, but is cut off before it is promoted.
    bench.exchange(0, 1);
    bench.unbond(0, 1);
    bench.crash(1, false);
    bench.start(1, true);
    bench.bond(0, 1);
    bench.exchange(0, 1);
    assertThat(bench.core(1).status().lineage()).isEqualTo(bench.core(0).status().lineage());
    bench.unbond(0, 1);
    bench.timeout(1);
    assertThat(bench.core(1).status().role()).isEqualTo(Role.OBSERVER);
    assertThat(bench.state(1).term()).isEqualTo(bench.state(0).term());
  }

  @Test
  void e2_a_pre_vote_is_denied_while_a_leader_is_heard_of_and_granted_after() {
    Bench bench = Bench.formed(3);
    assertThat(ask(bench, 1, 2, Ballot.PRE_VOTE, 2)).isEqualTo(Verdict.DENIED);
    bench.pass(2, Duration.ofSeconds(3));
    assertThat(ask(bench, 1, 2, Ballot.PRE_VOTE, 2)).isEqualTo(Verdict.GRANTED);
  }

  @Test
  void e2_a_leader_with_its_quorum_denies_a_pre_vote() {
    Bench bench = Bench.formed(3);
    assertThat(ask(bench, 1, 0, Ballot.PRE_VOTE, 2)).isEqualTo(Verdict.DENIED);
    assertThat(bench.state(0).leads()).isTrue();
  }

  @Test
  void e2_a_pre_vote_changes_nothing_at_the_voter() {
    Bench bench = Bench.formed(3);
    bench.pass(2, Duration.ofSeconds(3));
    ask(bench, 1, 2, Ballot.PRE_VOTE, 2);
    assertThat(bench.state(2).term()).isEqualTo(1);
  }

  @Test
  void e2_a_node_that_was_cut_off_does_not_disturb_the_leader_when_it_is_back() {
    Bench bench = Bench.formed(3);
    bench.unbond(0, 2);
    bench.unbond(1, 2);
    for (int i = 0; i < 5; i++) {
      bench.timeout(2);
    }
    assertThat(bench.state(2).term()).isEqualTo(1);
    bench.bond(0, 2);
    bench.bond(1, 2);
    bench.settle();
    assertThat(bench.state(0).leads()).isTrue();
    assertThat(bench.core(2).status().leader()).isEqualTo(bench.member(0));
  }

  @Test
  void e3_one_vote_a_term_and_the_same_again_to_the_same() {
    Bench bench = Bench.formed(3);
    bench.pass(2, Duration.ofSeconds(3));
    assertThat(ask(bench, 1, 2, Ballot.VOTE, 2)).isEqualTo(Verdict.GRANTED);
    assertThat(ask(bench, 0, 2, Ballot.VOTE, 2)).isEqualTo(Verdict.DENIED);
    assertThat(ask(bench, 1, 2, Ballot.VOTE, 2)).isEqualTo(Verdict.GRANTED);
  }

  @Test
  void e1_who_was_removed_stands_until_that_is_committed() {
    Bench bench = Bench.formed(2);
    bench.slowDisk(0);
    bench.step(0, new Input.Departed(bench.member(1)));
    bench.settle();
    assertThat(bench.committee(1).size()).isEqualTo(1);
    bench.restart(0, 1);
    assertThat(bench.committee(0).size()).isEqualTo(2);
    bench.elect(0, 1); // in vain: its log is behind
    assertThat(bench.state(0).leads()).isFalse();
    bench.passAll(Duration.ofSeconds(3));
    bench.timeout(1);
    bench.settle();
    // It led a committee of others, and handed over to it (C6).
    assertThat(bench.state(0).leads()).isTrue();
    assertThat(bench.state(0).term()).isEqualTo(3);
    assertThat(bench.state(0).log.commitIndex()).isGreaterThan(2);
  }

  @Test
  void e3_the_vote_outlives_a_crash() {
    Bench bench = Bench.formed(3);
    bench.pass(2, Duration.ofSeconds(3));
    ask(bench, 1, 2, Ballot.VOTE, 2);
    bench.crash(2, true);
    bench.start(2, false);
    bench.pass(2, Duration.ofSeconds(3));
    bench.bond(0, 2);
    assertThat(ask(bench, 0, 2, Ballot.VOTE, 2)).isEqualTo(Verdict.DENIED);
  }

  @Test
  void e3_a_vote_is_not_sent_before_it_is_stored() {
    Bench bench = Bench.formed(3);
    bench.pass(2, Duration.ofSeconds(3));
    bench.slowDisk(2);
    var request =
        new VoteRequest(bench.state(1).log.lineage(), 2, Ballot.VOTE, bench.state(1).log.last());
    bench.step(2, new Input.Received(bench.member(1), request));
    assertThat(bench.wire(2, 1)).isEmpty();
    bench.sync(2);
    assertThat(bench.wire(2, 1)).hasSize(1);
  }

  @Test
  void e3_a_candidate_whose_log_is_behind_gets_no_vote() {
    Bench bench = Bench.formed(3);
    bench.propose(0, "x");
    bench.exchange(0, 2);
    bench.pass(2, Duration.ofSeconds(3));
    assertThat(ask(bench, 1, 2, Ballot.VOTE, 2)).isEqualTo(Verdict.DENIED);
    // A later last term beats a longer log.
    var later =
        new VoteRequest(bench.state(1).log.lineage(), 2, Ballot.VOTE, new LogPosition(2, 1));
    assertThat(ask(bench, 1, 2, later)).isEqualTo(Verdict.GRANTED);
  }

  @Test
  void e3_a_node_without_a_log_votes_but_its_new_incarnation_does_not_count() {
    Bench bench = Bench.formed(3);
    bench.crash(0, true);
    bench.crash(2, false);
    bench.start(2, false);
    bench.bond(1, 2);
    assertThat(ask(bench, 1, 2, Ballot.VOTE, 2)).isEqualTo(Verdict.GRANTED);
    bench.elect(1, 2);
    assertThat(bench.state(1).leads()).isFalse();
  }

  @Test
  void e4_an_observer_abstains() {
    var bench = new Bench(2);
    bench.crash(1, true);
    bench.start(1, true);
    bench.timeout(0);
    bench.bond(0, 1);
    bench.exchange(0, 1);
    bench.pass(1, Duration.ofSeconds(1)); // it does so twice a heartbeat at most
    bench.propose(0, "x");
    bench.deliver(0, 1);
    var answer = (Message.AppendResponse) bench.wire(1, 0).remove();
    assertThat(answer.stored()).isEqualTo(Message.Stored.ABSTAINED);
    assertThat(ask(bench, 0, 1, Ballot.VOTE, 9)).isEqualTo(Verdict.ABSTAINED);
  }

  @Test
  void e5_commands_wait_until_an_entry_of_the_leaders_term_is_committed() {
    Bench bench = Bench.formed(3);
    bench.elect(1, 2);
    bench.propose(1, "x");
    assertThat(bench.state(1).log.last()).isEqualTo(new LogPosition(2, 2));
    bench.exchange(1, 2);
    assertThat(bench.commands(1)).containsExactly("x");
  }

  @Test
  void e6_a_leader_that_does_not_hear_from_a_majority_steps_down() {
    Bench bench = Bench.formed(3);
    bench.unbond(0, 1);
    bench.unbond(0, 2);
    bench.pass(0, Duration.ofSeconds(1));
    bench.heartbeat(0);
    assertThat(bench.state(0).leads()).isTrue();
    bench.pass(0, Duration.ofSeconds(2));
    bench.heartbeat(0);
    assertThat(bench.state(0).leads()).isFalse();
    assertThat(bench.core(0).status().online()).isFalse();
  }

  @Test
  void e6_of_two_the_leader_removes_the_silent_follower_instead_of_stepping_down() {
    Bench bench = Bench.formed(2);
    bench.pass(0, Duration.ofSeconds(3));
    bench.heartbeat(0); // C5
    assertThat(bench.state(0).leads()).isTrue();
    bench.propose(0, "x");
    assertThat(bench.commands(0)).containsExactly("x");
  }
}
