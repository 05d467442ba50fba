package io.mosaik.groups;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mosaik.groups.Group.Executed;
import io.mosaik.groups.GroupException.Outcome;
import io.mosaik.groups.StateSync.SnapshotPolicy;
import io.mosaik.groups.config.ConsensusConfig;
import io.mosaik.groups.log.ForwardingLogStorage;
import io.mosaik.groups.log.InMemoryLogStorage;
import io.mosaik.groups.log.SnapshotManifest;
import io.mosaik.runtime.DeadlineExceededException;
import io.mosaik.sim.LinkProfile;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Members that are too far behind for the log, in a simulated world. */
class StateSyncTest {

  private static final String[] THREE = {"n1", "n2", "n3"};
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final SnapshotPolicy OFTEN = new SnapshotPolicy(50, 1 << 30, 5);

  private record Fetched(long index, long bytes, long totalBytes) {}

  private final List<Fetched> progress = new ArrayList<>();

  private static GroupWorld world(long seed, SnapshotPolicy policy) {
    return new GroupWorld(seed)
        .expecting(THREE.length)
        .journals(journal -> journal.withSnapshots(policy));
  }

  private static void write(GroupWorld groups, String name, String prefix, int count) {
    List<CompletableFuture<Executed<Integer>>> written =
        IntStream.range(0, count)
            .mapToObj(i -> groups.group(name).executeAsync(prefix + i))
            .toList();
    written.forEach(each -> groups.world.await(each, LONG));
  }

  private static void awaitSame(GroupWorld groups, String... names) {
    groups.world.runUntil(
        "all have the same lines",
        () ->
            Stream.of(names).map(name -> groups.member(name).journal.count()).distinct().count()
                    == 1
                && Stream.of(names).map(groups::lines).distinct().count() == 1,
        LONG);
  }

  /** Five megabytes of lines, in twenty chunks, all of them before the last cut. */
  private static void writeMuch(GroupWorld groups, String name) {
    write(groups, name, "x".repeat(25_000), 200);
    write(groups, name, "y", 50);
    groups.world.runUntil(
        "all have cut",
        () ->
            groups.all().stream()
                    .map(member -> member.status().sync().snapshotIndex())
                    .filter(index -> index > 200)
                    .distinct()
                    .count()
                == 1,
        LONG);
  }

  private void requireOnlyForward() {
    for (int i = 1; i < progress.size(); i++) {
      Fetched before = progress.get(i - 1);
      Fetched now = progress.get(i);
      assertThat(now.index).isGreaterThanOrEqualTo(before.index);
      if (now.index == before.index) {
        assertThat(now.bytes).isGreaterThan(before.bytes);
      }
    }
    Fetched last = progress.getLast();
    assertThat(last.bytes).isEqualTo(last.totalBytes);
  }

  @Test
  void logs_are_pruned_at_the_same_positions_and_stay_short() {
    try (var groups = world(1, OFTEN).members(THREE)) {
      String leader = groups.awaitLeader(THREE);
      write(groups, leader, "line", 500);
      awaitSame(groups, THREE);
      groups.world.run(Duration.ofSeconds(1));
      for (String name : THREE) {
        SyncStatus sync = groups.member(name).status().sync();
        assertThat(sync.snapshotIndex()).as(name).isGreaterThan(400);
        assertThat(sync.heldEntries()).as(name).isLessThan(110);
        assertThat(sync.diverged()).as(name).isFalse();
      }
    }
  }

  @Test
  void a_member_that_comes_late_gets_the_snapshot_and_what_follows() {
    try (var groups = world(2, OFTEN).members(THREE)) {
      String leader = groups.awaitLeader(THREE);
      write(groups, leader, "line", 480);
      groups.world.run(Duration.ofSeconds(1));
      listening(groups).members("n4");
      awaitSame(groups, "n1", "n2", "n3", "n4");
      assertThat(groups.lines("n4")).hasSize(480);
      assertThat(groups.member("n4").journal.restored()).isEqualTo(1);
      requireOnlyForward();
    }
  }

  @Test
  void a_follower_far_behind_a_pruned_log_goes_on_from_a_snapshot() {
    for (long seed = 1; seed <= 10; seed++) {
      try (var groups = world(seed, OFTEN).members(THREE)) {
        String leader = groups.awaitLeader(THREE);
        String follower = groups.follower(THREE);
        write(groups, leader, "before", 20);
        groups.world.crash(follower);
        write(groups, leader, "while", 300);
        groups.world.restart(follower);
        awaitSame(groups, THREE);
        assertThat(groups.member(follower).journal.restored()).as("seed %d", seed).isEqualTo(1);
        groups.awaitLeader(THREE);
        assertThat(groups.group(follower).execute("after").result()).isEqualTo(321);
      }
    }
  }

