package io.mosaik.groups;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mosaik.groups.Group.Executed;
import io.mosaik.groups.Group.Placed;
import io.mosaik.groups.Group.Refused;
import io.mosaik.groups.Group.Result;
import io.mosaik.groups.GroupException.Outcome;
import io.mosaik.groups.config.ConsensusConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What callers of a group's commands are promised: order, batches, positions, room, errors. */
class GroupCommandsTest {

  private static final String[] THREE = {"n1", "n2", "n3"};

  private static void assertFails(Outcome outcome, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            GroupException.class, error -> assertThat(error.outcome()).isEqualTo(outcome));
  }

  private static List<String> lines(String prefix, int count) {
    return lines(prefix, count, "");
  }

  private static List<String> lines(String prefix, int count, String suffix) {
    return IntStream.range(0, count).mapToObj(i -> prefix + i + suffix).toList();
  }

  private static List<Long> indices(List<? extends Result<?>> results) {
    return results.stream().<Long>map(Result::index).toList();
  }

  private static List<Long> from(long first, int count) {
    return IntStream.range(0, count).mapToObj(i -> first + i).toList();
  }

  @Test
  void a_batch_is_applied_in_order_at_positions_that_follow_each_other() {
    try (var groups = new GroupWorld(1).members(THREE)) {
      groups.awaitLeader(THREE);
      String follower = groups.follower(THREE);
      List<Result<Integer>> results = groups.group(follower).executeAll(lines("line", 100));
      assertThat(indices(results)).isEqualTo(from(results.getFirst().index(), 100));
      assertThat(results).extracting(each -> each.orThrow().result()).endsWith(99, 100);
      assertThat(groups.lines(follower)).isEqualTo(lines("line", 100));
    }
  }

  @Test
  void batches_of_several_members_are_not_mixed() {
    try (var groups = new GroupWorld(2).members(THREE)) {
      groups.awaitLeader(THREE);
      Map<String, List<CompletableFuture<List<Result<Integer>>>>> batches = new LinkedHashMap<>();
      for (int round = 0; round < 20; round++) {
        for (String name : THREE) {
          batches
              .computeIfAbsent(name, ignored -> new ArrayList<>())
              .add(groups.group(name).executeAllAsync(lines(name + "-" + round + "-", 300)));
        }
      }
      for (var all : batches.values()) {
        for (var batch : all) {
          List<Result<Integer>> results = groups.world.await(batch, Duration.ofSeconds(20));
          assertThat(indices(results)).isEqualTo(from(results.getFirst().index(), 300));
        }
      }
    }
  }

  @Test
  void only_a_change_of_the_leader_parts_a_batch_and_the_terms_of_its_results_show_it() {
    int parted = 0;
    for (long seed = 1; seed <= 15; seed++) {
      try (var groups = new GroupWorld(seed).members(THREE)) {
        String leader = groups.awaitLeader(THREE);
        String follower = groups.follower(THREE);
        List<CompletableFuture<List<Result<Integer>>>> batches = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
          String large = "-" + i + "x".repeat(700_000); // more than goes in one message
          batches.add(groups.group(follower).executeAllAsync(lines("", 8, large)));
        }
        groups.world.run(Duration.ofNanos(groups.world.random().nextLong(20_000_000)));
        groups.world.crash(leader);
        long last = 0;
        for (var batch : batches) {
          List<Result<Integer>> results = groups.world.await(batch, Duration.ofSeconds(20));
          assertThat(results).hasSize(8);
          for (int i = 0; i < results.size(); i++) {
            Result<Integer> result = results.get(i);
            assertThat(result.index()).as("seed %d", seed).isGreaterThan(last);
            if (i > 0 && result.term() == results.get(i - 1).term()) {
              assertThat(result.index()).as("seed %d", seed).isEqualTo(last + 1);
            } else if (i > 0) {
              parted++;
            }
            last = result.index();
          }
        }
        assertThat(groups.lines(follower)).as("seed %d", seed).hasSize(32).doesNotHaveDuplicates();
      }
    }
    assertThat(parted).isPositive();
  }

  @Test
  void a_command_that_the_machine_rejects_keeps_no_other_of_its_batch_back() {
    try (var groups = new GroupWorld(3).members(THREE)) {
      groups.awaitLeader(THREE);
      Group<String, Integer, String, String> group = groups.group(groups.follower(THREE));
      List<Result<Integer>> results = group.executeAll(List.of("one", "refuse this", "two"));
      assertThat(results.get(0)).isInstanceOf(Executed.class);
      assertThat(results.get(1))
          .isInstanceOfSatisfying(
              Refused.class,
              refused -> assertThat(refused.reason()).hasMessageContaining("no refuse this"));
      assertThat(results.get(2).orThrow().result()).isEqualTo(2);
      assertFails(Outcome.REJECTED, () -> results.get(1).orThrow());
    }
  }

  @Test
  void a_batch_without_commands_is_an_error_of_its_own() {
    try (var groups = new GroupWorld(4).members("n1")) {
      Group<String, Integer, String, String> group = groups.group("n1");
      assertThatThrownBy(() -> group.executeAll(List.of())).isInstanceOf(NoCommandsException.class);
      assertThatThrownBy(() -> group.executeAllAsync(List.of()))
          .isInstanceOf(NoCommandsException.class);
      assertThatThrownBy(() -> group.feedAll(List.of())).isInstanceOf(NoCommandsException.class);
    }
  }

  @Test
  void a_batch_of_too_many_commands_or_bytes_is_rejected() {
    try (var groups = new GroupWorld(5).members("n1")) {
      groups.awaitLeader("n1");
      Group<String, Integer, String, String> group = groups.group("n1");
      assertThat(group.executeAll(lines("fits", 2_000))).hasSize(2_000);
      assertFails(Outcome.REJECTED, () -> group.executeAll(lines("too many", 2_001)));
      String large = "x".repeat(900_000);
      assertThat(group.executeAll(List.of(large, large, large, large))).hasSize(4);
      assertFails(
          Outcome.REJECTED,
          () -> group.executeAll(IntStream.range(0, 10).mapToObj(i -> large).toList()));
      assertThat(groups.lines("n1")).hasSize(2_004);
    }
  }

  @Test
  void feeding_ends_when_the_leader_has_placed_the_command_and_before_it_is_applied() {
    try (var groups = new GroupWorld(6).expecting(3).members(THREE)) {
      String leader = groups.awaitLeader(THREE);
      String follower = groups.follower(THREE);
      long committed = groups.member(leader).status().committed();
      assertThat(groups.group(follower).feed("of a follower").index()).isEqualTo(committed + 1);
      groups.world.run(Duration.ofSeconds(1));

      groups.world.isolate(leader);
      Placed placed = groups.group(leader).feed("of a leader that commits nothing any more");
      assertThat(placed)
          .isEqualTo(new Placed(committed + 2, groups.member(leader).status().term()));
      assertThat(groups.lines(leader)).containsExactly("of a follower");
      groups.group(follower).execute("of another leader", Duration.ofSeconds(20));
      groups.world.heal();
      groups.awaitLeader(THREE);
      groups.world.run(Duration.ofSeconds(5));
      assertThat(groups.lines(leader))
          .containsExactly(
              "of a follower", "of another leader", "of a leader that commits nothing any more");
    }
  }

  @Test
  void what_is_fed_keeps_its_order_with_what_is_executed() {
    try (var groups = new GroupWorld(7).members(THREE)) {
      groups.awaitLeader(THREE);
      Group<String, Integer, String, String> group = groups.group(groups.follower(THREE));
      List<CompletableFuture<Placed>> fed = new ArrayList<>();
      List<CompletableFuture<Executed<Integer>>> executed = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        fed.add(group.feedAsync("fed" + i));
        executed.add(group.executeAsync("executed" + i));
      }
      long last = 0;
      for (int i = 0; i < 200; i++) {
        Placed place = groups.world.await(fed.get(i), Duration.ofSeconds(5));
        Executed<Integer> result = groups.world.await(executed.get(i), Duration.ofSeconds(5));
        assertThat(place.index()).isGreaterThan(last);
        assertThat(result.index()).isEqualTo(place.index() + 1);
        assertThat(result.result()).isEqualTo(2 * i + 2);
        last = result.index();
      }
    }
  }

  @Test
  void what_is_fed_to_nobody_surely_never_left_and_what_a_leader_may_have_is_unknown() {
    try (var groups = new GroupWorld(8).expecting(3).members(THREE)) {
      String leader = groups.awaitLeader(THREE);
      String follower = groups.follower(THREE);
      groups.world.cutOneWay(leader, follower);
      assertFails(
          Outcome.UNKNOWN, () -> groups.group(follower).feed("unknown", Duration.ofMillis(200)));
    }
    try (var groups = new GroupWorld(8).expecting(3).members("n1")) {
      assertFails(Outcome.OFFLINE, () -> groups.group("n1").feed("no", Duration.ofSeconds(2)));
    }
  }

  /** Fills the group's room with commands that its machine doesn't come to. */
  private static List<CompletableFuture<Executed<Integer>>> fill(GroupWorld groups, String name) {
    return lines("waits", Calls.MAX_PENDING).stream()
        .map(line -> groups.group(name).executeAsync(line, Duration.ofMinutes(5)))
        .toList();
  }

  @Test
  void who_blocks_waits_for_room_until_its_deadline_and_who_does_not_fails_at_once() {
    try (var groups = new GroupWorld(9).expecting(3).members("n1")) {
      Group<String, Integer, String, String> group = groups.group("n1");
      fill(groups, "n1");
      assertFails(
          Outcome.OFFLINE, () -> groups.world.await(group.executeAsync("at once"), Duration.ZERO));
      long before = groups.world.now().toNanos();
      assertFails(Outcome.OFFLINE, () -> group.execute("too late", Duration.ofSeconds(3)));
      assertThat(groups.world.now().toNanos() - before).isBetween(3_000_000_000L, 3_100_000_000L);
    }
  }

  @Test
  void who_waits_for_room_goes_on_when_there_is_some() {
    try (var groups = new GroupWorld(10).expecting(3).members("n1")) {
      var first = fill(groups, "n1");
      groups.members("n2", "n3");
      assertThat(groups.group("n1").execute("after all others", Duration.ofMinutes(1)).result())
          .isEqualTo(Calls.MAX_PENDING + 1);
      assertThat(first).allMatch(CompletableFuture::isDone);
      assertThat(groups.lines("n1")).hasSize(Calls.MAX_PENDING + 1);
    }
  }

  @Test
  void who_waits_for_room_hears_that_the_group_was_left() {
    try (var groups = new GroupWorld(11).expecting(3).members("n1")) {
      fill(groups, "n1");
      Group<String, Integer, String, String> again =
          groups
              .member("n1")
              .groups
              .withKey(GroupWorld.KEY)
              .stateMachine(new Journal())
              .consensus(ConsensusConfig.builder().bootstrapExpect(3).build())
              .join();
      var unused =
          groups
              .member("n1")
              .platform
              .newStrand("closes")
              .schedule(
                  Duration.ofSeconds(1),
                  () -> {
                    groups.group("n1").close();
                    again.close();
                  });
      assertFails(Outcome.OFFLINE, () -> again.execute("never", Duration.ofMinutes(1)));
      assertThat(groups.world.now()).isLessThan(Duration.ofSeconds(30));
    }
  }

  @Test
  void room_comes_back_whatever_becomes_of_the_commands() {
    try (var groups = new GroupWorld(12).expecting(3).members("n1")) {
      Group<String, Integer, String, String> group = groups.group("n1");
      for (int i = 0; i < Calls.MAX_PENDING; i++) {
        var unused = group.executeAsync("withdrawn" + i, Duration.ofSeconds(1));
      }
      groups.world.run(Duration.ofSeconds(2));
      groups.members("n2", "n3");
      groups.awaitLeader(THREE);
      for (int round = 0; round < 3; round++) {
        List<CompletableFuture<List<Placed>>> fed = new ArrayList<>();
        for (int i = 0; i < Calls.MAX_PENDING / 1_000; i++) {
          fed.add(group.feedAllAsync(lines("fed" + round + "-" + i + "-", 1_000)));
        }
        for (var each : fed) {
          assertThat(groups.world.await(each, Duration.ofSeconds(10))).hasSize(1_000);
        }
        group.execute("all before is applied");
        groups.world.run(Duration.ofMillis(1)); // results come a moment before the room does
      }
    }
  }
}
