package io.mosaik.groups.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.groups.log.Member;
import io.mosaik.groups.raft.Effect.TransferDone;
import io.mosaik.groups.raft.Effect.TransferFailed;
import io.mosaik.groups.raft.Effect.TransferFailure;
import io.mosaik.groups.raft.Message.Ballot;
import io.mosaik.groups.raft.Message.TimeoutNow;
import io.mosaik.groups.raft.Message.Verdict;
import io.mosaik.groups.raft.Message.VoteRequest;
import io.mosaik.groups.raft.Message.VoteResponse;
import java.time.Duration;
import java.util.EnumSet;
import org.junit.jupiter.api.Test;

/** T1 to T5, Q4, and C6 on request. */
final class LeaseTest {

  private static final Duration LEASE = Bench.CONFIG.leaseDuration();

  private static VoteResponse vote(Bench bench, int from, int to, Ballot ballot) {
    var log = bench.state(from).log;
    bench.wire(to, from).clear();
    bench.step(
        to,
        new Input.Received(
            bench.member(from), new VoteRequest(log.lineage(), 2, ballot, log.last())));
    return (VoteResponse) bench.wire(to, from).remove();
  }

  @Test
  void t1_who_hears_of_a_leader_gives_no_vote_and_does_not_take_over_the_term() {
    Bench bench = Bench.formed(3);
    VoteResponse response = vote(bench, 1, 2, Ballot.VOTE);
    assertThat(response.verdict()).isEqualTo(Verdict.DENIED);
    assertThat(response.term()).isEqualTo(1);
    bench.pass(2, Bench.CONFIG.electionTimeout());
    assertThat(vote(bench, 1, 2, Ballot.VOTE).verdict()).isEqualTo(Verdict.GRANTED);
  }

  @Test
  void t1_a_leader_with_its_quorum_gives_no_vote_and_goes_on() {
    Bench bench = Bench.formed(3);
    assertThat(vote(bench, 1, 0, Ballot.VOTE).verdict()).isEqualTo(Verdict.DENIED);
    assertThat(bench.state(0).leads()).isTrue();
    assertThat(bench.isSure(0)).isTrue();
  }

  @Test
  void t1_a_candidate_that_its_leader_asked_to_stand_gets_votes_at_once() {
    Bench bench = Bench.formed(3);
    assertThat(vote(bench, 1, 2, Ballot.HANDOVER).verdict()).isEqualTo(Verdict.GRANTED);
  }

  @Test
  void t2_a_leader_is_sure_from_the_first_commit_of_its_term_on() {
    Bench bench = Bench.formed(3);
    bench.elect(1, 2);
    assertThat(bench.state(1).leads()).isTrue();
    assertThat(bench.isSure(1)).isFalse();
    bench.exchange(1, 2);
    assertThat(bench.isSure(1)).isTrue();
  }

  @Test
  void t2_a_lease_is_counted_from_the_start_of_the_round_and_ends_by_the_clock_alone() {
    Bench bench = Bench.formed(3);
    bench.passAll(Duration.ofSeconds(1));
    bench.heartbeat(0);
    bench.passAll(Duration.ofMillis(500));
    bench.exchange(0, 1);
    bench.pass(0, LEASE.minusMillis(501));
    assertThat(bench.isSure(0)).isTrue();
    bench.pass(0, Duration.ofMillis(1));
    assertThat(bench.isSure(0)).isFalse();
    assertThat(bench.state(0).leads()).isTrue();
  }

  @Test
  void t2_a_turn_without_a_round_moves_no_start() {
    Bench bench = Bench.formed(3);
    bench.passAll(Duration.ofSeconds(1));
    bench.heartbeat(0);
    bench.heartbeat(0); // at the same time as the one before
    bench.passAll(Duration.ofMillis(500));
    bench.step(0, new Input.TimerFired(TimerKind.RESEND));
    bench.exchange(0, 1);
    bench.pass(0, LEASE.minusMillis(500));
    assertThat(bench.isSure(0)).isFalse();
  }

  @Test
  void t2_a_minority_does_not_renew_a_lease() {
    Bench bench = Bench.formed(5);
    bench.passAll(Duration.ofSeconds(1));
    bench.heartbeat(0);
    bench.exchange(0, 1);
    bench.passAll(LEASE.minusSeconds(1));
    assertThat(bench.isSure(0)).isFalse();
  }

  @Test
  void t2_who_leads_alone_is_sure_as_long_as_its_heart_beats() {
    var bench = new Bench(1);
    bench.timeout(0);
    assertThat(bench.isSure(0)).isTrue();
    bench.pass(0, LEASE);
    assertThat(bench.isSure(0)).isFalse();
    bench.heartbeat(0);
    bench.heartbeat(0);
    assertThat(bench.isSure(0)).isTrue();
  }

  @Test
  void t3_the_lease_is_taken_back_before_another_is_asked_to_stand() {
    Bench bench = Bench.formed(3);
    bench.propose(0, "x"); // 1 has to catch up first
    bench.transfer(0, 1);
    assertThat(bench.isSure(0)).isFalse();
    assertThat(bench.wire(0, 1)).noneMatch(TimeoutNow.class::isInstance);
    bench.exchange(0, 1);
    bench.settle();
    assertThat(bench.state(1).leads()).isTrue();
    assertThat(bench.isSure(1)).isTrue();
  }

  @Test
  void t3_who_leaves_is_sure_of_nothing() {
    Bench bench = Bench.formed(3);
    bench.step(0, new Input.Leave());
    assertThat(bench.isSure(0)).isFalse();
  }

