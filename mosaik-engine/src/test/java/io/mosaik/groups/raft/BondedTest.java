package io.mosaik.groups.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.groups.config.ConsensusConfig;
import io.mosaik.groups.config.QuorumPolicy;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The rules B of a group whose quorum is of those who are bonded, on cores. */
final class BondedTest {

  private static final long WALKS = Long.getLong("mosaik.raft.walks", 1_000);
  private static final long FIRST_SEED = Long.getLong("mosaik.raft.seed", 0);
  private static final Duration SOON = Duration.ofSeconds(5);
  private static final ConsensusConfig BONDED =
      RaftWorld.FAST.toBuilder().quorumPolicy(QuorumPolicy.BONDED).build();

  private static RaftWorld formed(long seed, int size) {
    var world = RaftWorld.of(seed, size, BONDED.toBuilder().bootstrapExpect(size).build());
    world.awaitLeader(SOON);
    world.runFor(Duration.ofMillis(500));
    return world;
  }

  /** B2, B4, B5: and whoever meets ends up with one log. */
  @Test
  void no_two_logs_are_ever_taken_for_the_same_and_all_agree_when_the_cuts_have_healed() {
    long commands = 0;
    long reverts = 0;
    long snapshotsFetched = 0;
    for (long seed = FIRST_SEED; seed < FIRST_SEED + WALKS; seed++) {
      try {
        var walk = new BondedWalk(seed, EnumSet.noneOf(Rule.class)).run();
        walk.recover();
        reverts += walk.reverts();
        snapshotsFetched += walk.world.snapshotsFetched;
        commands += walk.world.nodes.getFirst().commands.size();
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
      }
    }
    System.out.printf(
        "%,d walks: %,d commands, %,d times reverted, %,d snapshots fetched%n",
        WALKS, commands, reverts, snapshotsFetched);
    // Walks in which nothing happens would prove nothing.
    assertThat(commands).isGreaterThan(WALKS * 5);
    assertThat(reverts).isGreaterThan(WALKS / 2);
    assertThat(snapshotsFetched).isGreaterThan(WALKS / 10);
  }

  /** Alone, a member led a term that it had not stored when it crashed, and led it again. */
  @Test
  void a_term_that_was_lost_before_anyone_heard_of_it_may_come_again() {
    var walk = new BondedWalk(9_670, EnumSet.noneOf(Rule.class)).run();
    walk.recover();
    assertThat(walk.world.nodes.getFirst().commands).isNotEmpty();
  }

  /**
   * S5: a command came in the turn in which the leader opened, and was placed before those of its
   * origin that had waited for that; they had been placed by an earlier leader too. The present one
   * took it for missing then, and no later one of the origin was placed any more.
   */
  @Test
  void no_command_overtakes_those_that_wait_for_the_leader_to_open() {
    new BondedWalk(721, EnumSet.noneOf(Rule.class)).run().recover();
  }

  /** B2, B4, B5, B6. */
  @ParameterizedTest
  @EnumSource(
      names = {"TERMS_OF_ONES_OWN", "MATCHED_ANEW", "SNAPSHOT_OF_THE_LOG", "ANOTHER_ORIGIN"})
  void random_walks_notice_a_broken_rule(Rule rule) {
    for (long seed = 0; seed < 1_000; seed++) {
      try {
        new BondedWalk(seed, EnumSet.of(rule)).run().recover();
      } catch (RuntimeException | AssertionError e) {
        return; // a log was taken for another, or the group never agreed
      }
    }
    throw new AssertionError("nobody noticed that " + rule + " was broken");
  }

  /** B1. */
  @Test
  void the_last_of_three_goes_on_alone() {
    RaftWorld world = formed(7, 3);
    world.propose(world.nodes.get(0));
    world.runFor(Duration.ofMillis(300));
    world.crash(world.nodes.get(0), true);
    world.crash(world.nodes.get(1), true);
    SimulatedNode last = world.nodes.get(2);
    String command = world.propose(last);
    world.runUntil(() -> last.commands.contains(command), SOON);
    assertThat(last.commands).hasSize(2);
    assertThat(last.reverted).isEmpty();
  }

