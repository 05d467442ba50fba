package io.mosaik.groups.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.groups.log.LogPosition;
import io.mosaik.groups.raft.Message.Ballot;
import io.mosaik.groups.raft.Message.VoteRequest;
import io.mosaik.groups.raft.Message.VoteResponse;
import java.time.Duration;
import java.util.EnumSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** F1 to F5. */
final class FormationTest {

  @Test
  void f1_a_node_waits_its_election_timeout_and_the_bootstrap_delay() {
    var bench = new Bench(1);
    bench.pass(0, Duration.ofMillis(4_999));
    bench.step(0, new Input.TimerFired(TimerKind.ELECTION));
    assertThat(bench.core(0).status().role()).isEqualTo(Role.UNFORMED);
    bench.pass(0, Duration.ofMillis(502));
    bench.step(0, new Input.TimerFired(TimerKind.ELECTION));
    assertThat(bench.core(0).status().role()).isEqualTo(Role.LEADER);
  }

  @Test
  void f2_too_few_members_form_nothing() {
    var config = Bench.CONFIG.toBuilder().bootstrapExpect(3).build();
    var bench = new Bench(3, config, EnumSet.noneOf(Rule.class));
    bench.bond(0, 1);
    bench.timeout(0);
    bench.settle();
    assertThat(bench.state(0).term()).isZero();
    bench.bond(0, 2);
    bench.bond(1, 2);
    bench.timeout(0);
    bench.settle();
    assertThat(bench.core(0).status().role()).isEqualTo(Role.LEADER);
  }

  @Test
  void f3_a_node_with_a_log_ends_the_attempt_and_keeps_its_term() {
    var bench = new Bench(2);
    bench.timeout(0);
    bench.timeout(1);
    bench.crash(1, false);
    bench.start(1, false);
    bench.bond(0, 1);
    bench.wire(0, 1).clear();
    bench.timeout(1);
    assertThat(bench.core(1).status().role()).isEqualTo(Role.CANDIDATE);
    bench.deliver(1, 0);
    bench.wire(0, 1).removeIf(message -> !(message instanceof VoteResponse));
    bench.deliver(0, 1);
    assertThat(bench.core(1).status().role()).isEqualTo(Role.UNFORMED);
    assertThat(bench.state(0).leads()).isTrue();
    assertThat(bench.state(0).term()).isEqualTo(1);
  }

  @Test
  void f3_who_holds_a_formation_is_elected_however_often_its_voter_stands() {
    var bench = new Bench(2);
    bench.bondAll();
    bench.timeout(0);
    bench.deliver(0, 1);
    bench.deliver(1, 0);
    assertThat(bench.state(0).log.lastIndex()).isEqualTo(1);
    bench.crash(0, true); // nobody else has the formation
    bench.start(0, false);
    bench.bondAll();
    bench.pass(0, Bench.CONFIG.electionTimeout()); // its start was a sign of a leader (T5)
    for (int i = 0; i < 3; i++) {
      bench.timeout(1);
      bench.settle();
    }
    bench.timeout(0);
    bench.settle();
    assertThat(bench.state(0).leads()).isTrue();
    assertThat(bench.core(1).status().lineage()).isEqualTo(bench.core(0).status().lineage());
  }

  @Test
  void f4_every_member_that_was_asked_must_answer() {
    var bench = new Bench(5);
    bench.bondAll();
    bench.timeout(0);
    for (int i = 1; i < 4; i++) {
      bench.deliver(0, i);
      bench.deliver(i, 0);
    }
    assertThat(bench.core(0).status().role()).isEqualTo(Role.CANDIDATE);
    bench.deliver(0, 4);
    bench.deliver(4, 0);
    assertThat(bench.core(0).status().role()).isEqualTo(Role.LEADER);
  }

  @Test
  void f4_a_formation_vote_is_the_vote_of_its_term() {
    var bench = new Bench(3);
    bench.bondAll();
    bench.timeout(0);
    bench.timeout(1);
    // Both stand in term 1, and 2 votes for the first that asks.
    bench.deliver(0, 2);
    bench.deliver(1, 2);
    assertThat(((VoteResponse) bench.wire(2, 0).element()).verdict())
        .isEqualTo(Message.Verdict.GRANTED);
    assertThat(((VoteResponse) bench.wire(2, 1).element()).verdict())
        .isEqualTo(Message.Verdict.DENIED);
    bench.settle();
    assertThat(bench.state(0).leads() ^ bench.state(1).leads()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "1,5,1", "2,5,2", "3,5,3", "4,5,3", "5,5,5", "6,5,5", "100,5,5", "2,1,1", "7,7,7", "8,2,1",
    "8,4,3"
  })
  void c3_the_target_is_odd_but_for_just_two(int eligible, int most, int target) {
    assertThat(Formation.targetSize(eligible, most)).isEqualTo(target);
  }

