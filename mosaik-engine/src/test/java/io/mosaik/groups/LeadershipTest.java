package io.mosaik.groups;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mosaik.groups.Group.Executed;
import io.mosaik.groups.Group.Role;
import io.mosaik.groups.GroupException.Outcome;
import io.mosaik.id.PeerId;
import io.mosaik.runtime.Cancellation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** What a leader may rely on, and how it hands that over. */
class LeadershipTest {

  private static final String[] THREE = {"n1", "n2", "n3"};
  private static final Duration TICK = Duration.ofMillis(5);

  private static boolean holds(GroupWorld groups, String name) {
    return groups.group(name).leadership().get().isHeld();
  }

  private static List<String> holders(GroupWorld groups) {
    return List.of(THREE).stream().filter(name -> holds(groups, name)).toList();
  }

  /** Lets time pass in small steps, in none of which two hold the leadership. */
  private static void watch(GroupWorld groups, Duration time) {
    for (Duration left = time; left.isPositive(); left = left.minus(TICK)) {
      groups.world.run(TICK);
      assertThat(holders(groups)).as("at %s", groups.world.now()).hasSizeLessThan(2);
    }
  }

  private static String awaitHolder(GroupWorld groups) {
    groups.awaitLeader(THREE);
    groups.world.runUntil("one is sure", () -> !holders(groups).isEmpty(), Duration.ofSeconds(5));
    return holders(groups).getFirst();
  }

  private static String[] others(String name) {
    return List.of(THREE).stream().filter(other -> !other.equals(name)).toArray(String[]::new);
  }

  private static void assertRejected(CompletableFuture<PeerId> transfer) {
    assertThatThrownBy(transfer::join)
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOfSatisfying(
            GroupException.class, error -> assertThat(error.outcome()).isEqualTo(Outcome.REJECTED));
  }

  @Test
  void the_leader_holds_the_leadership_with_its_term_for_a_token_and_goes_on_holding_it() {
    try (var groups = new GroupWorld(1).members(THREE)) {
      String leader = awaitHolder(groups);
      Leadership leadership = groups.group(leader).leadership().get();
      assertThat(leadership.token()).isEqualTo(groups.member(leader).status().term());
      for (int i = 0; i < 1_000; i++) {
        groups.world.run(Duration.ofMillis(20));
        assertThat(leadership.isHeld()).isTrue();
      }
      assertThat(leadership.lost()).isNotDone();
      for (String other : others(leader)) {
        assertThat(holds(groups, other)).isFalse();
      }
    }
  }

  @Test
  void a_leader_that_is_cut_off_loses_its_leadership_before_another_has_one() {
    for (long seed = 1; seed <= 10; seed++) {
      try (var groups = new GroupWorld(seed).members(THREE)) {
        for (int i = 0; i < 3; i++) { // as far apart as the settings allow
          groups.world.node(THREE[i]).clockRate(1 + 0.05 * i);
        }
        String leader = awaitHolder(groups);
        Leadership leadership = groups.group(leader).leadership().get();
        groups.world.partition(Set.of(leader), Set.of(others(leader)));
        watch(groups, Duration.ofSeconds(12));
        assertThat(leadership.isHeld()).isFalse();
        assertThat(leadership.lost()).isDone();
        String next = awaitHolderAmong(groups, others(leader));
        assertThat(groups.group(next).leadership().get().token()).isGreaterThan(leadership.token());
      }
    }
  }

  private static String awaitHolderAmong(GroupWorld groups, String... names) {
    groups.world.runUntil(
        "one of them is sure",
        () -> List.of(names).stream().anyMatch(name -> holds(groups, name)),
        Duration.ofSeconds(10));
    return List.of(names).stream().filter(name -> holds(groups, name)).findFirst().orElseThrow();
  }

  @Test
  void a_leader_that_does_nothing_for_a_while_finds_that_it_has_lost_its_leadership() {
    try (var groups = new GroupWorld(3).members(THREE)) {
      String leader = awaitHolder(groups);
      Leadership leadership = groups.group(leader).leadership().get();
      groups.world.pause(leader);
      watch(groups, Duration.ofSeconds(10));
      // Nothing of it has run since, not even a timer: the clock alone says so.
      assertThat(leadership.isHeld()).isFalse();
      assertThat(groups.group(leader).leadership().get()).isSameAs(leadership);
      assertThat(holders(groups)).isNotEmpty();
      groups.world.resume(leader);
      watch(groups, Duration.ofSeconds(1));
      assertThat(leadership.lost()).isDone();
    }
  }

  @Test
  void what_was_lost_for_a_moment_is_not_had_again_but_anew() {
    try (var groups = new GroupWorld(4).members(THREE)) {
      String leader = awaitHolder(groups);
      Leadership first = groups.group(leader).leadership().get();
      for (String other : others(leader)) {
        groups.world.pause(other); // longer than a lease lasts, and than nobody stands for
      }
      groups.world.run(Duration.ofMillis(1_900));
      assertThat(first.isHeld()).isFalse();
      for (String other : others(leader)) {
        groups.world.resume(other);
      }
      groups.world.runUntil(
          "a leadership anew", () -> !holders(groups).isEmpty(), Duration.ofSeconds(10));
      assertThat(first.isHeld()).isFalse();
      assertThat(first.lost()).isDone();
    }
  }

