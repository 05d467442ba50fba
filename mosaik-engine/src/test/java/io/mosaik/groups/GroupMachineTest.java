package io.mosaik.groups;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mosaik.groups.Group.Consistency;
import io.mosaik.groups.Group.Refused;
import io.mosaik.groups.Group.Result;
import io.mosaik.groups.GroupException.Outcome;
import io.mosaik.groups.StateSync.SnapshotPolicy;
import io.mosaik.groups.log.Entry;
import io.mosaik.groups.log.Origin;
import io.mosaik.id.Digest;
import io.mosaik.id.PeerId;
import io.mosaik.runtime.DeadlineExceededException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Machines and storages that misbehave by accident: what the others see, and what the member says.
 */
class GroupMachineTest {

  private static final String[] THREE = {"n1", "n2", "n3"};
  private static final Origin ORIGIN = new Origin(PeerId.ofBytes(new byte[PeerId.LENGTH]), 1);

  private static void block(GroupWorld.Member member, Duration howLong) {
    member.journal.beforeApply(() -> pause(member, howLong));
  }

  private static void pause(GroupWorld.Member member, Duration howLong) {
    assertThatThrownBy(() -> member.platform.await(new CompletableFuture<Void>(), howLong))
        .isInstanceOf(DeadlineExceededException.class);
  }

  @Test
  void a_command_that_the_machine_rejects_is_counted_on_every_member_and_changes_nothing() {
    try (var groups = new GroupWorld(1).members(THREE)) {
      String leader = groups.awaitLeader(THREE);
      assertThatThrownBy(() -> groups.group(leader).execute("refuse"))
          .isInstanceOfSatisfying(
              GroupException.class,
              error -> {
                assertThat(error.outcome()).isEqualTo(Outcome.REJECTED);
                assertThat(error).hasCauseInstanceOf(IllegalArgumentException.class);
              });
      groups.group(leader).execute("accept");
      groups.world.run(Duration.ofSeconds(1));
      for (String name : THREE) {
        assertThat(groups.group(name).machine().rejected()).as(name).isEqualTo(1);
        assertThat(groups.lines(name)).containsExactly("accept");
        assertThat(groups.member(name).status().failure()).isNull();
      }
    }
  }

  @Test
  void a_machine_that_blocks_says_since_when_and_with_what() {
    try (var groups = new GroupWorld(2).members(THREE)) {
      String leader = groups.awaitLeader(THREE);
      String follower = groups.follower(THREE);
      Group<String, Integer, String, String> group = groups.group(follower);
      assertThat(group.machine().busyFor()).isZero();
      block(groups.member(follower), Duration.ofSeconds(30));
      long index = groups.group(leader).execute("slow on the follower").index();
      groups.group(leader).execute("behind it");
      groups.world.run(Duration.ofSeconds(5));
      assertThat(group.machine().isOverdue()).isFalse();
      assertThat(group.machine().busyWith()).isEqualTo(index);
      groups.world.run(Duration.ofSeconds(10));
      assertThat(group.machine().isOverdue()).isTrue();
      assertThat(group.machine().busyFor())
          .isBetween(Duration.ofSeconds(14), Duration.ofSeconds(16));
      assertThat(group.machine().waiting()).isEqualTo(1);
      assertThat(group.status().get().online()).isTrue();
      assertThat(group.committed()).isGreaterThan(group.applied());
      groups.world.run(Duration.ofSeconds(60));
      assertThat(group.machine().busyFor()).isZero();
      assertThat(group.machine().waiting()).isZero();
      assertThat(groups.lines(follower)).containsExactly("slow on the follower", "behind it");
    }
  }

