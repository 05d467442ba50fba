package io.mosaik.groups;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mosaik.groups.config.ConsensusConfig;
import io.mosaik.id.PeerId;
import io.mosaik.runtime.DeadlineExceededException;
import io.mosaik.sim.LinkProfile;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a member that fetches entries of the log tells of it. */
class LogProgressTest {

  private static final String[] THREE = {"n1", "n2", "n3"};
  private static final Duration LONG = Duration.ofSeconds(60);

  /** Several messages of entries, which hold 2,000 at most. */
  private static final int COUNT = 9_000;

  private final List<LogProgress> heard = Collections.synchronizedList(new ArrayList<>());
  private Runnable whenTold = () -> {};

  private final class Listener implements SyncListener {
    @Override
    public void fetched(long index, long fetchedBytes, long totalBytes) {
      throw new AssertionError("there are no snapshots");
    }

    @Override
    public void caughtUp(LogProgress progress) {
      heard.add(progress);
      whenTold.run();
    }
  }

  private static GroupBuilder<String, Integer, String, String> ofThree(
      GroupBuilder<String, Integer, String, String> builder) {
    return builder.consensus(ConsensusConfig.builder().bootstrapExpect(THREE.length).build());
  }

  /** Three members, and what they have executed: one entry each. */
  private static GroupWorld withMuch(long seed) {
    var groups = new GroupWorld(seed).settings(LogProgressTest::ofThree).members(THREE);
    groups.awaitLeader(THREE);
    write(groups, COUNT);
    return groups;
  }

  private static void write(GroupWorld groups, int count) {
    String leader = groups.leader(THREE);
    List<CompletableFuture<Group.Executed<Integer>>> written =
        IntStream.range(0, count)
            .mapToObj(i -> groups.group(leader).executeAsync("line " + i))
            .toList();
    written.forEach(each -> groups.world.await(each, LONG));
  }

  private GroupWorld listening(GroupWorld groups) {
    return groups.settings(builder -> ofThree(builder).syncListener(new Listener()));
  }

  private static void awaitAll(GroupWorld groups, String name, int lines) {
    groups.world.runUntil(
        name + " has all lines", () -> groups.member(name).journal.count() == lines, LONG);
    groups.world.run(Duration.ofSeconds(1));
  }

  @Test
  void a_member_that_comes_late_tells_how_the_log_comes_message_by_message() {
    try (var groups = withMuch(1)) {
      PeerId leader = groups.member(groups.leader(THREE)).peerId;
      for (String name : THREE) {
        groups.world.link(name, "n4", LinkProfile.LAN.withBytesPerSecond(500_000));
      }
      listening(groups).members("n4");
      awaitAll(groups, "n4", COUNT);

      assertThat(heard).hasSizeBetween(COUNT / 2_000, COUNT / 200);
      LogProgress before = new LogProgress(0, 1, 0, 0, leader);
      for (LogProgress now : heard) {
        assertThat(now.from()).isZero();
        assertThat(now.position()).isGreaterThan(before.position());
        assertThat(now.to()).isBetween(Math.max(now.position(), before.to()), COUNT + 100L);
        assertThat(now.bytes()).isGreaterThan(before.bytes());
        before = now;
      }
      assertThat(heard.getFirst().to()).isGreaterThan(COUNT);
      assertThat(before.position()).isEqualTo(before.to());
      assertThat(before.bytes()).isGreaterThan(9L * COUNT);
      assertThat(heard)
          .extracting(LogProgress::source)
          .isSubsetOf(groups.all().stream().map(member -> member.peerId).toList())
          .doesNotContain(groups.member("n4").peerId)
          .anyMatch(source -> !source.equals(leader));
    }
  }

  @Test
  void a_member_that_was_away_tells_from_where_to_where_it_lacked_entries() {
    try (var groups = new GroupWorld(2).settings(LogProgressTest::ofThree).members(THREE)) {
      groups.awaitLeader(THREE);
      write(groups, 100);
      String away = groups.follower(THREE);
      awaitAll(groups, away, 100);
      groups.world.crash(away);
      write(groups, 3_000);
      long committed = groups.group(groups.leader(THREE)).committed();
      listening(groups);
      groups.world.restart(away);
      awaitAll(groups, away, 3_100);
      assertThat(heard.getFirst().from()).isBetween(100L, 110L);
      assertThat(heard.getLast().position()).isGreaterThanOrEqualTo(committed);
      assertThat(heard.getLast().to()).isEqualTo(heard.getLast().position());
    }
  }

  @Test
  void members_that_keep_up_tell_nothing() {
    try (var groups = listening(new GroupWorld(3)).members(THREE)) {
      groups.awaitLeader(THREE);
      groups.world.run(Duration.ofSeconds(10)); // all are voters
      heard.clear();
      write(groups, COUNT);
      assertThat(heard).isEmpty();
    }
  }

  @Test
  void a_listener_that_is_slow_hears_the_latest() {
    try (var groups = withMuch(4)) {
      whenTold =
          () -> {
            whenTold = () -> {};
            var never = new CompletableFuture<Void>();
            assertThatThrownBy(
                    () -> groups.member("n1").platform.await(never, Duration.ofSeconds(5)))
                .isInstanceOf(DeadlineExceededException.class);
          };
      listening(groups).members("n4");
      awaitAll(groups, "n4", COUNT);
      assertThat(heard).hasSize(1);
      groups.world.run(Duration.ofSeconds(6));
      assertThat(heard).hasSize(2);
      assertThat(heard.getLast().position()).isGreaterThanOrEqualTo(COUNT);
    }
  }
}
