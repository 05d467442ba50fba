package io.mosaik.groups;

import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.groups.Group.Executed;
import io.mosaik.groups.Group.Result;
import io.mosaik.groups.log.InMemoryLogStorage;
import io.mosaik.id.PeerId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Groups of one key that formed apart and meet, as their users see it. */
final class LineagesTest {

  private static final String[] LEFT = {"n1", "n2", "n3"};
  private static final String[] RIGHT = {"n4", "n5", "n6"};
  private static final String[] ALL = {"n1", "n2", "n3", "n4", "n5", "n6"};

  /** Two halves that form apart. */
  private static GroupWorld apart(long seed) {
    var groups = new GroupWorld(seed).expecting(3);
    for (String name : ALL) {
      groups.world.node(name);
    }
    groups.world.partition(Set.of(LEFT), Set.of(RIGHT));
    groups.members(ALL);
    groups.awaitLeader(LEFT);
    groups.awaitLeader(RIGHT);
    return groups;
  }

  private static void awaitOneGroup(GroupWorld groups) {
    groups.awaitLeader(ALL);
    groups.world.runUntil(
        "all members have applied the same",
        () -> groups.all().stream().map(m -> m.status().applied()).distinct().count() == 1,
        Duration.ofSeconds(60));
  }

  @Test
  void a_group_that_was_split_at_its_formation_is_one_again_when_it_heals() {
    for (long seed = 1; seed <= 4; seed++) {
      try (var groups = apart(seed)) {
        groups.group("n1").execute("left");
        for (int i = 0; i < 5; i++) {
          groups.group("n4").execute("right-" + i);
        }
        groups.world.heal();
        awaitOneGroup(groups);
        for (String name : ALL) {
          assertThat(groups.lines(name))
              .as("seed %d, %s", seed, name)
              .containsExactly("right-0", "right-1", "right-2", "right-3", "right-4");
        }
        groups.group("n1").execute("together");
        assertThat(groups.lines("n1")).contains("together");
        assertThat(groups.world.failures()).isEmpty();
      }
    }
  }

  @Test
  void writers_on_both_sides_go_on_across_the_meeting_and_no_command_counts_twice() {
    for (long seed = 1; seed <= 4; seed++) {
      try (var groups = apart(seed)) {
        Map<String, CompletableFuture<Executed<Integer>>> late = new LinkedHashMap<>();
        for (int round = 0; round < 60; round++) {
          if (round == 20) {
            groups.world.heal();
          }
          for (String name : ALL) {
            String line = name + "-" + round;
            CompletableFuture<Executed<Integer>> done = groups.group(name).executeAsync(line);
            if (round >= 50) {
              late.put(line, done);
            }
          }
          groups.world.run(Duration.ofMillis(200));
        }
        awaitOneGroup(groups);
        groups.world.run(Duration.ofSeconds(11)); // every call has ended
        List<String> lines = groups.lines("n1");
        assertThat(lines).as("seed %d", seed).doesNotHaveDuplicates();
        for (String name : ALL) {
          assertThat(groups.lines(name)).as("seed %d, %s", seed, name).isEqualTo(lines);
        }
        // What was executed after the two had become one is there.
        var acknowledged = new ArrayList<String>();
        late.forEach((line, done) -> {
          if (done.isDone() && !done.isCompletedExceptionally()) {
            acknowledged.add(line);
          }
        });
        assertThat(acknowledged).hasSize(late.size());
        assertThat(lines).containsAll(acknowledged);
        assertThat(groups.world.failures()).isEmpty();
      }
    }
  }

  @Test
  void calls_that_wait_while_a_group_dissolves_are_answered_by_the_one_that_goes_on() {
    for (long seed = 1; seed <= 4; seed++) {
      try (var groups = apart(seed)) {
        for (int i = 0; i < 10; i++) {
          groups.group("n4").execute("right-" + i);
        }
        groups.world.heal();
        groups.world.runUntil(
            "the left stands still",
            () -> !groups.member("n1").status().online(),
            Duration.ofSeconds(20));
        var calls = new ArrayList<CompletableFuture<Executed<Integer>>>();
        for (String name : LEFT) {
          calls.add(groups.group(name).executeAsync("waits " + name));
        }
        for (var call : calls) {
          groups.world.await(call, Duration.ofSeconds(15));
        }
        awaitOneGroup(groups);
        for (String name : ALL) {
          assertThat(groups.lines(name))
              .contains("waits n1", "waits n2", "waits n3")
              .doesNotHaveDuplicates()
              .hasSize(13);
        }
      }
    }
  }

