package io.mosaik.groups;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mosaik.groups.Group.Consistency;
import io.mosaik.groups.StateSync.SnapshotPolicy;
import io.mosaik.runtime.DeadlineExceededException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What users' code may do where a group calls it. */
class GroupCallbacksTest {

  private static final String[] THREE = {"n1", "n2", "n3"};
  private static final Duration SOON = Duration.ofSeconds(30);

  /** Each call that blocks is refused at once, and says what to call in its place. */
  private static void assertNothingMayBlock(Group<String, Integer, String, String> group) {
    assertRefused(() -> group.execute("x"), "executeAsync");
    assertRefused(() -> group.executeAll(List.of("x")), "executeAllAsync");
    assertRefused(() -> group.feed("x"), "feedAsync");
    assertRefused(() -> group.feedAll(List.of("x")), "feedAllAsync");
    assertRefused(() -> group.query("", Consistency.WEAK), "queryAsync");
    assertRefused(() -> group.query("", Consistency.STRONG), "queryAsync");
    assertRefused(group::transferLeadership, "transferLeadershipAsync");
    assertRefused(() -> group.when().isOnline().await(), "future()");
  }

  private static void assertRefused(ThrowingCallable call, String instead) {
    assertThatThrownBy(call)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("blocks")
        .hasMessageContaining("all " + instead);
  }

  @Test
  void a_callback_that_would_wait_for_itself_is_refused_at_once_and_nothing_is_applied() {
    try (var groups = new GroupWorld(1).members("n1")) {
      Group<String, Integer, String, String> group = groups.group("n1");
      CompletableFuture<Void> tried =
          group.when().isOnline().future().thenRun(() -> assertNothingMayBlock(group));
      groups.world.await(tried, SOON);
      CompletableFuture<Void> afterACommand =
          group.executeAsync("one").thenRun(() -> assertNothingMayBlock(group));
      groups.world.await(afterACommand, SOON);
      assertThat(groups.lines("n1")).containsExactly("one");
    }
  }

  @Test
  void the_loss_of_a_leadership_is_no_place_to_wait() {
    try (var groups = new GroupWorld(2).members(THREE)) {
      Group<String, Integer, String, String> group = groups.group(groups.awaitLeader(THREE));
      groups.world.runUntil("it is sure", () -> group.leadership().get().isHeld(), SOON);
      CompletableFuture<Void> tried =
          group.leadership().get().lost().thenRun(() -> assertNothingMayBlock(group));
      group.transferLeadership();
      groups.world.await(tried, SOON);
    }
  }

  @Test
  void a_listener_of_snapshots_is_no_place_to_wait() {
    var tried = new CompletableFuture<Void>();
    List<Group<String, Integer, String, String>> late = new ArrayList<>();
    SyncListener listener =
        (index, fetched, total) -> {
          try {
            assertNothingMayBlock(late.getFirst());
            tried.complete(null);
          } catch (RuntimeException | Error e) {
            tried.completeExceptionally(e);
          }
        };
    try (var groups =
        new GroupWorld(3)
            .journals(journal -> journal.withSnapshots(new SnapshotPolicy(20, 1 << 20, 5)))
            .settings(builder -> builder.syncListener(listener))
            .members("n1", "n2")) {
      Group<String, Integer, String, String> group = groups.group(groups.awaitLeader("n1", "n2"));
      for (int i = 0; i < 100; i++) {
        group.execute("a line");
      }
      groups.members("n3");
      late.add(groups.group("n3"));
      groups.world.await(tried, SOON);
    }
  }

  @Test
  void a_machine_that_would_wait_for_itself_is_refused_at_once() {
    try (var groups = new GroupWorld(4).members("n1")) {
      Group<String, Integer, String, String> group = groups.group("n1");
      groups.awaitLeader("n1");
      groups.member("n1").journal.beforeApply(() -> assertNothingMayBlock(group));
      assertThat(group.execute("one").result()).isEqualTo(1);
    }
  }

  @Test
  void an_async_form_in_a_callback_works() {
    try (var groups = new GroupWorld(5).members("n1")) {
      Group<String, Integer, String, String> group = groups.group("n1");
      var done = group.when().isOnline().future().thenCompose(status -> group.executeAsync("one"));
      assertThat(groups.world.await(done, SOON).result()).isEqualTo(1);
    }
  }

  @Test
  void every_future_ends_also_behind_a_callback_that_blocks_for_long() {
    try (var groups = new GroupWorld(6).expecting(3).members("n1")) {
      Group<String, Integer, String, String> group = groups.group("n1");
      var never = new CompletableFuture<Void>();
      CompletableFuture<Void> slow =
          group
              .executeAsync("one", Duration.ofSeconds(5))
              .handle((result, error) -> {
                assertThatThrownBy(
                        () -> groups.member("n1").platform.await(never, Duration.ofSeconds(20)))
                    .isInstanceOf(DeadlineExceededException.class);
                return null;
              });
      CompletableFuture<?> behind = group.executeAsync("two", Duration.ofSeconds(60));
      CompletableFuture<?> online = group.when().isOnline().future();
      groups.world.run(Duration.ofSeconds(6));
      group.close();
      groups.world.run(Duration.ofSeconds(10));
      assertThat(behind).isNotDone();
      groups.world.await(slow, SOON);
      groups.world.run(Duration.ofSeconds(1));
      assertThat(behind).isCompletedExceptionally();
      assertThat(online).isCompletedExceptionally();
    }
  }
}