  @Test
  void a_machine_that_blocks_while_it_gives_an_image_or_starts_over_is_busy() {
    var nowNs = new AtomicLong();
    var activity = new MachineActivity(nowNs::get);
    var seen = new ArrayList<Duration>();
    Runnable takesTwelveSeconds =
        () -> {
          nowNs.addAndGet(Duration.ofSeconds(12).toNanos());
          seen.add(activity.status(0).busyFor());
        };
    var journal =
        new Journal() {
          @Override
          public void reset() {
            takesTwelveSeconds.run();
            super.reset();
          }
        };
    journal.with(
        new StateSync.Snapshot() {
          @Override
          public StateSync.Image image() {
            takesTwelveSeconds.run();
            return out -> {};
          }

          @Override
          public void restore(InputStream in) {}
        });
    var applier = applier(journal, activity);
    applier.apply(List.of(new Applier.Item<>(7, command(1, "one"), null)));
    assertThat(applier.image()).isNotNull();
    assertThat(activity.status(0)).isEqualTo(new MachineStatus(Duration.ZERO, 7, 0, 0));
    applier.rebuild(null);
    assertThat(seen).containsExactly(Duration.ofSeconds(12), Duration.ofSeconds(12));
    assertThat(activity.status(0).busyFor()).isZero();
  }

  @Test
  void an_image_of_which_no_byte_comes_shows_as_busy_and_the_machine_goes_on() {
    try (var groups =
        new GroupWorld(5)
            .journals(journal -> journal.withSnapshots(new SnapshotPolicy(20, 1 << 20, 5)))
            .members(THREE)) {
      String leader = groups.awaitLeader(THREE);
      Group<String, Integer, String, String> group = groups.group(leader);
      GroupWorld.Member member = groups.member(leader);
      member.journal.beforeWriting(() -> pause(member, Duration.ofSeconds(30)));
      while (group.machine().busyFor().isZero()) {
        group.execute("a line");
      }
      long cut = group.machine().busyWith();
      groups.world.run(Duration.ofSeconds(5));
      assertThat(group.machine().isOverdue()).isFalse();
      groups.world.run(Duration.ofSeconds(10));
      assertThat(group.machine().isOverdue()).isTrue();
      assertThat(group.execute("one more").index()).isGreaterThan(cut);
      assertThat(group.machine().busyWith()).isEqualTo(cut);
      groups.world.run(Duration.ofSeconds(30));
      assertThat(group.machine().busyFor()).isZero();
      assertThat(group.status().get().sync().snapshotIndex()).isEqualTo(cut);
    }
  }

  @Test
  void an_image_of_which_bytes_come_is_not_overdue_however_long_it_takes() {
    var nowNs = new AtomicLong();
    var activity = new MachineActivity(nowNs::get);
    activity.rests(9);
    for (int i = 0; i < 5; i++) {
      activity.writes(7);
      nowNs.addAndGet(Duration.ofSeconds(8).toNanos());
      assertThat(activity.status(0).isOverdue()).isFalse();
    }
    nowNs.addAndGet(Duration.ofSeconds(3).toNanos());
    assertThat(activity.status(0)).isEqualTo(new MachineStatus(Duration.ofSeconds(11), 7, 0, 0));
    activity.hasWritten();
    assertThat(activity.status(0)).isEqualTo(new MachineStatus(Duration.ZERO, 9, 0, 0));
  }

  @Test
  void an_error_of_the_jvm_stops_the_member_which_says_why_and_the_others_go_on() {
    try (var groups = new GroupWorld(3).expecting(3).members(THREE)) {
      String leader = groups.awaitLeader(THREE);
      String follower = groups.follower(THREE);
      groups
          .member(follower)
          .journal
          .beforeApply(() -> {
            throw new OutOfMemoryError("as a test says");
          });
      CompletableFuture<?> online = groups.group(follower).when().isOffline().future();
      groups.group(leader).execute("too much for one of them");
      groups.world.await(online, Duration.ofSeconds(5));
      groups.world.run(Duration.ofSeconds(2));
      assertThat(groups.member(follower).status().failure())
          .contains("its machine failed")
          .contains("as a test says");
      assertThat(groups.member(follower).status().online()).isFalse();
      assertThatThrownBy(() -> groups.group(follower).execute("no more"))
          .isInstanceOf(GroupException.class)
          .hasMessageContaining("as a test says");
      groups.group(leader).execute("the others go on");
    }
  }