  @Test
  void batches_that_wait_while_a_group_dissolves_stay_together_and_the_reversion_is_told() {
    for (long seed = 1; seed <= 4; seed++) {
      try (var groups = apart(seed)) {
        long committed = groups.group("n1").executeAll(lines("left", 20)).getLast().index();
        for (int i = 0; i < 10; i++) {
          groups.group("n4").executeAll(lines("right-" + i + "-", 5));
        }
        CompletableFuture<Reversion> reverted =
            groups.group("n1").when().applied().reverted().future();
        CompletableFuture<Long> changed = groups.group("n1").when().applied().changed().future();
        groups.world.heal();
        groups.world.runUntil(
            "the left stands still",
            () -> !groups.member("n1").status().online(),
            Duration.ofSeconds(20));
        List<CompletableFuture<List<Result<Integer>>>> batches = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
          batches.add(groups.group("n1").executeAllAsync(lines("waits-" + i + "-", 90)));
        }
        long last = 0;
        for (var batch : batches) {
          List<Result<Integer>> results = groups.world.await(batch, Duration.ofSeconds(15));
          assertThat(results.getFirst().index()).as("seed %d", seed).isGreaterThan(last);
          last = results.getLast().index();
          assertThat(last - results.getFirst().index()).as("seed %d", seed).isEqualTo(89);
        }
        Reversion reversion = groups.world.await(reverted, Duration.ZERO);
        assertThat(reversion.to()).isZero();
        assertThat(reversion.from()).isGreaterThanOrEqualTo(committed);
        assertThat(changed).isDone();
      }
    }
  }

  private static List<String> lines(String prefix, int count) {
    return IntStream.range(0, count).mapToObj(i -> prefix + i).toList();
  }

  @Test
  void two_of_three_that_come_back_without_their_logs_are_recovered_from_the_third() {
    for (long seed = 1; seed <= 5; seed++) {
      try (var groups = new GroupWorld(seed).expecting(3).members(LEFT)) {
        groups.awaitLeader(LEFT);
        groups.group("n1").execute("before");
        groups.world.run(Duration.ofSeconds(2));
        groups.crashAndLose("n1");
        groups.crashAndLose("n2");
        groups.world.run(Duration.ofSeconds(5));
        groups.world.restart("n1");
        groups.world.run(Duration.ofSeconds(30));
        // One that is gone is no majority: the second might be back with its log.
        assertThat(groups.member("n3").status().online()).isFalse();
        assertThat(groups.member("n3").status().outage())
            .isNotNull()
            .satisfies(outage -> {
              assertThat(outage.gone()).hasSize(1);
              assertThat(outage.missing()).hasSize(1);
              assertThat(outage.description()).contains("enough of the missing");
            });
        groups.world.restart("n2");
        groups.awaitLeader(LEFT);
        groups.group("n1").execute("after");
        groups.world.run(Duration.ofSeconds(5));
        for (String name : LEFT) {
          assertThat(groups.lines(name))
              .as("seed %d, %s", seed, name)
              .containsExactly("before", "after");
          assertThat(groups.member(name).status().outage()).isNull();
        }
        assertThat(groups.world.failures()).isEmpty();
      }
    }
  }

  @Test
  void a_listener_is_told_that_the_group_goes_on_what_it_kept_and_whose_logs_are_lost() {
    try (var groups = new GroupWorld(1).expecting(3).members(LEFT)) {
      groups.awaitLeader(LEFT);
      GroupCondition<GroupRecovery> recovered = groups.group("n3").when().recovered();
      var told = new ArrayList<GroupRecovery>();
      var listening = recovered.onMet(Runnable::run, told::add);
      CompletableFuture<GroupRecovery> future = recovered.future();
      groups.group("n1").execute("kept");
      groups.world.run(Duration.ofSeconds(2));
      long committed = groups.group("n3").committed();
      List<PeerId> lost =
          Stream.of("n1", "n2").map(name -> groups.member(name).peerId).sorted().toList();
      groups.crashAndLose("n1");
      groups.crashAndLose("n2");
      groups.world.run(Duration.ofSeconds(5));
      groups.world.restart("n1");
      groups.world.restart("n2");
      groups.awaitLeader(LEFT);
      groups.world.run(Duration.ofSeconds(5));
      assertThat(told).hasSize(1);
      GroupRecovery once = told.getFirst();
      assertThat(once.epoch()).isEqualTo(1);
      assertThat(once.kept()).isGreaterThanOrEqualTo(committed);
      assertThat(once.lost()).isEqualTo(lost);
      assertThat(future).isCompletedWithValue(once);
      // Who asks later, or came later and has the log from its beginning, is told the same.
      assertThat(recovered.isMet()).isTrue();
      assertThat(groups.group("n3").when().recovered().await()).isEqualTo(once);
      assertThat(groups.group("n1").when().recovered().await()).isEqualTo(once);
      assertThat(groups.group("n3").when().applied().reverted().isMet()).isFalse();
      listening.cancel();
      assertThat(groups.world.failures()).isEmpty();
    }
  }

  @Test
  void a_member_that_was_away_when_its_group_dissolved_follows_when_it_is_back() {
    for (long seed = 1; seed <= 4; seed++) {
      try (var groups = apart(seed).logs(InMemoryLogStorage::new)) {
        groups.group("n3").execute("left");
        for (int i = 0; i < 5; i++) {
          groups.group("n4").execute("right-" + i);
        }
        groups.world.heal();
        groups.world.partition(Set.of("n3"), Set.of("n1", "n2", "n4", "n5", "n6"));
        groups.awaitLeader("n1", "n2", "n4", "n5", "n6");
        assertThat(groups.lines("n3")).containsExactly("left");
        groups.world.heal();
        awaitOneGroup(groups);
        assertThat(groups.lines("n3")).isEqualTo(groups.lines("n4")).doesNotContain("left");
      }
    }
  }
}