  /** B3, B6. */
  @Test
  void of_two_halves_one_gives_up_what_it_did_and_is_told_from_where_to_where() {
    RaftWorld world = formed(11, 4);
    String common = world.propose(world.nodes.get(0));
    world.runUntil(() -> world.nodes.stream().allMatch(n -> n.commands.contains(common)), SOON);
    List<SimulatedNode> left = world.nodes.subList(0, 2);
    List<SimulatedNode> right = world.nodes.subList(2, 4);
    world.partition(left);
    world.runFor(Duration.ofSeconds(2));
    String ofLeft = world.propose(left.getFirst());
    String ofRight = world.propose(right.getFirst());
    world.runUntil(() -> left.stream().allMatch(n -> n.commands.contains(ofLeft)), SOON);
    world.runUntil(() -> right.stream().allMatch(n -> n.commands.contains(ofRight)), SOON);
    world.healAll();
    world.runUntil(
        () ->
            world.nodes.stream().map(n -> n.commands).distinct().count() == 1
                && world.nodes.stream().allMatch(n -> n.status().online()),
        SOON);
    boolean leftStays = left.getFirst().commands.contains(ofLeft);
    assertThat(left.getFirst().commands.contains(ofRight)).isNotEqualTo(leftStays);
    for (SimulatedNode node : leftStays ? right : left) {
      assertThat(node.reverted).hasSize(1);
      var reverted = node.reverted.getFirst();
      assertThat(reverted.from().index()).isGreaterThan(reverted.to().index());
      assertThat(reverted.to().index()).isPositive();
    }
    for (SimulatedNode node : leftStays ? left : right) {
      assertThat(node.reverted).isEmpty();
    }
  }

  /** B3: with everyone bonded it is plain Raft. */
  @Test
  void where_nothing_is_cut_and_nobody_crashes_nothing_is_given_up() {
    for (long seed = 0; seed < 200; seed++) {
      RaftWorld world = formed(seed, 5);
      var random = new SplittableRandom(seed);
      world.syncToNs = 10_000_000L;
      world.latencyToNs = random.nextInt(2) == 0 ? 8_000_000L : 90_000_000L;
      for (int i = 0; i < 40; i++) {
        world.propose(world.nodes.get(random.nextInt(5)));
        SimulatedNode leader = world.leader();
        if (random.nextInt(6) == 0 && leader != null) {
          world.transfer(leader, null);
        }
        world.runFor(Duration.ofNanos(random.nextLong(60_000_000L)));
      }
      world.runUntil(() -> world.nodes.stream().allMatch(n -> n.commands.size() == 40), SOON);
      for (SimulatedNode node : world.nodes) {
        assertThat(node.reverted).as("seed " + seed).isEmpty();
      }
    }
  }

  /** B8. */
  @Test
  void halves_that_formed_apart_become_one() {
    RaftWorld world = RaftWorld.of(13, 4, BONDED);
    List<SimulatedNode> left = world.nodes.subList(0, 2);
    world.partition(left);
    world.runFor(Duration.ofSeconds(2));
    for (SimulatedNode node : world.nodes) {
      world.propose(node);
    }
    world.runUntil(() -> world.nodes.stream().allMatch(n -> n.commands.size() == 2), SOON);
    List<String> ofLeft = List.copyOf(left.getFirst().commands);
    List<String> ofRight = List.copyOf(world.nodes.getLast().commands);
    assertThat(ofLeft).doesNotContainAnyElementsOf(ofRight);
    world.healAll();
    world.runUntil(
        () ->
            world.nodes.stream().allMatch(n -> n.status().online())
                && world.nodes.stream().map(n -> n.commands).distinct().count() == 1,
        SOON);
    assertThat(left.getFirst().commands).isIn(ofLeft, ofRight);
  }

  /** B7. */
  @Test
  void there_are_no_strong_reads_and_no_tenure() {
    RaftWorld world = formed(3, 3);
    SimulatedNode leader = world.awaitLeader(SOON);
    long token = world.read(leader);
    assertThat(leader.readsFailed).containsExactly(token);
    for (SimulatedNode node : world.nodes) {
      assertThat(node.core().tenure()).isNull();
    }
  }
}
