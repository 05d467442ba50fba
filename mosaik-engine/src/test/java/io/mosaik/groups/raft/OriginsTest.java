package io.mosaik.groups.raft;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.groups.log.Entry;
import io.mosaik.groups.log.Lineage;
import io.mosaik.groups.log.Origin;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** S7: whose commands these are, where a member goes from one lineage to another and back. */
final class OriginsTest {

  @Test
  void a_command_never_takes_the_number_of_one_from_an_earlier_stay_in_the_lineage() {
    BrokenRulesTest.holdsOnlyWith(
        Rule.ORIGIN_OF_THE_LINEAGE, OriginsTest::commandAfterAnEarlierStay);
  }

  private static void commandAfterAnEarlierStay(Set<Rule> broken) {
    Bench bench = Bench.founded(broken);
    bench.bond(1, 2);
    bench.deliver(0, 1);
    bench.deliver(0, 2);
    bench.restart(0, 1, 2);
    bench.elect(0, 1, 2);
    bench.deliver(0, 1);
    // The first command of 1 gets into the log of 0, which 1 doesn't hear to be committed.
    bench.propose(1, "first");
    bench.deliverAll(1, 0);
    Lineage old = bench.state(0).log.lineage();
    Origin before = bench.core(1).origin();
    assertThat(bench.state(1).formationCommitted()).isFalse();
    bench.unbond(0, 1);
    bench.unbond(1, 2);

    // 1 gives its log up for that of 3, where the command is committed again.
    bench.foundAlone(3);
    bench.bond(1, 3);
    bench.exchange(1, 3);
    bench.heartbeat(3);
    bench.exchange(1, 3);
    assertThat(bench.commands(3)).containsExactly("first");
    assertThat(bench.commands(1)).containsExactly("first");

    // That group meets the first one and is to give way to it; it takes no more commands.
    for (int i = 0; i < 5; i++) {
      bench.propose(0, "other " + i);
      bench.exchange(0, 2);
    }
    bench.bond(0, 3);
    boolean proposed = false;
    for (int i = 0; i < 8; i++) {
      bench.heartbeat(0);
      bench.heartbeat(3);
      bench.exchange(0, 2);
      bench.exchange(0, 3);
      if (!proposed && isFrozen(bench.state(3).log)) {
        proposed = true;
        bench.propose(1, "second");
      }
      bench.exchange(1, 3);
      bench.elect(0, 2); // where the other group's term was the later one
    }
    assertThat(proposed).isTrue();
    assertThat(bench.state(3).log.lineage()).isEqualTo(old);
    bench.exchange(1, 3);
    bench.unbond(1, 3);
    bench.bond(0, 1);
    for (int i = 0; i < 3; i++) {
      bench.heartbeat(0);
      bench.exchange(0, 1);
      bench.exchange(0, 2);
    }

    assertThat(bench.state(1).log.lineage()).isEqualTo(old);
    boolean told = !bench.told(1, Effect.ProposalsLost.class).isEmpty();
    Invariants.require(
        told || applied(bench.state(0).log).contains("second"),
        "the second command is lost in silence");
    assertThat(bench.told(1, Effect.ProposalsLost.class)).hasSize(1);
    assertThat(bench.core(1).origin()).isNotEqualTo(before);
    bench.propose(1, "third");
    bench.exchange(0, 1);
    bench.exchange(0, 2);
    bench.exchange(0, 1);
    assertThat(bench.commands(0))
        .filteredOn(command -> !command.startsWith("other"))
        .containsExactly("first", "third");
  }

  /** What counts, each number of an origin once (S2). */
  private static List<String> applied(RaftLog log) {
    var sessions = new Sessions();
    var applied = new ArrayList<String>();
    for (Entry entry : log.slice(1, log.commitIndex())) {
      if (entry instanceof Entry.Command command
          && sessions.admit(command.origin(), command.sequence()) == Sessions.Verdict.APPLY) {
        applied.add(new String(command.bytes(), UTF_8));
      }
    }
    return applied;
  }

  private static boolean isFrozen(RaftLog log) {
    return log.slice(log.lastIndex(), log.lastIndex()).getFirst() instanceof Entry.Freeze;
  }
}