  @Test
  void a_wanted_member_leads_after_a_transfer_and_the_old_one_gives_up_first() {
    for (long seed = 1; seed <= 10; seed++) {
      try (var groups = new GroupWorld(seed).members(THREE)) {
        String leader = awaitHolder(groups);
        String wanted = others(leader)[1];
        Leadership leadership = groups.group(leader).leadership().get();
        PeerId peer = groups.member(wanted).peerId;
        var transfer = groups.group(leader).transferLeadershipAsync(peer);
        var command = groups.group(leader).executeAsync("meanwhile");
        watch(groups, Duration.ofMillis(500));
        assertThat(transfer).isCompletedWithValue(peer);
        assertThat(leadership.lost()).isDone();
        assertThat(holders(groups)).containsExactly(wanted);
        Executed<Integer> done = groups.world.await(command, Duration.ofSeconds(1));
        assertThat(done.result()).isEqualTo(1);
      }
    }
  }

  @Test
  void a_transfer_can_be_waited_for() {
    try (var groups = new GroupWorld(6).members(THREE)) {
      String leader = awaitHolder(groups);
      PeerId next = groups.group(leader).transferLeadership();
      assertThat(next).isNotEqualTo(groups.member(leader).peerId);
      assertThat(groups.member(leader).status().role()).isEqualTo(Role.FOLLOWER);
    }
  }

  @Test
  void a_transfer_that_cannot_be_is_rejected_and_the_leader_goes_on() {
    try (var groups = new GroupWorld(7).members(THREE)) {
      String leader = awaitHolder(groups);
      String follower = others(leader)[0];
      var byFollower = groups.group(follower).transferLeadershipAsync();
      var toItself = groups.group(leader).transferLeadershipAsync(groups.member(leader).peerId);
      groups.world.run(Duration.ofMillis(100));
      assertRejected(byFollower);
      assertRejected(toItself);
      assertThat(holders(groups)).containsExactly(leader);
    }
  }

  @Test
  void a_transfer_to_one_that_does_not_answer_is_given_up_after_an_election_timeout() {
    try (var groups = new GroupWorld(8).members(THREE)) {
      String leader = awaitHolder(groups);
      String wanted = others(leader)[0];
      groups.world.pause(wanted);
      var transfer = groups.group(leader).transferLeadershipAsync(groups.member(wanted).peerId);
      var command = groups.group(leader).executeAsync("meanwhile");
      watch(groups, Duration.ofMillis(2_200));
      assertThat(transfer).isCompletedExceptionally();
      assertThat(command).isCompleted();
      assertThat(holders(groups)).containsExactly(leader);
      // The one that was asked wakes up and stands, in vain.
      groups.world.resume(wanted);
      watch(groups, Duration.ofSeconds(8));
      groups.awaitLeader(THREE);
    }
  }

  @Test
  void who_leaves_holds_nothing_any_more() {
    try (var groups = new GroupWorld(9).members(THREE)) {
      String leader = awaitHolder(groups);
      Leadership leadership = groups.group(leader).leadership().get();
      groups.group(leader).close();
      watch(groups, Duration.ofSeconds(3));
      assertThat(leadership.isHeld()).isFalse();
      assertThat(holders(groups)).hasSize(1).doesNotContain(leader);
    }
  }

  @Test
  void a_task_for_the_leader_runs_where_the_leadership_is_held_and_nowhere_else() {
    try (var groups = new GroupWorld(10).members(THREE)) {
      List<Long> tokens = new ArrayList<>();
      List<Cancellation> tasks = new ArrayList<>();
      for (String name : THREE) {
        tasks.add(
            groups
                .group(name)
                .whileLeading(leadership -> {
                  assertThat(holders(groups)).containsExactly(name);
                  tokens.add(leadership.token());
                }));
      }
      awaitHolder(groups);
      groups.world.run(Duration.ofMillis(100)); // a task may miss a leadership that is shorter
      for (int i = 0; i < 5; i++) {
        PeerId next = groups.group(awaitHolder(groups)).transferLeadership();
        groups.world.runUntil(
            "the next is sure",
            () ->
                groups.all().stream().anyMatch(m -> m.peerId.equals(next) && holds(groups, m.name)),
            Duration.ofSeconds(5));
        groups.world.run(Duration.ofMillis(100));
      }
      assertThat(tokens).hasSize(6).isSorted().doesNotHaveDuplicates();
      tasks.forEach(Cancellation::cancel);
      groups.group(awaitHolder(groups)).transferLeadership();
      groups.world.run(Duration.ofSeconds(1));
      assertThat(tokens).hasSize(6);
      assertThat(groups.world.failures()).isEmpty();
    }
  }
}