  @Test
  void t4_a_transfer_that_came_to_nothing_ends_and_the_leader_goes_on() {
    Bench bench = Bench.formed(3);
    long token = bench.transfer(0, 1);
    bench.wire(0, 1).clear(); // the request to stand is lost
    bench.propose(0, "x");
    bench.passAll(Bench.CONFIG.electionTimeout());
    bench.step(0, new Input.TimerFired(TimerKind.HANDOVER));
    assertThat(bench.told(0, TransferFailed.class))
        .containsExactly(new TransferFailed(token, TransferFailure.TIMED_OUT));
    assertThat(bench.isSure(0)).isFalse();
    bench.exchange(0, 2);
    assertThat(bench.isSure(0)).isTrue();
    assertThat(bench.commands(0)).containsExactly("x");
  }

  @Test
  void t5_who_has_a_log_and_has_just_started_gives_no_vote() {
    Bench bench = Bench.formed(3);
    bench.crash(2, true);
    bench.start(2, false);
    bench.bond(1, 2);
    assertThat(vote(bench, 1, 2, Ballot.VOTE).verdict()).isEqualTo(Verdict.DENIED);
    bench.pass(2, Bench.CONFIG.electionTimeout());
    assertThat(vote(bench, 1, 2, Ballot.VOTE).verdict()).isEqualTo(Verdict.GRANTED);
  }

  @Test
  void q4_by_a_lease_a_strong_read_is_answered_at_once_and_without_one_by_a_round() {
    var bench =
        new Bench(3, Bench.CONFIG.toBuilder().leaseReads(true).build(), EnumSet.noneOf(Rule.class));
    bench.bondAll();
    bench.timeout(0);
    bench.settle();
    bench.heartbeat(0);
    bench.settle();
    bench.step(0, new Input.ReadIndex(1));
    assertThat(bench.told(0, Effect.ReadReady.class)).hasSize(1);
    assertThat(bench.wire(0, 1)).isEmpty();
    bench.pass(0, LEASE);
    bench.step(0, new Input.ReadIndex(2));
    assertThat(bench.told(0, Effect.ReadReady.class)).hasSize(1);
    bench.settle();
    assertThat(bench.told(0, Effect.ReadReady.class)).hasSize(2);
  }

  @Test
  void c6_the_wanted_voter_leads_after_a_transfer() {
    Bench bench = Bench.formed(5);
    long token = bench.transfer(0, 3);
    bench.settle();
    assertThat(bench.state(3).leads()).isTrue();
    assertThat(bench.told(0, TransferDone.class))
        .containsExactly(new TransferDone(token, bench.member(3)));
  }

  @Test
  void c6_without_a_wish_the_voter_that_has_most_of_the_log_leads_after_a_transfer() {
    Bench bench = Bench.formed(3);
    bench.propose(0, "x");
    bench.exchange(0, 2);
    bench.transfer(0, null);
    bench.exchange(0, 2);
    bench.settle();
    assertThat(bench.state(2).leads()).isTrue();
  }

  @Test
  void c6_commands_that_arrive_meanwhile_go_to_the_successor() {
    Bench bench = Bench.formed(3);
    bench.transfer(0, 1);
    bench.propose(0, "at the old leader");
    bench.propose(2, "sent on to it");
    bench.deliverAll(2, 0);
    assertThat(bench.commands(0)).isEmpty();
    bench.settle();
    assertThat(bench.state(1).leads()).isTrue();
    assertThat(bench.commands(1)).containsExactlyInAnyOrder("at the old leader", "sent on to it");
  }

  @Test
  void c6_commands_that_arrive_meanwhile_are_taken_when_the_transfer_comes_to_nothing() {
    Bench bench = Bench.formed(3);
    bench.transfer(0, 1);
    bench.wire(0, 1).clear();
    bench.propose(2, "sent on to it");
    bench.deliverAll(2, 0);
    bench.step(0, new Input.TimerFired(TimerKind.HANDOVER));
    bench.exchange(0, 2);
    assertThat(bench.commands(0)).containsExactly("sent on to it");
  }

  @Test
  void c6_who_cannot_hand_over_says_why() {
    Bench bench = Bench.formed(3);
    assertThat(failure(bench, 1, 2)).isEqualTo(TransferFailure.NOT_LEADING);
    assertThat(failure(bench, 0, 0)).isEqualTo(TransferFailure.NO_SUCCESSOR);
    bench.unbond(0, 1);
    assertThat(failure(bench, 0, 1)).isEqualTo(TransferFailure.NO_SUCCESSOR);
    bench.transfer(0, 2);
    assertThat(failure(bench, 0, 2)).isEqualTo(TransferFailure.BUSY);
  }

  private static TransferFailure failure(Bench bench, int number, int to) {
    long token = bench.transfer(number, to);
    TransferFailed last = bench.told(number, TransferFailed.class).getLast();
    assertThat(last.token()).isEqualTo(token);
    return last.reason();
  }

  @Test
  void c6_an_observer_is_no_successor() {
    var bench = new Bench(2);
    bench.crash(1, true);
    bench.start(1, true);
    bench.timeout(0);
    bench.bond(0, 1);
    bench.exchange(0, 1);
    Member observer = bench.member(1);
    assertThat(bench.state(0).bonded).containsEntry(observer, true);
    assertThat(failure(bench, 0, 1)).isEqualTo(TransferFailure.NO_SUCCESSOR);
  }
}
