package io.mosaik.groups;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mosaik.groups.GroupException.Outcome;
import io.mosaik.id.PeerId;
import io.mosaik.runtime.Cancellation;
import io.mosaik.runtime.DeadlineExceededException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What can be waited for in a group, and how. */
class GroupConditionsTest {

  private static final String[] THREE = {"n1", "n2", "n3"};
  private static final Duration SOON = Duration.ofSeconds(30);

  @Test
  void a_caller_waits_for_the_group_to_form_and_its_members_to_bond() {
    try (var groups = new GroupWorld(1).members(THREE)) {
      Group<String, Integer, String, String> group = groups.group("n1");
      assertThat(group.when().bonded(2).isMet()).isFalse();
      assertThat(group.when().bonded(2).await()).hasSize(2);
      PeerId other = groups.member("n2").peerId;
      assertThat(group.when().bondedWith(other).await()).isEqualTo(other);
      PeerId leader = group.when().leaderElected().await();
      assertThat(group.leader()).isEqualTo(leader);
      assertThat(group.when().leaderIs(leader).await().leader()).isEqualTo(leader);
      assertThat(group.when().isOnline().await().online()).isTrue();
      assertThat(group.when().isOffline().isMet()).isFalse();
      String leading = groups.awaitLeader(THREE);
      assertThat(groups.group(leading).when().isLeader().isMet()).isTrue();
      assertThat(groups.group(leading).when().isFollower().isMet()).isFalse();
      assertThat(groups.group(groups.follower(THREE)).when().isFollower().await()).isNotNull();
      assertThat(group.committee()).contains(leader);
    }
  }

  @Test
  void a_wait_ends_at_its_deadline_and_says_what_for() {
    try (var groups = new GroupWorld(2).expecting(3).members("n1")) {
      GroupCondition<PeerId> elected = groups.group("n1").when().leaderElected();
      assertThatThrownBy(() -> elected.await(Duration.ofSeconds(5)))
          .isInstanceOf(DeadlineExceededException.class)
          .hasMessageContaining("PT5S")
          .hasMessageContaining("a leader");
      groups.members("n2", "n3");
      assertThat(elected.await()).isNotNull();
    }
  }

  @Test
  void a_new_leader_is_told_once_it_is_another_one() {
    try (var groups = new GroupWorld(3).expecting(3).members(THREE)) {
      String leader = groups.awaitLeader(THREE);
      String follower = groups.follower(THREE);
      CompletableFuture<PeerId> changed = groups.group(follower).when().leaderChanged().future();
      groups.world.run(Duration.ofSeconds(10));
      assertThat(changed).isNotDone();
      groups.world.crash(leader);
      assertThat(groups.world.await(changed, SOON)).isNotEqualTo(groups.member(leader).peerId);
    }
  }

  @Test
  void a_listener_hears_each_time_a_member_comes_online_again() {
    try (var groups = new GroupWorld(4).expecting(3).members(THREE)) {
      groups.awaitLeader(THREE);
      String follower = groups.follower(THREE);
      GroupConditions when = groups.group(follower).when();
      List<String> told = new ArrayList<>();
      var strand = groups.member(follower).platform.newUserStrand("listener");
      Cancellation online = when.isOnline().onMet(strand, status -> told.add("online"));
      Cancellation offline = when.isOffline().onMet(strand, status -> told.add("offline"));
      groups.world.run(Duration.ofSeconds(1));
      for (int i = 0; i < 2; i++) {
        groups.world.isolate(follower);
        when.isOffline().await();
        groups.world.heal();
        when.isOnline().await();
      }
      groups.world.run(Duration.ofSeconds(1));
      assertThat(told).containsExactly("online", "offline", "online", "offline", "online");
      online.cancel();
      offline.cancel();
      groups.world.isolate(follower);
      groups.world.run(Duration.ofSeconds(20));
      assertThat(told).hasSize(5);
    }
  }