  @Test
  void a_command_whose_result_a_snapshot_has_swallowed_ends_as_unknown_and_the_next_are_told() {
    try (var groups = world(3, OFTEN).members(THREE)) {
      String leader = groups.awaitLeader(THREE);
      String follower = groups.follower(THREE);
      write(groups, follower, "before", 3);
      for (String name : THREE) {
        if (!name.equals(follower)) {
          groups.world.cutOneWay(name, follower);
        }
      }
      var swallowed = groups.group(follower).executeAsync("swallowed");
      groups.world.run(Duration.ofMillis(50));
      groups.world.isolate(follower);
      groups.world.run(Duration.ofSeconds(7)); // no bond is left
      write(groups, leader, "while", 300);
      groups.world.heal();
      awaitSame(groups, THREE);
      groups.awaitLeader(THREE);
      assertThat(groups.lines(leader)).contains("swallowed");
      assertThat(groups.member(follower).journal.restored()).isEqualTo(1);
      groups.world.run(Duration.ofSeconds(1));
      assertThat(swallowed).isCompletedExceptionally();
      assertThat(swallowed.exceptionNow())
          .isInstanceOfSatisfying(
              GroupException.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.UNKNOWN));
      assertThat(groups.group(follower).execute("after").result()).isEqualTo(305);
    }
  }

  @Test
  void all_members_restart_at_once_from_their_snapshots() {
    try (var groups = world(4, OFTEN).members(THREE)) {
      String leader = groups.awaitLeader(THREE);
      write(groups, leader, "line", 333);
      groups.world.run(Duration.ofSeconds(1));
      for (String name : THREE) {
        groups.world.crash(name);
      }
      for (String name : THREE) {
        groups.world.restart(name);
      }
      groups.awaitLeader(THREE);
      awaitSame(groups, THREE);
      for (String name : THREE) {
        assertThat(groups.lines(name)).hasSize(333);
        assertThat(groups.member(name).journal.restored()).isEqualTo(1);
      }
      assertThat(groups.group("n1").execute("after").result()).isEqualTo(334);
    }
  }

  @Test
  void the_leader_dies_while_it_transfers_a_snapshot_and_the_others_go_on_with_it() {
    try (var groups = world(5, new SnapshotPolicy(245, 1 << 30, 5)).members(THREE)) {
      String leader = groups.awaitLeader(THREE);
      writeMuch(groups, leader);
      for (String name : THREE) {
        groups.world.link(name, "n4", LinkProfile.LAN.withBytesPerSecond(500_000));
        if (!name.equals(leader)) {
          groups.world.cut(name, "n4");
        }
      }
      listening(groups).members("n4");
      groups.world.runUntil("some chunks are there", () -> progress.size() >= 5, LONG);
      groups.world.crash(leader);
      groups.world.run(Duration.ofSeconds(20)); // all providers are gone
      long before = progress.getLast().bytes;
      for (String name : THREE) {
        groups.world.mend(name, "n4");
      }
      awaitSame(groups, groups.follower(THREE), "n4");
      assertThat(before).isPositive();
      assertThat(groups.member("n4").journal.restored()).isEqualTo(1);
      requireOnlyForward();
    }
  }

  private GroupWorld listening(GroupWorld groups) {
    return groups.settings(b ->
        b.consensus(ConsensusConfig.builder().bootstrapExpect(THREE.length).build())
            .syncListener((i, n, all) -> progress.add(new Fetched(i, n, all))));
  }

  @Test
  void a_chunk_that_is_not_what_it_should_be_is_refused_and_fetched_elsewhere() {
    var liars = new ArrayList<Liar>();
    try (var groups =
        world(6, new SnapshotPolicy(245, 1 << 30, 5))
            .logs(() -> {
              var log = new Liar();
              liars.add(log);
              return log;
            })
            .members(THREE)) {
      String leader = groups.awaitLeader(THREE);
      writeMuch(groups, leader);
      for (int i = 0; i < THREE.length; i++) {
        liars.get(i).lies = !THREE[i].equals(leader);
      }
      listening(groups).members("n4");
      awaitSame(groups, "n1", "n2", "n3", "n4");
      assertThat(liars.stream().mapToInt(liar -> liar.lieCount).sum()).isPositive();
      assertThat(groups.member("n4").journal.restored()).isEqualTo(1);
      requireOnlyForward();
    }
  }

  @Test
  void a_member_whose_state_differs_is_found_out_and_so_are_the_others_told() {
    try (var groups = world(7, OFTEN).members(THREE)) {
      String leader = groups.awaitLeader(THREE);
      groups.member("n2").journal.diverge();
      write(groups, leader, "line", 70);
      groups.world.run(Duration.ofSeconds(1));
      for (String name : THREE) {
        assertThat(groups.member(name).status().sync().diverged()).as(name).isTrue();
      }
    }
  }

  @Test
  void that_a_member_differs_is_said_once_for_each_whom_it_differs_from_however_often_it_is_seen() {
    // A setting of its own makes a group of its own, by which its lines are told apart.
    var config = ConsensusConfig.builder().bootstrapExpect(THREE.length);
    try (var groups =
        new GroupWorld(11)
            .journals(journal -> journal.withSnapshots(OFTEN))
            .settings(b -> b.consensus(config.bootstrapDelay(Duration.ofMillis(3_011)).build()))
            .members(THREE)) {
      String leader = groups.awaitLeader(THREE);
      groups.member("n2").journal.diverge();
      try (var log = LogLines.of(groups.group("n1"), Snapshots.class)) {
        for (int round = 0; round < 5; round++) {
          write(groups, leader, "line", 60);
          groups.world.run(Duration.ofSeconds(1)); // all have cut, and told each other
        }
        assertThat(groups.member("n2").status().sync().snapshotIndex()).isGreaterThan(240);
        assertThat(log.lines())
            .filteredOn(line -> line.contains("and differ"))
            .map(line -> line.substring(0, line.indexOf(" have applied")))
            .containsExactlyInAnyOrder(
                thisAnd(groups, "n2"), // says n1
                thisAnd(groups, "n2"), // says n3
                thisAnd(groups, "n1"), // says n2, and the next
                thisAnd(groups, "n3"));
      }
    }
  }

  private static String thisAnd(GroupWorld groups, String name) {
    return "this member and " + groups.member(name).peerId.toShortString();
  }

  @Test
  void members_whose_states_differ_are_found_out_without_snapshots_where_machines_have_digests() {
    try (var groups =
        new GroupWorld(9).expecting(THREE.length).journals(Journal::withDigests).members(THREE)) {
      String leader = groups.awaitLeader(THREE);
      write(groups, leader, "same", 1_100);
      groups.world.run(Duration.ofSeconds(1));
      assertThat(groups.member("n3").status().sync().diverged()).isFalse();
      groups.member("n3").journal.diverge();
      write(groups, leader, "other", 1_000);
      groups.world.run(Duration.ofSeconds(1));
      for (String name : THREE) {
        assertThat(groups.member(name).status().sync().diverged()).as(name).isTrue();
      }
    }
  }

  @Test
  void a_learner_that_takes_little_never_swells_the_leader_and_catches_up_when_it_can() {
    try (var groups = world(10, OFTEN).members(THREE)) {
      String leader = groups.awaitLeader(THREE);
      for (String name : THREE) {
        groups.world.link(name, "n4", LinkProfile.LAN.withBytesPerSecond(2_000_000));
      }
      listening(groups).members("n4");
      groups.world.runUntil("n4 follows", () -> groups.member("n4").status().online(), LONG);
      write(groups, leader, "x".repeat(50_000), 600); // 30 MB
      for (BondInfo bond : groups.group(leader).bonds()) {
        if (bond.peer().equals(groups.member("n4").peerId)) {
          assertThat(bond.bytesSent()).isLessThan(6 << 20); // two messages and what was before
        } else {
          assertThat(bond.bytesSent()).isGreaterThan(30_000_000);
        }
      }
      for (String name : THREE) {
        groups.world.link(name, "n4", LinkProfile.LAN);
      }
      awaitSame(groups, "n1", "n2", "n3", "n4");
    }
  }

  /** Blocks a machine for ten minutes, from its next command on. */
  private static void block(GroupWorld groups, String name) {
    GroupWorld.Member member = groups.member(name);
    var never = new CompletableFuture<Void>();
    member.journal.beforeApply(() -> {
      member.journal.beforeApply(() -> {});
      assertThatThrownBy(() -> member.platform.await(never, Duration.ofMinutes(10)))
          .isInstanceOf(DeadlineExceededException.class);
    });
  }

  /** Writes in many turns, so that logs are cut meanwhile. */
  private static void writeLong(GroupWorld groups, String name, int count) {
    for (int i = 0; i < count; i += 50) {
      write(groups, name, "line" + i + "-", 50);
    }
  }

  /** A log grows to sixteen times what a snapshot is taken for, with the entries that are kept. */
  private static final int BOUND = 16 * 55;

  @Test
  void a_follower_whose_machine_is_stuck_keeps_no_more_than_its_bound_and_comes_back() {
    try (var groups = world(11, OFTEN).members(THREE)) {
      String leader = groups.awaitLeader(THREE);
      String stuck = groups.follower(THREE);
      block(groups, stuck);
      writeLong(groups, leader, 3_000);
      SyncStatus sync = groups.member(stuck).status().sync();
      assertThat(sync.heldEntries()).isBetween(BOUND / 2L, BOUND + 100L);
      assertThat(groups.member(stuck).status().online()).isFalse();
      assertThat(groups.member(leader).status().sync().heldEntries()).isLessThan(200);
      groups.world.run(Duration.ofMinutes(11));
      awaitSame(groups, THREE);
      groups.awaitLeader(THREE);
      assertThat(groups.lines(stuck)).hasSize(3_000);
    }
  }

  @Test
  void a_leader_whose_machine_is_stuck_makes_way_when_its_log_is_full_and_the_group_goes_on() {
    try (var groups = world(12, OFTEN).members(THREE)) {
      String stuck = groups.awaitLeader(THREE);
      String other = groups.follower(THREE);
      block(groups, stuck);
      writeLong(groups, other, 3_000);
      assertThat(groups.leader(THREE)).isNotEqualTo(stuck);
      assertThat(groups.member(stuck).status().sync().heldEntries())
          .isBetween(BOUND / 2L, BOUND + 100L);
      groups.world.run(Duration.ofMinutes(11));
      awaitSame(groups, THREE);
      assertThat(groups.lines(stuck)).hasSize(3_000);
    }
  }

  @Test
  void where_all_machines_are_stuck_commands_wait_and_no_log_grows_beyond_its_bound() {
    try (var groups = world(13, OFTEN).members(THREE)) {
      groups.awaitLeader(THREE);
      for (String name : THREE) {
        block(groups, name);
      }
      List<CompletableFuture<?>> calls = new ArrayList<>();
      for (int i = 0; i < 3_000; i++) {
        calls.add(groups.group(THREE[i % 3]).executeAsync("line" + i, Duration.ofHours(1)));
        groups.world.run(Duration.ofMillis(10));
      }
      groups.world.run(Duration.ofMinutes(5));
      for (String name : THREE) {
        assertThat(groups.member(name).status().sync().heldEntries())
            .as(name)
            .isLessThan(BOUND + 200L);
      }
      groups.world.run(Duration.ofMinutes(10));
      awaitSame(groups, THREE);
      groups.awaitLeader(THREE);
      assertThat(groups.group(THREE[0]).execute("after").result()).isGreaterThan(BOUND / 2);
      assertThat(calls).allMatch(CompletableFuture::isDone);
    }
  }

  @Test
  void a_log_without_snapshots_takes_no_more_commands_at_its_bound() {
    try (var groups =
        new GroupWorld(8)
            .expecting(THREE.length)
            .journals(journal -> journal.with(new StateSync.LogReplay(100, 1 << 20)))
            .members(THREE)) {
      String leader = groups.awaitLeader(THREE);
      write(groups, leader, "line", 90);
      var late =
          IntStream.range(0, 20)
              .mapToObj(i -> {
                var future = groups.group(leader).executeAsync("late" + i);
                groups.world.run(Duration.ofMillis(100));
                return future;
              })
              .toList();
      assertThat(late.getFirst()).isCompleted();
      assertThat(late.getLast().exceptionNow())
          .isInstanceOfSatisfying(
              GroupException.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.REJECTED))
          .hasMessageContaining("bound");
      assertThat(groups.member(leader).status().sync().heldEntries()).isEqualTo(100);
    }
  }

  /** Gives others damaged chunks. */
  private static final class Liar extends ForwardingLogStorage {

    private boolean lies;
    private int lieCount;

    Liar() {
      super(new InMemoryLogStorage());
    }

    @Override
    public byte @Nullable [] readSnapshot(SnapshotManifest manifest, int chunk) {
      byte[] bytes = super.readSnapshot(manifest, chunk);
      if (lies && bytes != null) {
        lieCount++;
        bytes[bytes.length / 2] ^= 1;
      }
      return bytes;
    }

    @Override
    public void close() {}
  }
}