  @Test
  void a_full_disk_stops_the_member_which_says_why_and_the_others_go_on() {
    try (var groups = new GroupWorld(4).onDisks().expecting(3).members(THREE)) {
      String leader = groups.awaitLeader(THREE);
      String follower = groups.follower(THREE);
      groups.world.node(follower).disk().full(true);
      groups.group(leader).execute("not stored on one of them");
      groups.world.run(Duration.ofSeconds(2));
      assertThat(groups.member(follower).status().failure())
          .startsWith("its log storage failed: ")
          .contains("no space");
      assertThat(groups.group(follower).bonds()).isEmpty();
      assertThat(groups.member(leader).status().failure()).isNull();
      groups.group(leader).execute("the others go on");

      groups.world.node(follower).disk().full(false);
      groups.group(follower).close();
      groups.world.crash(follower).restart(follower);
      groups.group(follower).when().isOnline().await();
      assertThat(groups.group(follower).execute("back again").result()).isEqualTo(3);
    }
  }

  /** What stops a member is of its process: the command may be as good as any other. */
  @Test
  void a_class_that_is_missing_on_one_member_stops_that_one_before_the_command() {
    try (var groups = new GroupWorld(6).onDisks().expecting(3).members(THREE)) {
      String leader = groups.awaitLeader(THREE);
      String follower = groups.follower(THREE);
      groups
          .member(follower)
          .journal
          .beforeApply(() -> {
            throw new NoClassDefFoundError("of a jar that is not there");
          });
      assertThat(groups.group(leader).execute("needs all jars").result()).isEqualTo(1);
      groups.world.run(Duration.ofSeconds(2));
      assertThat(groups.member(follower).status().failure()).contains("NoClassDefFoundError");
      groups.world.crash(follower).restart(follower);
      groups.group(follower).when().isOnline().await();
      groups.group(follower).when().applied().reaches(groups.group(leader).committed()).await();
      assertThat(groups.lines(follower)).containsExactly("needs all jars");
    }
  }

  @Test
  void an_assertion_that_fails_rejects_the_command_alike_everywhere() {
    try (var groups = new GroupWorld(7).expecting(3).members(THREE)) {
      String leader = groups.awaitLeader(THREE);
      for (String name : THREE) {
        groups
            .member(name)
            .journal
            .beforeApply(() -> {
              throw new AssertionError("below zero");
            });
      }
      assertThatThrownBy(() -> groups.group(leader).execute("too much"))
          .isInstanceOfSatisfying(
              GroupException.class,
              error -> assertThat(error.outcome()).isEqualTo(Outcome.REJECTED))
          .hasMessageContaining("below zero");
      groups.world.run(Duration.ofSeconds(1));
      for (String name : THREE) {
        groups.member(name).journal.beforeApply(() -> {});
      }
      groups.group(leader).execute("enough");
      groups.world.run(Duration.ofSeconds(1));
      for (String name : THREE) {
        assertThat(groups.member(name).status().failure()).as(name).isNull();
        assertThat(groups.lines(name)).containsExactly("enough");
      }
    }
  }

  @Test
  void a_digest_that_fails_stops_nobody() {
    var failing =
        new Journal() {
          @Override
          public Digest stateDigest() {
            throw new AssertionError("no digest of that");
          }
        };
    var applier = applier(failing, new MachineActivity(() -> 0));
    for (int i = 1; i <= 2_000; i++) {
      applier.apply(List.of(new Applier.Item<>(i, command(i, "a line"), null)));
    }
    assertThat(failing.count()).isEqualTo(2_000);
  }

