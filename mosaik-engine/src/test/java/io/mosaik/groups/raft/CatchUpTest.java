package io.mosaik.groups.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.groups.raft.Message.LogRequest;
import io.mosaik.groups.raft.Message.LogResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** R2: entries that are missing are fetched from several voters at once. */
final class CatchUpTest {

  private static final int LATE = 4;

  private final List<String> commands = new ArrayList<>();

  /**
   * Node 0 leads five; node 4 was away while 60 entries were committed, 3 of which fill a message.
   */
  private Bench bench() {
    Bench bench = Bench.formed(5);
    for (int node = 0; node < 5; node++) {
      bench.state(node).log.batchEntries = 3;
    }
    for (int node = 0; node < LATE; node++) {
      bench.unbond(node, LATE);
    }
    for (int i = 0; i < 60; i++) {
      commands.add("x" + i);
      bench.propose(0, commands.getLast());
      bench.settle();
    }
    for (int node = 0; node < LATE; node++) {
      bench.bond(node, LATE);
    }
    bench.exchange(0, LATE);
    return bench;
  }

  private static List<LogRequest> asked(Bench bench, int provider) {
    return bench.wire(LATE, provider).stream()
        .filter(message -> message instanceof LogRequest)
        .map(message -> (LogRequest) message)
        .toList();
  }

  @Test
  void r2_much_is_fetched_from_several_voters_at_once_and_not_from_the_leader() {
    Bench bench = bench();
    assertThat(asked(bench, 0)).isEmpty();
    for (int voter = 1; voter < LATE; voter++) {
      assertThat(asked(bench, voter)).as("asked of node " + voter).hasSizeBetween(2, 3);
    }
    bench.settle();
    assertThat(bench.commands(LATE)).isEqualTo(commands);
  }

  @Test
  void r2_ranges_that_come_early_wait_for_those_before_them() {
    Bench bench = bench();
    for (int voter = 1; voter < LATE; voter++) {
      while (bench.deliver(LATE, voter)) {
        // it answers
      }
    }
    long before = bench.state(LATE).log.lastIndex();
    // The voter that was asked for what comes next answers last.
    int next = 1;
    while (asked(bench, next).stream().anyMatch(r -> LogRequest.isByIndex(r.after()))
        || bench.wire(next, LATE).stream()
            .noneMatch(m -> m instanceof LogResponse r && r.asked().index() == before)) {
      next++;
    }
    for (int voter = 1; voter < LATE; voter++) {
      while (voter != next && bench.deliver(voter, LATE)) {
        // it comes early
      }
    }
    assertThat(bench.state(LATE).log.lastIndex()).isEqualTo(before);
    bench.settle();
    assertThat(bench.commands(LATE)).isEqualTo(commands);
  }

  @Test
  void r2_what_a_dead_voter_was_asked_for_comes_from_the_others() {
    for (int dead = 1; dead < LATE; dead++) {
      commands.clear();
      Bench bench = bench();
      bench.unbond(dead, LATE);
      bench.settle();
      assertThat(bench.commands(LATE)).isEqualTo(commands);
    }
  }

  @Test
  void r2_a_voter_that_does_not_answer_is_asked_for_no_further_ranges() {
    Bench bench = bench();
    for (int silent = 1; silent < 3; silent++) {
      bench.wire(LATE, silent).clear();
    }
    int round = 0;
    while (bench.commands(LATE).size() < commands.size()) {
      assertThat(round++).isLessThan(8);
      bench.settle();
      for (int silent = 1; silent < 3; silent++) {
        assertThat(asked(bench, silent)).isEmpty(); // delivered; what is lost is lost below
      }
      bench.pass(LATE, Duration.ofSeconds(1));
      bench.step(LATE, new Input.TimerFired(TimerKind.CATCH_UP));
    }
    assertThat(bench.commands(LATE)).isEqualTo(commands);
  }

  @Test
  void r2_an_answer_that_was_not_asked_for_changes_nothing() {
    Bench bench = bench();
    LogRequest request = asked(bench, 1).getFirst();
    bench.settle();
    var last = bench.state(LATE).log.last();
    var stale =
        new LogResponse(
            request.lineage(),
            1,
            request.after(),
            bench.state(1).log.position(request.after().index()),
            60,
            bench.state(1).log.batch(request.after().index() + 1, 60));
    bench.step(LATE, new Input.Received(bench.member(1), stale));
    assertThat(bench.state(LATE).log.last()).isEqualTo(last);
    assertThat(bench.commands(LATE)).isEqualTo(commands);
  }

  @Test
  void a_member_gives_ranges_by_their_index_only_as_far_as_they_are_committed() {
    Bench bench = Bench.formed(3);
    bench.propose(0, "committed");
    bench.settle();
    bench.propose(0, "not committed");
    bench.wire(0, 1).clear();
    bench.wire(0, 2).clear();
    var lineage = bench.state(0).log.lineage();
    for (long after : new long[] {1, 2, 3}) {
      bench.step(
          0, new Input.Received(bench.member(1), LogRequest.committedAfter(lineage, 1, after)));
      assertThat(bench.wire(0, 1).poll())
          .isInstanceOfSatisfying(
              LogResponse.class,
              response -> assertThat(response.entries()).hasSize(after == 1 ? 1 : 0));
    }
  }
}