  @Test
  void c3_who_may_still_give_up_the_lineage_for_another_is_not_promoted() {
    var bench = new Bench(2);
    bench.timeout(0);
    assertThat(bench.core(0).status().commitIndex()).isEqualTo(1);
    bench.bond(0, 1);
    bench.wire(0, 1).clear();
    for (long round = 1; round <= 2; round++) {
      // The first round began before the formation was committed, and tells nobody that it is.
      assertThat(bench.committee(0).size()).isEqualTo(1);
      bench.heartbeat(0);
      bench.step(
          0,
          new Input.Received(
              bench.member(1),
              new Message.AppendResponse(
                  bench.core(0).status().lineage(),
                  1,
                  Message.Stored.ABSTAINED,
                  bench.core(0).status().last(),
                  round)));
    }
    assertThat(bench.committee(0).size()).isEqualTo(2);
  }

  /** A learner is in the window of a short log with nothing, and still free to go elsewhere. */
  @Test
  void c3_who_has_nothing_of_the_log_so_far_is_not_promoted() {
    var bench = new Bench(2);
    bench.timeout(0);
    bench.bond(0, 1);
    bench.wire(0, 1).clear();
    for (long round = 1; round <= 4; round++) {
      assertThat(bench.committee(0).size()).isEqualTo(1);
      bench.heartbeat(0);
      LogPosition last = bench.core(0).status().last();
      bench.step(
          0,
          new Input.Received(
              bench.member(1),
              new Message.AppendResponse(
                  bench.core(0).status().lineage(),
                  1,
                  Message.Stored.ABSTAINED,
                  round < 4 ? LogPosition.START : last,
                  round)));
    }
    assertThat(bench.committee(0).size()).isEqualTo(2);
  }

  /** A stray: it has its own formation, and no majority to commit it. */
  private static Bench stray() {
    Bench bench = Bench.founded();
    bench.unbond(0, 1);
    bench.unbond(0, 2);
    assertThat(bench.state(0).log.lastIndex()).isEqualTo(1);
    return bench;
  }

  @Test
  void f5_a_stray_formation_gives_way_to_a_group() {
    Bench bench = stray();
    bench.foundAlone(3);
    bench.bond(0, 3);
    bench.settle();
    assertThat(bench.core(0).status().lineage()).isEqualTo(bench.core(3).status().lineage());
    assertThat(bench.core(0).status().role()).isEqualTo(Role.FOLLOWER);
  }

  /** Else each of two leaders would drop its own log for the other's, for good. */
  @Test
  void f5_of_two_formations_of_one_term_one_gives_way() {
    var bench = new Bench(4);
    for (int leader = 0; leader < 4; leader += 2) {
      bench.bond(leader, leader + 1);
      bench.timeout(leader);
    }
    // They see each other when both have asked, and so tell each other of their formations.
    bench.bond(0, 2);
    bench.bond(0, 3);
    bench.bond(1, 2);
    bench.bond(1, 3);
    for (int leader = 0; leader < 4; leader += 2) {
      bench.deliver(leader, leader + 1);
      bench.deliver(leader + 1, leader);
      assertThat(bench.state(leader).leads()).isTrue();
      assertThat(bench.state(leader).term()).isEqualTo(1);
    }
    bench.exchange(0, 2); // the leaders hear of each other first
    bench.settle();
    for (int i = 0; i < 12; i++) {
      bench.passAll(Duration.ofSeconds(1));
      if (i % 3 == 2) {
        bench.timeout(i % 4);
      }
      for (int node = 0; node < 4; node++) {
        if (bench.state(node).leads()) {
          bench.heartbeat(node);
        }
        bench.settle();
      }
    }
    var lineage = bench.core(0).status().lineage();
    for (int node = 0; node < 4; node++) {
      assertThat(bench.core(node).status().lineage()).isEqualTo(lineage);
      assertThat(bench.core(node).status().commitIndex()).isPositive();
    }
  }

  @Test
  void f5_a_group_of_an_earlier_term_raises_its_own() {
    Bench bench = stray();
    for (int other : new int[] {1, 2}) {
      bench.crash(other, false);
    }
    // The stray stood in vain until its term was higher.
    bench.crash(0, true);
    bench.start(0, false);
    bench.pass(0, Duration.ofSeconds(3));
    bench.bond(0, 3);
    bench.step(
        0,
        new Input.Received(
            bench.member(3),
            new VoteRequest(
                bench.state(0).log.lineage(), 7, Ballot.VOTE, bench.state(0).log.last())));
    bench.unbond(0, 3);
    bench.timeout(3);
    assertThat(bench.state(3).term()).isEqualTo(1);
    bench.bond(0, 3);
    bench.settle();
    bench.timeout(3);
    bench.settle();
    assertThat(bench.state(3).leads()).isTrue();
    assertThat(bench.state(3).term()).isGreaterThan(7);
    assertThat(bench.core(0).status().lineage()).isEqualTo(bench.core(3).status().lineage());
  }

  @Test
  void f5_a_stray_formation_that_gives_way_is_no_meeting_of_two_groups() {
    var bench = new Bench(3);
    bench.timeout(0);
    bench.bond(0, 1);
    bench.settle();
    bench.bondAll();
    bench.heartbeat(0);
    bench.settle();
    assertThat(bench.core(2).status().lineage()).isEqualTo(bench.core(0).status().lineage());
    for (int node = 0; node < 3; node++) {
      assertThat(bench.told(node, Effect.LineagesMet.class)).isEmpty();
    }
  }
}
