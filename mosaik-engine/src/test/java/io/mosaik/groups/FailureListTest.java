package io.mosaik.groups;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mosaik.groups.Group.Consistency;
import io.mosaik.groups.Group.Executed;
import io.mosaik.groups.Group.Role;
import io.mosaik.groups.GroupException.Outcome;
import io.mosaik.groups.config.ConsensusConfig;
import io.mosaik.groups.log.Entry;
import io.mosaik.groups.raft.Sessions;
import io.mosaik.sim.LinkProfile;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What can go wrong with a group, one thing at a time, and what its users see then. Every step of
 * all cores is watched, as in every {@link GroupWorld}. What befalls snapshots and lineages is with
 * their own tests.
 */
class FailureListTest {

  private static final String[] TWO = {"n1", "n2"};
  private static final String[] THREE = {"n1", "n2", "n3"};
  private static final String[] FIVE = {"n1", "n2", "n3", "n4", "n5"};
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final Duration FEW_ELECTIONS =
      ConsensusConfig.DEFAULT.electionTimeout().multipliedBy(3);

  private static String[] others(String[] names, String... not) {
    return Arrays.stream(names).filter(n -> !List.of(not).contains(n)).toArray(String[]::new);
  }

  private static GroupWorld formed(long seed, String... names) {
    GroupWorld groups = new GroupWorld(seed).onDisks().expecting(names.length).members(names);
    groups.awaitLeader(names);
    return groups;
  }

  private static Executed<Integer> execute(GroupWorld groups, String name, String line) {
    return groups.group(name).execute(line, SOON);
  }

  /** Within a few election timeouts: longer would be an outage. */
  private static void executeAtOnce(GroupWorld groups, String name, String line) {
    var unused = groups.group(name).execute(line, FEW_ELECTIONS);
  }

  private static void assertSameLines(GroupWorld groups, String[] names, String... lines) {
    awaitLine(groups, lines[lines.length - 1], names);
    for (String name : names) {
      assertThat(groups.lines(name)).as(name).containsExactly(lines);
    }
  }

  private static void awaitLine(GroupWorld groups, String line, String... names) {
    groups.world.runUntil(
        "all have '" + line + "'",
        () -> List.of(names).stream().allMatch(name -> groups.lines(name).contains(line)),
        SOON);
  }

