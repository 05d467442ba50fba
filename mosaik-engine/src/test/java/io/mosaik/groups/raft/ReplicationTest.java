package io.mosaik.groups.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.groups.log.Entry;
import io.mosaik.groups.log.LogPosition;
import io.mosaik.groups.raft.Message.AppendEntries;
import io.mosaik.groups.raft.Message.AppendResponse;
import io.mosaik.groups.raft.Message.Stored;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** R1 to R6. */
final class ReplicationTest {

  private static List<Effect> receive(Bench bench, int from, int to, Message message) {
    return bench.step(to, new Input.Received(bench.member(from), message));
  }

  private static AppendEntries append(
      Bench bench, long term, LogPosition previous, long commit, Entry... entries) {
    return new AppendEntries(
        bench.state(0).log.lineage(), term, previous, commit, 1, List.of(entries));
  }

  @Test
  void r1_entries_are_sent_before_they_are_stored_and_count_after() {
    Bench bench = Bench.formed(3);
    bench.slowDisk(0);
    bench.propose(0, "x");
    assertThat(bench.wire(0, 1)).hasSize(1);
    bench.exchange(0, 1);
    assertThat(bench.state(0).log.commitIndex()).isEqualTo(1);
    bench.sync(0);
    assertThat(bench.state(0).log.commitIndex()).isEqualTo(2);
  }

  @Test
  void r1_a_leader_commits_what_a_majority_of_the_others_has_stored_without_its_own_disk() {
    Bench bench = Bench.formed(3);
    bench.slowDisk(0);
    for (String command : List.of("x", "y")) {
      bench.propose(0, command);
      bench.settle();
    }
    for (int node = 0; node < 3; node++) {
      assertThat(bench.commands(node)).containsExactly("x", "y");
    }
    bench.restart(0, 1, 2);
    assertThat(bench.state(0).log.lastIndex()).isEqualTo(1);
    bench.elect(1, 0, 2);
    bench.settle();
    assertThat(bench.commands(0)).containsExactly("x", "y", "x", "y"); // before and after the crash
  }

  @Test
  void r1_heartbeats_do_not_wait_for_the_leaders_disk() {
    Bench bench = Bench.formed(3);
    bench.slowDisk(0);
    bench.propose(0, "x");
    bench.settle();
    bench.heartbeat(0);
    assertThat(bench.wire(0, 1)).isNotEmpty();
  }

  @Test
  void e7_a_leader_whose_disk_stands_still_steps_down_and_is_not_elected_again() {
    Bench bench = Bench.formed(3);
    bench.slowDisk(0);
    bench.propose(0, "x");
    bench.beat(0, 3);
    assertThat(bench.state(0).leads()).isTrue();
    bench.beat(0, 1);
    assertThat(bench.state(0).leads()).isFalse();
    bench.timeout(0);
    bench.settle();
    bench.timeout(0);
    bench.settle();
    assertThat(bench.state(0).leads()).isFalse(); // its vote for itself waits for the disk too
  }

  @Test
  void e7_a_leader_whose_disk_is_slow_goes_on() {
    Bench bench = Bench.formed(3);
    bench.slowDisk(0);
    for (int i = 0; i < 6; i++) {
      bench.propose(0, "x" + i);
      bench.pass(0, Duration.ofMillis(1_500));
      bench.settle();
      bench.sync(0);
      bench.heartbeat(0);
      bench.settle();
    }
    assertThat(bench.state(0).leads()).isTrue();
    assertThat(bench.state(0).term()).isEqualTo(1);
  }

  @Test
  void r1_a_follower_answers_when_it_has_stored() {
    Bench bench = Bench.formed(3);
    bench.slowDisk(1);
    bench.propose(0, "x");
    bench.deliver(0, 1);
    assertThat(bench.wire(1, 0)).isEmpty();
    bench.sync(1);
    assertThat(bench.wire(1, 0)).hasSize(1);
  }

  @Test
  void r2_a_gap_is_told_and_healed_while_the_others_go_on() {
    Bench bench = Bench.formed(3);
    bench.propose(0, "lost");
    bench.wire(0, 2).clear();
    bench.exchange(0, 1);
    assertThat(bench.commands(1)).containsExactly("lost");
    bench.wire(0, 2).clear();
    bench.propose(0, "next");
    bench.deliver(0, 2);
    assertThat(bench.wire(2, 0))
        .anyMatch(m -> m instanceof AppendResponse response && response.stored() == Stored.GAP);
    bench.settle();
    assertThat(bench.commands(2)).containsExactly("lost", "next");
  }

