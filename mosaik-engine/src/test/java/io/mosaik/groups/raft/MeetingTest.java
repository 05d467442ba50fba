package io.mosaik.groups.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.groups.log.EndedLineage;
import io.mosaik.groups.log.Entry;
import io.mosaik.groups.log.LogPosition;
import io.mosaik.groups.raft.Message.LineageEnded;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** L1 to L4: groups that formed apart and meet. */
final class MeetingTest {

  /** Nodes 0, 1, 2 are one group, 3, 4, 5 another; they have not met. */
  static Bench apart() {
    return apart(EnumSet.noneOf(Rule.class));
  }

  static Bench apart(Set<Rule> broken) {
    var bench = new Bench(6, Bench.CONFIG.toBuilder().bootstrapExpect(3).build(), broken);
    for (int first : new int[] {0, 3}) {
      bench.bond(first, first + 1);
      bench.bond(first, first + 2);
      bench.bond(first + 1, first + 2);
      bench.timeout(first);
      bench.settle();
    }
    assertThat(bench.state(0).leads()).isTrue();
    assertThat(bench.state(3).leads()).isTrue();
    return bench;
  }

  private static void say(Bench bench, int number, String... commands) {
    for (String command : commands) {
      bench.propose(number, command);
    }
    bench.settle();
  }

  private static void beat(Bench bench, int times) {
    for (int i = 0; i < times; i++) {
      for (int leader : new int[] {0, 3}) {
        bench.heartbeat(leader);
        bench.settle();
      }
    }
  }

  @Test
  void l2_the_group_that_has_committed_less_dissolves_into_the_other() {
    Bench bench = apart();
    say(bench, 0, "a");
    say(bench, 3, "b", "c", "d", "e");
    LogPosition before = bench.state(1).log.last();
    for (int i = 0; i < 3; i++) {
      for (int j = 3; j < 6; j++) {
        bench.bond(i, j);
      }
    }
    beat(bench, 6);
    for (int node = 0; node < 3; node++) {
      assertThat(bench.core(node).status().lineage()).isEqualTo(bench.core(3).status().lineage());
      assertThat(bench.commands(node)).containsExactly("a", "b", "c", "d", "e");
      assertThat(bench.told(node, Effect.Archive.class)).hasSize(1);
      assertThat(bench.told(node, Effect.Rebuild.class)).hasSize(1);
      var reverted = bench.told(node, Effect.Reverted.class).getFirst();
      assertThat(reverted.from()).isGreaterThan(before);
      assertThat(reverted.to()).isEqualTo(LogPosition.START);
      assertThat(reverted.into()).isEqualTo(bench.core(3).status().lineage());
    }
    assertThat(bench.told(3, Effect.Reverted.class)).isEmpty();
    assertThat(bench.commands(3)).containsExactly("b", "c", "d", "e");
  }

  @Test
  void l2_of_two_that_have_committed_as_much_the_greater_name_gives_way() {
    Bench bench = apart();
    boolean first =
        bench.core(0).status().lineage().compareTo(bench.core(3).status().lineage()) > 0;
    bench.bond(0, 3);
    beat(bench, 8);
    assertThat(bench.told(0, Effect.Reverted.class)).hasSize(first ? 1 : 0);
    assertThat(bench.told(3, Effect.Reverted.class)).hasSize(first ? 0 : 1);
  }

  @Test
  void l2_a_frozen_group_keeps_commands_until_it_is_decided_and_they_are_applied_once() {
    Bench bench = apart();
    say(bench, 3, "b", "c", "d");
    bench.bond(0, 3);
    bench.bond(1, 3);
    bench.bond(2, 3);
    // The first word of the other group freezes this one.
    bench.heartbeat(3);
    bench.deliverAll(3, 0);
    bench.heartbeat(0);
    bench.deliverAll(0, 3);
    bench.heartbeat(3);
    bench.deliverAll(3, 0);
    assertThat(bench.state(0).log.standstill().isFrozen()).isTrue();
    say(bench, 0, "while frozen");
    say(bench, 1, "while frozen, elsewhere");
    assertThat(bench.commands(0)).isEmpty();
    beat(bench, 8);
    for (int node : new int[] {0, 1, 2, 3}) {
      assertThat(bench.commands(node))
          .containsExactlyInAnyOrder("b", "c", "d", "while frozen", "while frozen, elsewhere");
    }
  }