  private static void assertUnknown(GroupWorld groups, CompletableFuture<?> future) {
    assertThatThrownBy(() -> groups.world.await(future, SOON))
        .isInstanceOfSatisfying(
            GroupException.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.UNKNOWN));
  }

  @Test
  void clients_of_an_isolated_leader_hear_that_nothing_is_sure_and_the_others_go_on() {
    try (var groups = formed(1, FIVE)) {
      String old = groups.leader(FIVE);
      String[] rest = others(FIVE, old);
      groups.world.isolate(old);
      var lost = groups.group(old).executeAsync("from the isolated leader");
      var read = groups.group(old).queryAsync("", Consistency.STRONG);
      assertThat(execute(groups, rest[0], "from the others").result()).isEqualTo(1);
      assertUnknown(groups, lost);
      assertThatThrownBy(() -> groups.world.await(read, SOON)).isInstanceOf(GroupException.class);
      assertThat(groups.group(old).isLeader()).isFalse();
      groups.world.heal();
      // What its client was not sure of is applied after all, once.
      assertSameLines(groups, FIVE, "from the others", "from the isolated leader");
    }
  }

  @Test
  void an_old_leader_that_returns_gives_up_the_entries_that_nobody_else_has() {
    try (var groups = formed(2, THREE)) {
      String old = groups.leader(THREE);
      String[] rest = others(THREE, old);
      execute(groups, old, "before");
      groups.world.isolate(old);
      for (int i = 0; i < 20; i++) {
        var unused = groups.group(old).executeAsync("uncommitted " + i);
      }
      groups.world.run(Duration.ofMillis(50));
      groups.world.crash(old); // and with it the commands' origin
      execute(groups, rest[0], "after");
      groups.world.heal().restart(old);
      groups.awaitLeader(THREE);
      assertSameLines(groups, THREE, "before", "after");
    }
  }

  @Test
  void where_a_path_is_cut_between_two_followers_nobody_notices() {
    try (var groups = formed(3, FIVE)) {
      String leader = groups.leader(FIVE);
      long term = groups.member(leader).status().term();
      String[] followers = others(FIVE, leader);
      groups.world.cut(followers[0], followers[1]);
      for (int i = 0; i < 10; i++) {
        execute(groups, followers[i % 2], "line" + i);
        groups.world.run(Duration.ofSeconds(1));
      }
      assertThat(groups.leader(FIVE)).isEqualTo(leader);
      assertThat(groups.member(leader).status().term()).isEqualTo(term);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void a_one_way_cut_between_the_leader_and_a_follower_does_not_stop_the_group(boolean toLeader) {
    try (var groups = formed(4, THREE)) {
      String leader = groups.leader(THREE);
      String follower = groups.follower(THREE);
      String other = others(THREE, leader, follower)[0];
      if (toLeader) {
        groups.world.cutOneWay(follower, leader);
      } else {
        groups.world.cutOneWay(leader, follower);
      }
      List<String> lines = new ArrayList<>();
      for (int i = 0; i < 15; i++) {
        lines.add("line" + i);
        executeAtOnce(groups, other, "line" + i);
        groups.world.run(Duration.ofSeconds(1));
      }
      groups.world.heal();
      assertSameLines(groups, THREE, lines.toArray(String[]::new));
    }
  }

  @Test
  void a_leader_that_hears_nobody_steps_down_though_all_hear_it() {
    try (var groups = formed(5, THREE)) {
      String deaf = groups.leader(THREE);
      String[] rest = others(THREE, deaf);
      for (String other : rest) {
        groups.world.cutOneWay(other, deaf);
      }
      groups.world.runUntil(
          "another leads",
          () -> List.of(rest).stream().anyMatch(name -> groups.group(name).isLeader()),
          SOON);
      execute(groups, rest[0], "without the deaf one");
      assertThat(groups.group(deaf).isLeader()).isFalse();
      groups.world.heal();
      assertSameLines(groups, THREE, "without the deaf one");
    }
  }

  @Test
  void restarting_all_members_one_after_another_loses_nothing_and_never_stops_the_group() {
    try (var groups = formed(6, FIVE)) {
      List<String> lines = new ArrayList<>();
      for (int round = 0; round < FIVE.length; round++) {
        String name = FIVE[round];
        String client = FIVE[(round + 1) % FIVE.length];
        groups.world.stop(name);
        lines.add("while " + name + " is down");
        executeAtOnce(groups, client, lines.getLast());
        groups.world.restart(name);
        groups.awaitLeader(FIVE);
      }
      assertSameLines(groups, FIVE, lines.toArray(String[]::new));
    }
  }

  @Test
  void all_members_that_crash_at_once_come_back_with_everything_that_was_acknowledged() {
    for (long seed = 1; seed <= 10; seed++) {
      try (var groups = formed(seed, FIVE)) {
        for (String name : FIVE) {
          groups.world.node(name).disk().syncTime(Duration.ofMillis(1), Duration.ofMillis(20));
        }
        List<CompletableFuture<Executed<Integer>>> calls = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
          calls.add(groups.group(FIVE[i % 5]).executeAsync("line" + i));
          groups.world.run(Duration.ofMillis(2));
        }
        List<String> acknowledged =
            IntStream.range(0, 40)
                .filter(i -> calls.get(i).isDone())
                .mapToObj(i -> "line" + i)
                .toList();
        assertThat(acknowledged).as("seed %d", seed).isNotEmpty();
        List.of(FIVE).forEach(groups.world::crash);
        groups.world.run(Duration.ofSeconds(1));
        List.of(FIVE).forEach(groups.world::restart);
        groups.awaitLeader(FIVE);
        execute(groups, "n1", "again");
        awaitLine(groups, "again", FIVE);
        for (String name : FIVE) {
          assertThat(groups.lines(name))
              .as("seed %d, %s", seed, name)
              .containsAll(acknowledged)
              .doesNotHaveDuplicates()
              .isEqualTo(groups.lines("n1"));
        }
      }
    }
  }

  @Test
  void a_member_that_restarts_with_an_empty_disk_is_a_new_voter_and_has_all() {
    try (var groups = formed(7, THREE)) {
      String name = groups.follower(THREE);
      execute(groups, name, "before");
      groups.world.crashWithDiskLoss(name).run(Duration.ofSeconds(1)).restart(name);
      groups.world.runUntil(
          "it votes again", () -> groups.member(name).status().role() == Role.FOLLOWER, SOON);
      execute(groups, name, "after");
      assertSameLines(groups, THREE, "before", "after");
      assertThat(groups.member(name).status().committee()).hasSize(3);
    }
  }

  @Test
  void what_a_leader_appended_before_it_died_is_answered_by_the_next_one_once() {
    for (long seed = 1; seed <= 30; seed++) {
      try (var groups = formed(seed, THREE)) {
        String leader = groups.leader(THREE);
        String client = groups.follower(THREE);
        groups.world.links(LinkProfile.ofLatency(Duration.ofMillis(10)));
        var call = groups.group(client).executeAsync("in flight");
        // Forwarded after 10 ms, stored by a majority after 20, known to be committed after 30.
        groups.world.run(Duration.ofMillis(10 + seed % 22));
        groups.world.crash(leader);
        groups.world.await(call, SOON);
        groups.world.restart(leader);
        groups.awaitLeader(THREE);
        assertSameLines(groups, THREE, "in flight");
      }
    }
  }

  @Test
  void a_leader_that_departs_takes_nothing_with_it() {
    try (var groups = formed(8, THREE)) {
      String leader = groups.leader(THREE);
      String[] rest = others(THREE, leader);
      List<CompletableFuture<Executed<Integer>>> calls = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        calls.add(groups.group(rest[i % 2]).executeAsync("line" + i));
        if (i == 10) {
          groups.group(leader).close();
        }
        groups.world.run(Duration.ofMillis(1));
      }
      groups.world.runUntil(
          "all are answered",
          () -> calls.stream().allMatch(CompletableFuture::isDone),
          Duration.ofSeconds(2));
      assertThat(calls).noneMatch(CompletableFuture::isCompletedExceptionally);
      assertThat(groups.lines(rest[0])).hasSize(20).doesNotHaveDuplicates();
    }
  }

  @Test
  void two_members_that_join_at_once_are_both_taken_in_one_after_the_other() {
    for (long seed = 1; seed <= 10; seed++) {
      try (var groups = new GroupWorld(seed).onDisks().members("n1")) {
        groups.awaitLeader("n1");
        execute(groups, "n1", "before");
        groups.members("n2", "n3");
        groups.world.runUntil(
            "all three vote",
            () ->
                List.of(THREE).stream()
                    .allMatch(name -> groups.member(name).status().committee().size() == 3),
            SOON);
        execute(groups, "n3", "after");
        assertSameLines(groups, THREE, "before", "after");
      }
    }
  }

  @Test
  void a_committee_that_is_down_to_two_survives_the_loss_of_its_follower() {
    try (var groups = formed(9, THREE)) {
      String leader = groups.leader(THREE);
      String[] rest = others(THREE, leader);
      groups.world.crash(rest[0]);
      groups.world.runUntil(
          "two are the committee",
          () -> groups.member(leader).status().committee().size() == 2,
          SOON);
      execute(groups, leader, "of two");
      groups.world.crash(rest[1]);
      execute(groups, leader, "alone");
      groups.world.restart(rest[0]).restart(rest[1]);
      groups.awaitLeader(THREE);
      assertSameLines(groups, THREE, "of two", "alone");
    }
  }

  @Test
  void of_two_the_follower_that_loses_its_leader_never_goes_on_alone() {
    try (var groups = formed(10, TWO)) {
      String leader = groups.leader(TWO);
      String follower = groups.follower(TWO);
      groups.world.crash(leader);
      groups.world.run(Duration.ofSeconds(30));
      assertThat(groups.member(follower).status().online()).isFalse();
      groups.world.restart(leader);
      groups.awaitLeader(TWO);
      execute(groups, follower, "together");
      assertSameLines(groups, TWO, "together");
    }
  }

  @Test
  void a_hundred_observers_replicate_and_cost_the_committee_neither_its_leader_nor_its_bonds() {
    try (var groups = formed(11, THREE)) {
      String leader = groups.leader(THREE);
      long term = groups.member(leader).status().term();
      String[] observers = IntStream.range(0, 100).mapToObj(i -> "o" + i).toArray(String[]::new);
      groups.expecting(3, GroupBuilder::observer).members(observers);
      for (int i = 0; i < 8; i++) {
        execute(groups, THREE[i % 3], "line" + i);
        groups.world.run(Duration.ofMillis(100));
      }
      awaitLine(groups, "line7", observers);
      for (String observer : observers) {
        assertThat(groups.lines(observer)).isEqualTo(groups.lines(leader));
        assertThat(groups.member(observer).status().role()).isEqualTo(Role.LEARNER);
      }
      assertThat(groups.member(leader).status().committee()).hasSize(3);
      assertThat(groups.leader(THREE)).isEqualTo(leader);
      assertThat(groups.member(leader).status().term()).isEqualTo(term);
      assertThat(groups.group(leader).bonds()).hasSize(102);
    }
  }

  @Test
  void bonds_that_break_and_form_again_all_the_time_deliver_nothing_twice_and_leave_one_each() {
    long crossed = 0;
    long forwardedAgain = 0;
    long skipped = 0;
    for (long seed = 1; seed <= 10; seed++) {
      try (var groups = formed(seed, THREE)) {
        groups.world.idleTimeout(Duration.ofMillis(300));
        groups.world.links(
            LinkProfile.ofLatency(Duration.ofMillis(2)).withJitter(Duration.ofMillis(40)));
        var wires = new BondWires(groups.world);
        List<CompletableFuture<Executed<Integer>>> calls = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
          String one = THREE[i % 3];
          String other = THREE[(i + 1) % 3];
          groups.world.cut(one, other);
          calls.add(groups.group(other).executeAsync("line" + i));
          groups.world.run(Duration.ofMillis(250 + groups.world.random().nextInt(200)));
          groups.world.heal();
          groups.world.run(Duration.ofMillis(groups.world.random().nextInt(300)));
        }
        groups.world.run(SOON);
        List<String> acknowledged =
            IntStream.range(0, 60)
                .filter(i -> calls.get(i).isDone() && !calls.get(i).isCompletedExceptionally())
                .mapToObj(i -> "line" + i)
                .toList();
        assertThat(acknowledged).as("seed %d", seed).hasSizeGreaterThan(30);
        for (String name : THREE) {
          assertThat(groups.group(name).bonds()).as("seed %d, %s", seed, name).hasSize(2);
          assertThat(groups.lines(name))
              .as("seed %d, %s", seed, name)
              .containsAll(acknowledged)
              .doesNotHaveDuplicates()
              .isEqualTo(groups.lines("n1"));
        }
        assertThat(calls).allMatch(CompletableFuture::isDone);
        assertThat(wires.superfluous()).as("seed %d", seed).isPositive();
        crossed += wires.crossed();
        forwardedAgain += groups.watcher.forwardedAgain();
        skipped += groups.watcher.skipped(Sessions.Verdict.DUPLICATE);
      }
    }
    // Where nothing came twice or out of order, nothing would be proven.
    assertThat(crossed).as("bonds that arrived after a later one").isPositive();
    assertThat(forwardedAgain).as("messages that came again").isPositive();
    assertThat(skipped).as("commands that are in a log twice").isPositive();
  }

  @Test
  void commands_that_are_forwarded_while_the_leader_changes_keep_their_order_and_come_once() {
    for (long seed = 1; seed <= 20; seed++) {
      try (var groups = formed(seed, THREE)) {
        groups.world.links(LinkProfile.ofLatency(Duration.ofMillis(3)));
        String client = groups.follower(THREE);
        String first = groups.leader(THREE);
        List<CompletableFuture<Executed<Integer>>> calls = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
          calls.add(groups.group(client).executeAsync("line" + i));
          if (i == 20) {
            var unused = groups.group(first).transferLeadershipAsync();
          } else if (i == 40) {
            groups.world.crash(first);
          }
          groups.world.run(Duration.ofMillis(1));
        }
        for (var call : calls) {
          groups.world.await(call, SOON);
        }
        assertThat(groups.lines(client))
            .as("seed %d", seed)
            .isEqualTo(IntStream.range(0, 60).mapToObj(i -> "line" + i).toList());
      }
    }
  }

  @Test
  void a_member_whose_disk_is_full_votes_no_more_and_the_others_go_on() {
    try (var groups = formed(12, THREE)) {
      String full = groups.leader(THREE);
      String[] rest = others(THREE, full);
      execute(groups, full, "before");
      groups.world.node(full).disk().full(true);
      // It stopped before the command had left it.
      assertThatThrownBy(() -> execute(groups, full, "no room"))
          .isInstanceOfSatisfying(
              GroupException.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.OFFLINE));
      execute(groups, rest[0], "after");
      assertThat(groups.member(full).status().online()).isFalse();
      groups.world.node(full).disk().full(false);
      groups.world.crash(full).restart(full);
      groups.awaitLeader(THREE);
      assertSameLines(groups, THREE, "before", "after");
    }
  }

  @Test
  void a_slow_disk_on_the_leader_costs_neither_its_leader_nor_commands_nor_time() {
    try (var groups = formed(13, THREE)) {
      String leader = groups.leader(THREE);
      String client = groups.follower(THREE);
      groups.world.node(leader).disk().syncTime(Duration.ofSeconds(1), Duration.ofSeconds(1));
      List<CompletableFuture<Executed<Integer>>> calls = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        calls.add(groups.group(client).executeAsync("line" + i));
        groups.world.run(Duration.ofMillis(20));
      }
      groups.world.await(calls.getLast(), Duration.ofMillis(100)); // the others' disks are fast
      assertThat(groups.leader(THREE)).isEqualTo(leader);
      assertThat(groups.lines(client)).hasSize(100).doesNotHaveDuplicates();
    }
  }

  @Test
  void a_leader_whose_disk_stands_still_is_replaced() {
    try (var groups = formed(14, THREE)) {
      String leader = groups.leader(THREE);
      String[] rest = others(THREE, leader);
      groups.world.node(leader).disk().syncTime(Duration.ofMinutes(1), Duration.ofMinutes(1));
      execute(groups, rest[0], "stored by the others");
      groups.world.run(Duration.ofSeconds(9));
      assertThat(groups.group(leader).isLeader()).isFalse();
      assertThat(groups.leader(rest)).isIn((Object[]) rest);
      execute(groups, rest[0], "past the disk that stands still");
    }
  }

  @Test
  void a_clock_that_jumps_by_hours_and_back_changes_nothing() {
    try (var groups = formed(15, THREE)) {
      String leader = groups.leader(THREE);
      long term = groups.member(leader).status().term();
      List<String> lines = new ArrayList<>();
      for (int hours : new int[] {5, -7, 0, 1_000, -1_000, 0}) {
        for (String name : new String[] {leader, groups.follower(THREE)}) {
          groups.world.node(name).clockOffset(Duration.ofHours(hours));
          lines.add(hours + " hours on " + name + ", " + lines.size());
          execute(groups, name, lines.getLast());
          groups.world.run(Duration.ofSeconds(5));
        }
      }
      assertThat(groups.member(leader).status().term()).isEqualTo(term);
      assertSameLines(groups, THREE, lines.toArray(String[]::new));
    }
  }

  @Test
  void commands_at_the_size_limit_are_replicated_and_a_byte_more_is_refused() {
    try (var groups = formed(16, THREE)) {
      String client = groups.follower(THREE);
      int overhead = 4; // the length of the text takes a few bytes of its own
      String most = "x".repeat(Entry.MAX_COMMAND_BYTES - overhead);
      List<CompletableFuture<Executed<Integer>>> calls = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        calls.add(groups.group(client).executeAsync(most));
      }
      for (var call : calls) {
        groups.world.await(call, SOON);
      }
      assertThatThrownBy(() -> groups.group(client).execute(most + "x"))
          .isInstanceOfSatisfying(
              GroupException.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.REJECTED));
      groups.world.run(Duration.ofSeconds(5));
      for (String name : THREE) {
        assertThat(groups.lines(name)).hasSize(3);
      }
    }
  }
}
