package io.mosaik.groups;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mosaik.groups.Group.Consistency;
import io.mosaik.groups.Group.Executed;
import io.mosaik.groups.GroupException.Outcome;
import io.mosaik.groups.StateSync.SnapshotPolicy;
import io.mosaik.groups.config.ConsensusConfig;
import io.mosaik.groups.config.QuorumPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Groups under {@link QuorumPolicy#BONDED}, as their users see them. */
final class BondedGroupTest {

  private static final String[] THREE = {"n1", "n2", "n3"};
  private static final String[] FIVE = {"n1", "n2", "n3", "n4", "n5"};
  private static final String[] LEFT = {"n1", "n2"};
  private static final String[] RIGHT = {"n3", "n4", "n5"};

  private static GroupWorld bonded(long seed, String... names) {
    var config =
        ConsensusConfig.builder()
            .bootstrapExpect(names.length)
            .quorumPolicy(QuorumPolicy.BONDED)
            .build();
    var groups = new GroupWorld(seed).onDisks().settings(builder -> builder.consensus(config));
    groups.members(names);
    groups.awaitLeader(names);
    return groups;
  }

  private static void awaitOneState(GroupWorld groups, String... names) {
    groups.awaitLeader(names);
    groups.world.runUntil(
        "all have applied the same",
        () ->
            List.of(names).stream()
                    .map(name -> groups.member(name).status())
                    .allMatch(now -> now.committed() > 1 && now.applied() == now.committed())
                && List.of(names).stream().map(groups::lines).distinct().count() == 1,
        Duration.ofSeconds(60));
  }

  @Test
  void of_three_two_die_and_the_last_goes_on() {
    try (var groups = bonded(1, THREE)) {
      groups.group("n1").execute("together");
      groups.world.crash("n1");
      groups.world.crash("n2");
      groups.group("n3").execute("alone", Duration.ofSeconds(30));
      assertThat(groups.lines("n3")).containsExactly("together", "alone");
      assertThat(groups.group("n3").committee()).containsExactly(groups.member("n3").peerId);
      // It kept both; the others, which are behind, take them.
      groups.world.restart("n1");
      groups.world.restart("n2");
      awaitOneState(groups, THREE);
      assertThat(groups.lines("n1")).containsExactly("together", "alone");
      assertThat(groups.world.failures()).isEmpty();
    }
  }

  @Test
  void two_halves_of_five_both_go_on_and_one_is_told_from_where_to_where_it_is_reverted() {
    for (long seed = 1; seed <= 4; seed++) {
      try (var groups = bonded(seed, FIVE)) {
        groups.group("n1").execute("common");
        groups.world.run(Duration.ofSeconds(2));
        Map<String, CompletableFuture<Reversion>> reverted = new LinkedHashMap<>();
        Map<String, Long> before = new LinkedHashMap<>();
        groups.world.partition(Set.of(LEFT), Set.of(RIGHT));
        groups.world.run(Duration.ofSeconds(20));
        groups.awaitLeader(LEFT);
        groups.awaitLeader(RIGHT);
        groups.group("n1").execute("left");
        groups.group("n3").execute("right");
        groups.world.run(Duration.ofSeconds(2));
        for (String name : FIVE) {
          reverted.put(name, groups.group(name).when().applied().reverted().future());
          before.put(name, groups.member(name).status().committed());
        }
        groups.world.heal();
        awaitOneState(groups, FIVE);
        boolean leftWins = groups.lines("n1").contains("left");
        assertThat(groups.lines("n5"))
            .as("seed %d", seed)
            .containsExactly("common", leftWins ? "left" : "right");
        for (String name : leftWins ? RIGHT : LEFT) {
          assertThat(reverted.get(name)).as("seed %d, %s", seed, name).isCompleted();
          Reversion told = Objects.requireNonNull(reverted.get(name)).join();
          assertThat(told.from()).isEqualTo(before.get(name));
          assertThat(told.to()).isPositive().isLessThan(told.from());
        }
        for (String name : leftWins ? LEFT : RIGHT) {
          assertThat(reverted.get(name)).as("seed %d, %s", seed, name).isNotDone();
        }
        // Nobody is stuck at a gap in the numbers of its commands.
        for (String name : FIVE) {
          groups.group(name).execute("after " + name);
        }
        awaitOneState(groups, FIVE);
        assertThat(groups.lines("n1")).hasSize(7);
        // And what is agreed is found again.
        for (String name : FIVE) {
          groups.world.crash(name);
        }
        for (String name : FIVE) {
          groups.world.restart(name);
        }
        awaitOneState(groups, FIVE);
        assertThat(groups.lines("n2")).hasSize(7).contains(leftWins ? "left" : "right");
        assertThat(groups.world.failures()).isEmpty();
      }
    }
  }

  @Test
  void writers_on_all_sides_go_on_while_the_network_parts_and_heals() {
    for (long seed = 1; seed <= 4; seed++) {
      try (var groups = bonded(seed, FIVE)) {
        var calls = new ArrayList<CompletableFuture<Executed<Integer>>>();
        Map<String, CompletableFuture<Executed<Integer>>> late = new LinkedHashMap<>();
        for (int round = 0; round < 300; round++) {
          if (round == 40) {
            groups.world.partition(Set.of(LEFT), Set.of(RIGHT));
          } else if (round == 140) {
            groups.world.heal();
          }
          for (String name : FIVE) {
            String line = name + "-" + round;
            CompletableFuture<Executed<Integer>> done = groups.group(name).executeAsync(line);
            calls.add(done);
            if (round >= 280) {
              late.put(line, done);
            }
          }
          groups.world.run(Duration.ofMillis(200));
        }
        groups.world.run(Duration.ofSeconds(15));
        awaitOneState(groups, FIVE);
        assertThat(calls).allMatch(CompletableFuture::isDone);
        assertThat(groups.lines("n1")).as("seed %d", seed).doesNotHaveDuplicates();
        late.forEach((line, done) -> {
          assertThat(done.isCompletedExceptionally())
              .as("seed %d: %s", groups.world.seed(), line)
              .isFalse();
          assertThat(groups.lines("n3")).contains(line);
        });
        for (String name : FIVE) {
          assertThat(groups.group(name).pending().commands()).isZero();
        }
        assertThat(groups.world.failures()).isEmpty();
      }
    }
  }

  @Test
  void strong_reads_and_the_work_of_a_sole_leader_are_refused() {
    try (var groups = bonded(5, THREE)) {
      Group<String, Integer, String, String> group = groups.group("n1");
      assertThatThrownBy(() -> group.query("", Consistency.STRONG))
          .isInstanceOfSatisfying(
              GroupException.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.REJECTED))
          .hasMessageContaining("BONDED")
          .hasMessageContaining("ask weakly");
      assertThatThrownBy(() -> group.whileLeading(leadership -> {}))
          .isInstanceOf(GroupException.class)
          .hasMessageContaining("nobody holds a leadership");
      groups.world.run(Duration.ofSeconds(5));
      for (String name : THREE) {
        assertThat(groups.group(name).leadership().get().isHeld()).isFalse();
      }
      assertThat(group.query("", Consistency.WEAK)).isNotNull();
    }
  }

  @Test
  void snapshots_of_what_is_given_up_are_never_started_from() {
    for (long seed = 1; seed <= 6; seed++) {
      var config =
          ConsensusConfig.builder().bootstrapExpect(5).quorumPolicy(QuorumPolicy.BONDED).build();
      var groups =
          new GroupWorld(seed)
              .onDisks()
              .journals(journal -> journal.withSnapshots(new SnapshotPolicy(20, 1 << 30, 5)))
              .settings(builder -> builder.consensus(config));
      try (groups) {
        groups.members(FIVE);
        groups.awaitLeader(FIVE);
        for (int i = 0; i < 30; i++) {
          groups.group("n1").execute("common-" + i);
        }
        groups.world.partition(Set.of(LEFT), Set.of(RIGHT));
        groups.world.run(Duration.ofSeconds(20));
        for (int i = 0; i < 50; i++) {
          groups.group("n1").execute("left-" + i);
          groups.group("n3").execute("right-" + i);
        }
        groups.world.heal();
        groups.world.run(Duration.ofMillis(seed * 700));
        groups.world.crash("n1");
        groups.world.crash("n4");
        groups.world.restart("n1");
        groups.world.restart("n4");
        awaitOneState(groups, FIVE);
        groups.group("n1").execute("after");
        awaitOneState(groups, FIVE);
        assertThat(groups.lines("n4")).as("seed %d", seed).hasSize(81).doesNotHaveDuplicates();
        assertThat(groups.world.failures()).isEmpty();
      }
    }
  }
}