  @Test
  void a_query_that_ends_in_an_error_fails_alone_and_one_of_the_jvm_stops_the_member() {
    try (var groups = new GroupWorld(8).members("n1")) {
      groups.awaitLeader("n1");
      Group<String, Integer, String, String> group = groups.group("n1");
      Journal journal = groups.member("n1").journal;
      for (Consistency consistency : Consistency.values()) {
        journal.beforeQuery(() -> {
          throw new AssertionError("no such question");
        });
        assertThatThrownBy(() -> group.query("", consistency))
            .isInstanceOfSatisfying(
                GroupException.class,
                error -> assertThat(error.outcome()).isEqualTo(Outcome.REJECTED))
            .hasMessageContaining("no such question");
      }
      journal.beforeQuery(() -> {
        throw new StackOverflowError();
      });
      assertThatThrownBy(() -> group.query("", Consistency.WEAK))
          .hasRootCauseInstanceOf(StackOverflowError.class);
      assertThat(group.status().get().failure()).isNull();
      journal.beforeQuery(() -> {
        throw new OutOfMemoryError("as a test says");
      });
      assertThatThrownBy(() -> group.query("", Consistency.WEAK))
          .isInstanceOf(GroupException.class)
          .hasMessageContaining("as a test says");
      groups.world.run(Duration.ofSeconds(1));
      assertThat(group.status().get().failure()).contains("as a test says");
    }
  }

  private static Applier<String, Integer, String, String> applier(
      Journal journal, MachineActivity activity) {
    return new Applier<>(journal, Runnable::run, activity, (manifest, chunk) -> null, state -> {});
  }

  private static Entry.Command command(long sequence, String line) {
    return new Entry.Command(1, ORIGIN, sequence, new Journal().commandCodec().toBytes(line));
  }

  private static Call.Execute<Integer> call(long firstSequence, String... lines) {
    var codec = new Journal().commandCodec();
    var call = new Call.Execute<Integer>(Stream.of(lines).map(codec::toBytes).toList(), 1, 0);
    call.number(firstSequence);
    return call;
  }

  @Test
  void a_machine_is_given_what_is_committed_together_and_answers_for_each() {
    var batches = new ArrayList<Integer>();
    var journal =
        new Journal() {
          @Override
          public void applyBatch(List<Committed<String>> commands, Results<Integer> results) {
            batches.add(commands.size());
            super.applyBatch(commands, results);
          }
        };
    var activity = new MachineActivity(() -> 0);
    var applier = applier(journal, activity);
    Call.Execute<Integer> call = call(1, "one", "refuse", "two");
    applier.apply(
        List.of(
            new Applier.Item<>(2, command(1, "one"), call),
            new Applier.Item<>(3, command(1, "one"), null), // sent twice
            new Applier.Item<>(4, new Entry.Noop(1), null),
            new Applier.Item<>(5, command(2, "refuse"), call),
            new Applier.Item<>(6, command(3, "two"), call)));
    assertThat(batches).containsExactly(3);
    assertThat(call.future.resultNow()).extracting(Result::index).containsExactly(2L, 5L, 6L);
    assertThat(call.future.resultNow().get(1)).isInstanceOf(Refused.class);
    assertThat(call.future.resultNow().get(2).orThrow().result()).isEqualTo(2);
    assertThat(activity.status(0)).isEqualTo(new MachineStatus(Duration.ZERO, 6, 0, 1));
  }

  @Test
  void a_command_that_can_not_be_read_is_rejected_in_its_place() {
    var journal = new Journal();
    var applier = applier(journal, new MachineActivity(() -> 0));
    Call.Execute<Integer> call = call(1, "one", "unreadable", "two");
    applier.apply(
        List.of(
            new Applier.Item<>(1, command(1, "one"), call),
            new Applier.Item<>(2, new Entry.Command(1, ORIGIN, 2, new byte[] {-1, -1}), call),
            new Applier.Item<>(3, command(3, "two"), call)));
    assertThat(journal.lines()).containsExactly("one", "two");
    assertThat(call.future.resultNow().get(1)).isInstanceOf(Refused.class);
  }

  @Test
  void a_machine_that_forgets_a_command_of_a_batch_is_broken() {
    var forgetful =
        new Journal() {
          @Override
          public void applyBatch(List<Committed<String>> commands, Results<Integer> results) {
            super.applyBatch(commands.subList(1, commands.size()), results);
          }
        };
    var applier = applier(forgetful, new MachineActivity(() -> 0));
    assertThatThrownBy(() ->
            applier.apply(
                List.of(
                    new Applier.Item<>(1, command(1, "one"), null),
                    new Applier.Item<>(2, command(2, "two"), null))))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("said of 1 commands");
  }
}