  @Test
  void r3_a_late_short_message_drops_nothing() {
    Bench bench = Bench.formed(3);
    bench.propose(0, "a");
    var late = (AppendEntries) bench.wire(0, 1).element();
    bench.deliverAll(0, 1);
    bench.propose(0, "b");
    bench.propose(0, "c");
    bench.deliverAll(0, 1);
    LogPosition last = bench.state(1).log.last();
    receive(bench, 0, 1, late);
    assertThat(bench.state(1).log.last()).isEqualTo(last);
  }

  @Test
  void r3_entries_that_differ_are_replaced_from_the_first_on() {
    Bench bench = Bench.formed(3);
    bench.propose(0, "x");
    bench.deliver(0, 1);
    receive(
        bench,
        2,
        1,
        append(bench, 2, new LogPosition(1, 1), 1, new Entry.Noop(2), new Entry.Noop(2)));
    assertThat(bench.state(1).log.last()).isEqualTo(new LogPosition(2, 3));
    assertThat(bench.state(1).log.termAt(2)).isEqualTo(2);
  }

  @Test
  void r3_a_member_stops_rather_than_drop_a_committed_entry() {
    Bench bench = Bench.formed(3);
    bench.propose(0, "x");
    bench.settle();
    assertThat(bench.state(1).log.commitIndex()).isEqualTo(2);
    var effects =
        receive(bench, 2, 1, append(bench, 2, new LogPosition(1, 1), 1, new Entry.Noop(2)));
    assertThat(effects).anyMatch(effect -> effect instanceof Effect.Stopped);
    assertThat(bench.step(1, new Input.ReadIndex(1))).isEmpty();
  }

  @Test
  void r5_a_follower_commits_no_further_than_its_log_is_known_to_match() {
    Bench bench = Bench.formed(3);
    bench.propose(0, "stale");
    bench.deliver(0, 1);
    assertThat(bench.state(1).log.lastIndex()).isEqualTo(2);
    receive(bench, 2, 1, append(bench, 2, new LogPosition(1, 1), 2));
    assertThat(bench.state(1).log.commitIndex()).isEqualTo(1);
  }

  @Test
  void r6_a_second_leader_in_a_term_is_a_violation() {
    Bench bench = Bench.formed(3);
    var effects = receive(bench, 2, 1, append(bench, 1, new LogPosition(1, 1), 1));
    assertThat(effects).anyMatch(effect -> effect instanceof Effect.Violation);
    assertThat(bench.core(1).status().leader()).isEqualTo(bench.member(0));
  }

  @Test
  void r6_who_answers_for_entries_that_were_never_sent_is_a_violation() {
    Bench bench = Bench.formed(3);
    var answer =
        new AppendResponse(
            bench.state(0).log.lineage(), 1, Stored.STORED, new LogPosition(1, 99), 1);
    assertThat(receive(bench, 1, 0, answer)).anyMatch(effect -> effect instanceof Effect.Violation);
    assertThat(bench.state(0).log.commitIndex()).isEqualTo(1);
  }

  @Test
  void r6_there_is_no_term_after_the_last() {
    Bench bench = Bench.formed(2);
    var last =
        new Message.VoteRequest(
            bench.state(1).log.lineage(),
            LogPosition.MAX,
            Message.Ballot.VOTE,
            bench.state(1).log.last());
    receive(bench, 1, 0, last);
    bench.pass(0, Duration.ofSeconds(10));
    bench.step(0, new Input.TimerFired(TimerKind.ELECTION));
    var request = new Message.TimeoutNow(bench.state(1).log.lineage(), LogPosition.MAX);
    receive(bench, 1, 0, append(bench, LogPosition.MAX, new LogPosition(1, 1), 1));
    assertThat(receive(bench, 1, 0, request)).anyMatch(effect -> effect instanceof Effect.Stopped);
  }

  @Test
  void a_leader_of_the_past_is_told_the_later_term() {
    Bench bench = Bench.formed(3);
    bench.elect(1, 2);
    bench.settle();
    assertThat(bench.state(0).leads()).isFalse();
    assertThat(bench.state(0).term()).isEqualTo(2);
  }

  @Test
  void messages_of_another_lineage_do_not_enter() {
    var bench = new Bench(2);
    bench.timeout(0);
    bench.timeout(1);
    bench.bond(0, 1);
    var request =
        new Message.VoteRequest(
            bench.state(1).log.lineage(), 50, Message.Ballot.VOTE, new LogPosition(40, 40));
    receive(bench, 1, 0, request);
    assertThat(bench.state(0).term()).isEqualTo(1);
    assertThat(bench.state(0).leads()).isTrue();
  }