  @Test
  void l2_a_group_whose_partner_falls_silent_goes_on() {
    Bench bench = apart();
    say(bench, 3, "b");
    bench.bond(0, 3);
    while (!bench.state(0).log.standstill().isFrozen()) {
      bench.heartbeat(3);
      bench.deliverAll(3, 0);
      bench.heartbeat(0);
      bench.deliverAll(0, 3);
    }
    bench.unbond(0, 3);
    bench.settle();
    say(bench, 0, "a");
    assertThat(bench.commands(0)).isEmpty();
    for (int i = 0; i < 12; i++) {
      bench.pass(0, Duration.ofMillis(500));
      bench.heartbeat(0);
      bench.settle();
    }
    assertThat(bench.state(0).log.standstill().isFrozen()).isFalse();
    assertThat(bench.commands(0)).containsExactly("a");
    assertThat(bench.told(0, Effect.Reverted.class)).isEmpty();
  }

  @Test
  void l4_a_member_that_missed_the_dissolution_hears_of_it_from_any_that_did_not() {
    Bench bench = apart();
    say(bench, 3, "b", "c");
    for (int i = 0; i < 2; i++) {
      bench.unbond(i, 2);
      for (int j = 3; j < 6; j++) {
        bench.bond(i, j);
      }
    }
    // 0 and 1 are a majority without 2.
    beat(bench, 8);
    assertThat(bench.core(0).status().lineage()).isEqualTo(bench.core(3).status().lineage());
    assertThat(bench.core(2).status().lineage()).isNotEqualTo(bench.core(3).status().lineage());
    bench.bond(1, 2);
    bench.timeout(2);
    bench.deliverAll(2, 1);
    assertThat(bench.wire(1, 2)).anyMatch(LineageEnded.class::isInstance);
    bench.deliverAll(1, 2);
    assertThat(bench.told(2, Effect.Reverted.class)).hasSize(1);
    bench.bond(2, 3);
    beat(bench, 3);
    assertThat(bench.commands(2)).containsExactly("b", "c");
  }

  @Test
  void l4_a_learner_that_missed_it_asks_when_it_hears_of_the_other_group_alone() {
    Bench bench = apart();
    bench.unbond(0, 2);
    bench.unbond(1, 2);
    bench.step(0, new Input.Departed(bench.member(2)));
    bench.settle();
    say(bench, 3, "b", "c", "d", "e", "f");
    for (int i = 0; i < 2; i++) {
      for (int j = 3; j < 6; j++) {
        bench.bond(i, j);
      }
    }
    beat(bench, 8);
    assertThat(bench.core(1).status().lineage()).isEqualTo(bench.core(3).status().lineage());
    // 2 meets the other group, and among its members one that knows.
    bench.bond(2, 3);
    bench.bond(2, 1);
    beat(bench, 1);
    bench.timeout(2);
    bench.settle();
    beat(bench, 2);
    assertThat(bench.core(2).status().lineage()).isEqualTo(bench.core(3).status().lineage());
  }

  @Test
  void f7_who_has_abandoned_a_lineage_is_an_observer_when_it_comes_back_to_it() {
    Bench bench = Bench.founded();
    // 0 forms a group with 1 and 2, and nobody hears of it but 1.
    bench.deliver(0, 1);
    var lineage = bench.state(0).log.lineage();
    assertThat(bench.state(1).log.lineage()).isEqualTo(lineage);
    bench.unbond(0, 1);
    // 1 meets 3, which leads a group of its own, and follows it.
    bench.foundAlone(3);
    bench.bond(1, 3);
    bench.settle();
    assertThat(bench.state(1).endOf(lineage)).isNotNull();
    // The first group commits more, and the two meet.
    bench.settle();
    say(bench, 0, "a", "b", "c", "d", "e", "f");
    bench.bond(0, 3);
    bench.bond(0, 1);
    for (int i = 0; i < 8; i++) {
      for (int leader : new int[] {0, 3}) {
        bench.heartbeat(leader);
        bench.settle();
      }
      bench.elect(0, 2); // where the other group's term was the later one
    }
    assertThat(bench.state(1).log.lineage()).isEqualTo(lineage);
    assertThat(bench.commands(1)).containsExactly("a", "b", "c", "d", "e", "f");
    assertThat(bench.core(1).status().role()).isEqualTo(Role.OBSERVER);
    assertThat(Objects.requireNonNull(bench.state(0).quorum.committee()).members())
        .doesNotContain(bench.member(1));
    assertThat(bench.core(3).status().role()).isEqualTo(Role.FOLLOWER);
  }

  @Test
  void nothing_but_the_end_of_ones_own_lineage_makes_one_leave() {
    Bench bench = apart();
    say(bench, 0, "a");
    var other =
        EndedLineage.dissolved(bench.core(3).status().lineage(), bench.core(0).status().lineage());
    bench.bond(0, 3);
    bench.step(
        0,
        new Input.Received(
            bench.member(3), new LineageEnded(bench.core(3).status().lineage(), 1, other)));
    assertThat(bench.told(0, Effect.Reverted.class)).isEmpty();
    assertThat(bench.state(0).log.entry(1)).isInstanceOf(Entry.Formation.class);
  }
}