  @Test
  void a_cursor_tells_when_it_reaches_a_position_and_when_it_moves() {
    try (var groups = new GroupWorld(5).members(THREE)) {
      String leader = groups.awaitLeader(THREE);
      Group<String, Integer, String, String> reader = groups.group(groups.follower(THREE));
      groups.world.run(Duration.ofSeconds(5));
      long before = reader.committed();
      CompletableFuture<Long> advanced = reader.when().committed().advanced().future();
      CompletableFuture<Long> changed = reader.when().applied().changed().future();
      CompletableFuture<Long> reached = reader.when().applied().reaches(before + 2).future();
      CompletableFuture<Reversion> reverted = reader.when().applied().reverted().future();
      groups.world.run(Duration.ofSeconds(5));
      assertThat(advanced).isNotDone();
      groups.group(leader).execute("one");
      assertThat(groups.world.await(advanced, SOON)).isEqualTo(before + 1);
      assertThat(groups.world.await(changed, SOON)).isEqualTo(before + 1);
      assertThat(reached).isNotDone();
      groups.group(leader).execute("two");
      assertThat(groups.world.await(reached, SOON)).isEqualTo(before + 2);
      assertThat(reader.applied()).isEqualTo(before + 2);
      assertThat(reverted).isNotDone();
    }
  }

  @Test
  void who_waits_when_the_group_is_left_hears_so() {
    try (var groups = new GroupWorld(6).expecting(3).members("n1")) {
      GroupConditions when = groups.group("n1").when();
      CompletableFuture<PeerId> leader = when.leaderElected().future();
      groups.group("n1").close();
      assertThatThrownBy(() -> groups.world.await(leader, SOON))
          .isInstanceOfSatisfying(
              GroupException.class,
              error -> {
                assertThat(error.outcome()).isEqualTo(Outcome.OFFLINE);
                assertThat(error).hasMessageContaining("the group was left, before: a leader");
              });
      assertThatThrownBy(() -> when.isOnline().await()).isInstanceOf(GroupException.class);
      assertThat(when.isOffline().isMet()).isTrue();
    }
  }

  @Test
  void a_reversion_is_told_even_where_the_position_is_back_before_anyone_looks() {
    try (var groups = new GroupWorld(7).members("n1")) {
      var board = new StatusBoard();
      var tasks = new ArrayDeque<Runnable>();
      var platform = groups.member("n1").platform;
      var waits = new Waits(platform, platform.newUserStrand("c"), platform.newUserStrand("m"));
      var when = new ViewConditions(waits, board.view(), tasks::add, () -> null);
      List<Reversion> told = new ArrayList<>();
      var unused = when.committed().reverted().onMet(tasks::add, told::add);
      CompletableFuture<Reversion> reverted = when.applied().reverted().future();
      CompletableFuture<Long> changed = when.committed().changed().future();
      CompletableFuture<Long> advanced = when.committed().advanced().future();
      board.reverted(new Reversion(7, 0));
      board.reverted(new Reversion(9, 3));
      while (!tasks.isEmpty()) {
        tasks.remove().run();
      }
      assertThat(reverted).isCompletedWithValue(new Reversion(7, 0));
      assertThat(changed).isDone();
      assertThat(advanced).isNotDone();
      assertThat(told)
          .as("the latest of those that came while it was busy")
          .containsExactly(new Reversion(9, 3));
      board.reverted(new Reversion(4, 1));
      tasks.removeFirst().run();
      assertThat(told).endsWith(new Reversion(4, 1));
    }
  }

  @Test
  void a_wait_that_is_given_up_leaves_nothing_behind() {
    try (var groups = new GroupWorld(8).expecting(3).members("n1")) {
      CompletableFuture<PeerId> given = groups.group("n1").when().leaderElected().future();
      given.cancel(false);
      groups.members("n2", "n3");
      groups.awaitLeader(THREE);
      assertThat(given).isCancelled();
    }
  }
}