  @Test
  void commands_proposed_in_one_turn_share_a_message() {
    Bench bench = Bench.formed(3);
    bench.step(0, new Input.Propose(1, List.of(new byte[1], new byte[2], new byte[3])));
    assertThat(bench.wire(0, 1)).hasSize(1);
    assertThat(((AppendEntries) bench.wire(0, 1).element()).entries()).hasSize(3);
  }

  @Test
  void much_goes_out_at_once_in_messages_of_bounded_size_and_none_waits_for_an_answer() {
    Bench bench = Bench.formed(3);
    bench.step(
        0,
        new Input.Propose(1, List.of(large(0), large(1), large(2), large(3), large(4), large(5))));
    assertThat(sentBy0(bench)).containsExactly(2, 2, 2);
    bench.state(0).log.batchEntries = 4;
    List<byte[]> small = IntStream.range(0, 10).mapToObj(i -> new byte[] {(byte) i}).toList();
    bench.step(0, new Input.Propose(2, small));
    assertThat(sentBy0(bench)).containsExactly(2, 2, 2, 4, 4, 2);
    bench.settle();
    assertThat(bench.commands(1)).hasSize(16);
  }

  /** How many entries the messages have that are on their way. */
  private static List<Integer> sentBy0(Bench bench) {
    return bench.wire(0, 1).stream()
        .map(message -> ((AppendEntries) message).entries().size())
        .toList();
  }

  @Test
  void commands_proposed_together_are_never_parted_between_messages() {
    Bench bench = Bench.formed(3);
    bench.step(2, new Input.Propose(1, List.of(large(0))));
    bench.step(2, new Input.Propose(2, List.of(large(1), large(2), large(3), large(4))));
    bench.step(2, new Input.Propose(3, List.of(large(5))));
    List<Integer> sizes = List.of(1, 4, 1);
    assertThat(forwardedTo0(bench)).isEqualTo(sizes);
    bench.unbond(2, 0);
    bench.bond(2, 0); // All are sent again, in one turn.
    bench.settle();
    assertThat(bench.told(2, Effect.ProposalPlaced.class))
        .extracting(Effect.ProposalPlaced::count)
        .isEqualTo(sizes);
  }

  private static byte[] large(int number) {
    var large = new byte[Message.MAX_BATCH_BYTES / 2];
    large[0] = (byte) number;
    return large;
  }

  private static List<Integer> forwardedTo0(Bench bench) {
    return bench.wire(2, 0).stream()
        .map(message -> ((Message.Forward) message).commands().size())
        .toList();
  }

  @Test
  void reads_that_wait_share_a_round() {
    Bench bench = Bench.formed(3);
    for (int token = 1; token <= 50; token++) {
      bench.step(0, new Input.ReadIndex(token));
    }
    assertThat(bench.wire(0, 1)).hasSize(1);
    bench.settle();
    assertThat(bench.told(0, Effect.ReadReady.class)).hasSize(50);
  }

  @Test
  void s1_commands_are_sent_again_to_the_next_leader_and_count_once() {
    Bench bench = Bench.formed(3);
    bench.propose(2, "x");
    // Placed by the leader, stored by one more, but the origin hears of another leader first.
    bench.deliver(2, 0);
    bench.deliver(0, 1);
    bench.unbond(0, 1);
    bench.unbond(0, 2);
    bench.elect(1, 2);
    bench.exchange(1, 2);
    // It is in the log twice by now: taken over, and sent again.
    assertThat(bench.commands(2)).startsWith("x");
    var sessions = new Sessions();
    long applied =
        bench.told(2, Effect.Apply.class).stream()
            .flatMap(apply -> apply.entries().stream())
            .filter(entry ->
                entry instanceof Entry.Command command
                    && sessions.admit(command.origin(), command.sequence())
                        == Sessions.Verdict.APPLY)
            .count();
    assertThat(applied).isEqualTo(1);
  }

  @Test
  void s4_what_never_left_is_offline_when_it_is_withdrawn() {
    var bench = new Bench(1);
    bench.step(0, new Input.Propose(7, List.of(new byte[1])));
    assertThat(bench.step(0, new Input.Withdraw(7)))
        .contains(new Effect.ProposalRejected(7, Effect.Rejection.OFFLINE));
    bench.timeout(0);
    assertThat(bench.commands(0)).isEmpty();
  }

  @Test
  void s4_a_command_that_is_too_large_is_rejected() {
    Bench bench = Bench.formed(1);
    assertThat(bench.step(0, new Input.Propose(7, List.of(new byte[Entry.MAX_COMMAND_BYTES + 1]))))
        .contains(new Effect.ProposalRejected(7, Effect.Rejection.TOO_LARGE));
  }
}
