package io.mosaik.groups.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.groups.config.ConsensusConfig;
import io.mosaik.groups.log.Committee;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a group keeps doing while some of it is gone; with the default timeouts. */
final class AvailabilityTest {

  private static final Duration FORMATION = Duration.ofSeconds(10);
  private static final Duration ELECTION = Duration.ofSeconds(8);

  static LongStream seeds() {
    return LongStream.range(0, 10);
  }

  private static RaftWorld world(long seed, int nodes) {
    return RaftWorld.of(seed, nodes, ConsensusConfig.builder().bootstrapExpect(nodes).build());
  }

  private static int committeeSize(SimulatedNode node) {
    Committee committee = node.status().committee();
    return committee == null ? 0 : committee.size();
  }

  private static void awaitCommitteeOf(RaftWorld world, int size) {
    world.runUntil(
        () -> {
          SimulatedNode leader = world.leader();
          return leader != null
              && committeeSize(leader) == size
              && leader.core().state().log.committeeIndex() <= leader.status().commitIndex();
        },
        Duration.ofSeconds(60));
  }

  private static List<SimulatedNode> live(RaftWorld world) {
    return world.nodes.stream().filter(SimulatedNode::isUp).toList();
  }

  private static void awaitApplied(RaftWorld world, String command, List<SimulatedNode> at) {
    world.runUntil(
        () -> at.stream().allMatch(node -> node.commands.contains(command)),
        Duration.ofSeconds(30));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void a_group_of_three_forms_and_replicates(long seed) {
    var world = world(seed, 3);
    SimulatedNode leader = world.awaitLeader(FORMATION);
    awaitApplied(world, world.propose(leader), world.nodes);
    awaitApplied(world, world.propose(world.any(Role.FOLLOWER)), world.nodes);
    assertThat(committeeSize(leader)).isEqualTo(3);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void a_leader_follows_any_single_crash_within_a_few_election_timeouts(long seed) {
    var world = world(seed, 3);
    SimulatedNode first = world.awaitLeader(FORMATION);
    awaitApplied(world, world.propose(first), world.nodes);
    world.crash(first, seed % 2 == 0);
    world.runUntil(() -> world.leader() != null, ELECTION);
    awaitApplied(world, world.propose(live(world).getFirst()), live(world));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void five_with_two_dead_keep_committing_and_become_a_committee_of_three(long seed) {
    var world = world(seed, 5);
    SimulatedNode leader = world.awaitLeader(FORMATION);
    awaitCommitteeOf(world, 5);
    world.crash(world.any(Role.FOLLOWER), true);
    world.crash(world.any(Role.FOLLOWER), false);
    String command = world.propose(leader);
    awaitApplied(world, command, live(world));
    awaitCommitteeOf(world, 3);
    awaitApplied(world, world.propose(live(world).getLast()), live(world));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void a_minority_never_commits_and_rejoins_when_healed(long seed) {
    var world = world(seed, 5);
    SimulatedNode leader = world.awaitLeader(FORMATION);
    awaitCommitteeOf(world, 5);
    SimulatedNode companion = world.any(Role.FOLLOWER);
    world.partition(List.of(leader, companion));
    long before = leader.status().commitIndex();
    String lost = world.propose(leader);
    world.runFor(Duration.ofSeconds(30));
    assertThat(leader.status().commitIndex()).isEqualTo(before);
    assertThat(companion.status().commitIndex()).isEqualTo(before);
    assertThat(leader.status().online()).isFalse();
    assertThat(companion.status().online()).isFalse();

    var majority =
        world.nodes.stream().filter(node -> node != leader && node != companion).toList();
    String kept = world.propose(majority.getFirst());
    awaitApplied(world, kept, majority);

    world.healAll();
    // The origin on the minority's side still waits, and sends its command again.
    awaitApplied(world, lost, world.nodes);
    awaitApplied(world, kept, world.nodes);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void a_late_learner_catches_up_from_others_and_is_promoted(long seed) {
    var world = world(seed, 2);
    SimulatedNode leader = world.awaitLeader(FORMATION);
    String last = world.propose(leader, 5_000);
    awaitApplied(world, last, world.nodes);
    SimulatedNode late = world.add(false);
    awaitApplied(world, last, List.of(late));
    awaitCommitteeOf(world, 3);
    world.runFor(Duration.ofSeconds(1));
    assertThat(late.status().role()).isEqualTo(Role.FOLLOWER);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void two_survive_the_loss_of_their_follower(long seed) {
    var world = world(seed, 2);
    SimulatedNode leader = world.awaitLeader(FORMATION);
    awaitCommitteeOf(world, 2);
    SimulatedNode follower = world.any(Role.FOLLOWER);
    world.crash(follower, true);
    String command = world.propose(leader);
    awaitApplied(world, command, List.of(leader));
    assertThat(committeeSize(leader)).isEqualTo(1);

    world.start(follower);
    awaitCommitteeOf(world, 2);
    awaitApplied(world, command, world.nodes);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void an_observer_replicates_and_never_votes_or_leads(long seed) {
    var world = world(seed, 2);
    SimulatedNode observer = world.add(true);
    SimulatedNode leader = world.awaitLeader(FORMATION);
    awaitApplied(world, world.propose(observer), world.nodes);
    assertThat(observer.status().role()).isEqualTo(Role.OBSERVER);
    assertThat(committeeSize(leader)).isEqualTo(2);

    world.nodes.stream().filter(node -> node != observer).forEach(node -> world.crash(node, true));
    world.runFor(Duration.ofSeconds(60));
    assertThat(observer.status().role()).isEqualTo(Role.OBSERVER);
    assertThat(observer.core().state().vote()).isNull();
  }

  @Test
  void a_hundred_observers_cost_the_leader_a_few_answers_a_heartbeat_each_not_one_a_command() {
    var world = world(1, 3);
    SimulatedNode leader = world.awaitLeader(FORMATION);
    awaitCommitteeOf(world, 3);
    long alone = answersTo(world, leader);
    IntStream.range(0, 100).forEach(i -> world.add(true));
    awaitApplied(world, world.propose(leader), world.nodes);
    long observed = answersTo(world, leader);
    assertThat(leader.core().state().leads()).isTrue();
    assertThat(committeeSize(leader)).isEqualTo(3);
    // 1,000 commands in a second, which is two heartbeats or three.
    assertThat(observed - alone).isBetween(100L, 100L * 6);
  }

  /** How many messages a leader gets in a second in which it commits 1,000 commands. */
  private static long answersTo(RaftWorld world, SimulatedNode leader) {
    long before = leader.received;
    String last = "";
    for (int i = 0; i < 1_000; i++) {
      last = world.propose(leader);
      world.runFor(Duration.ofMillis(1));
    }
    long answers = leader.received - before;
    awaitApplied(world, last, world.nodes);
    return answers;
  }

  @Test
  void more_entries_on_their_way_than_the_window_cost_nobody_its_vote() {
    var world = RaftWorld.of(1, 3, RaftWorld.FAST.toBuilder().bootstrapExpect(3).build());
    SimulatedNode leader = world.awaitLeader(FORMATION);
    awaitCommitteeOf(world, 3);
    world.add(false);
    world.add(false);
    for (int ms = 0; ms < 1_500; ms++) {
      world.propose(leader, 150); // two thousand are under way at a time
      world.runFor(Duration.ofMillis(1));
      assertThat(committeeSize(leader)).isGreaterThanOrEqualTo(3);
    }
    // Two have joined meanwhile, and keep up as well as the others.
    assertThat(committeeSize(leader)).isEqualTo(5);
    assertThat(leader.core().state().leads()).isTrue();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void a_reluctant_member_leads_only_where_no_other_would(long seed) {
    var world = RaftWorld.of(seed, 0, ConsensusConfig.builder().bootstrapExpect(3).build());
    SimulatedNode reluctant = world.add(false, 10);
    world.add(false);
    world.add(false);
    world.awaitLeader(FORMATION);
    awaitCommitteeOf(world, 3);
    for (int i = 0; i < 4; i++) {
      SimulatedNode leader = world.awaitLeader(Duration.ofSeconds(10));
      assertThat(leader).isNotEqualTo(reluctant);
      world.crash(leader, true);
      world.awaitLeader(Duration.ofSeconds(10));
      world.start(leader);
      awaitApplied(world, world.propose(reluctant), world.nodes);
    }
  }

  @Test
  void a_reluctant_member_leads_where_it_is_alone() {
    var world = RaftWorld.of(1, 0, ConsensusConfig.DEFAULT);
    SimulatedNode reluctant = world.add(false, 10);
    Duration took = world.runUntil(() -> world.leader() != null, Duration.ofMinutes(2));
    assertThat(took).isGreaterThan(Duration.ofSeconds(50));
    awaitApplied(world, world.propose(reluctant), world.nodes);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void a_departing_leader_hands_over_well_under_an_election_timeout(long seed) {
    var world = world(seed, 3);
    SimulatedNode leader = world.awaitLeader(FORMATION);
    awaitCommitteeOf(world, 3);
    String command = world.propose(leader);
    world.input(leader, new Input.Leave());
    world.runUntil(() -> leader.leaveReady, Duration.ofMillis(300));
    world.depart(leader);
    world.runUntil(() -> world.leader() != null, Duration.ofMillis(300));
    awaitApplied(world, command, live(world));
    awaitCommitteeOf(world, 2);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void of_two_the_departing_leader_leaves_a_group_of_one_that_works(long seed) {
    var world = world(seed, 2);
    SimulatedNode leader = world.awaitLeader(FORMATION);
    awaitCommitteeOf(world, 2);
    world.input(leader, new Input.Leave());
    world.runUntil(() -> leader.leaveReady, Duration.ofMillis(300));
    world.depart(leader);
    awaitCommitteeOf(world, 1);
    awaitApplied(world, world.propose(live(world).getFirst()), live(world));
  }

  @Test
  void of_seven_five_are_the_committee_and_a_lost_voter_is_replaced() {
    var world = world(7, 7);
    SimulatedNode leader = world.awaitLeader(FORMATION);
    awaitCommitteeOf(world, 5);
    SimulatedNode voter = world.any(Role.FOLLOWER);
    world.crash(voter, true);
    world.runUntil(
        () -> {
          Committee committee = leader.status().committee();
          return committee != null && committee.size() == 5 && !committee.contains(voter.member);
        },
        Duration.ofSeconds(30));
  }

  @Test
  void a_lone_node_forms_a_group_that_others_join() {
    var world = RaftWorld.of(1, 1, ConsensusConfig.DEFAULT);
    SimulatedNode first = world.awaitLeader(FORMATION);
    String command = world.propose(first);
    world.add(false);
    world.add(false);
    awaitCommitteeOf(world, 3);
    awaitApplied(world, command, world.nodes);
  }

  @Test
  void all_crash_and_come_back_with_their_disks() {
    var world = world(3, 3);
    SimulatedNode leader = world.awaitLeader(FORMATION);
    String command = world.propose(leader);
    awaitApplied(world, command, world.nodes);
    world.nodes.forEach(node -> world.crash(node, true));
    world.nodes.forEach(world::start);
    awaitApplied(world, command, world.nodes);
    awaitApplied(world, world.propose(world.nodes.getLast()), world.nodes);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void one_after_another_starts_anew_without_a_disk_and_nothing_is_lost(long seed) {
    var world = world(seed, 3);
    SimulatedNode leader = world.awaitLeader(FORMATION);
    String command = world.propose(leader);
    awaitApplied(world, command, world.nodes);
    for (SimulatedNode node : world.nodes) {
      world.crash(node, false);
      world.runFor(Duration.ofMillis(100));
      world.start(node);
      world.runUntil(
          () -> {
            SimulatedNode now = world.leader();
            Committee committee = now == null ? null : now.status().committee();
            return now != null
                && committee != null
                && committee.size() == 3
                && committee.contains(node.member)
                && now.core().state().log.committeeIndex() <= now.status().commitIndex();
          },
          Duration.ofSeconds(20));
      awaitApplied(world, command, world.nodes);
    }
    awaitApplied(world, world.propose(world.nodes.getFirst()), world.nodes);
    assertThat(world.invariants.lineagesWithCommits()).isEqualTo(1);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void strong_reads_are_answered_everywhere(long seed) {
    var world = world(seed, 3);
    world.awaitLeader(FORMATION);
    world.runUntil(() -> world.nodes.stream().allMatch(node -> node.status().online()), FORMATION);
    for (SimulatedNode node : world.nodes) {
      long token = world.read(node);
      world.runUntil(() -> node.readsReady.contains(token), Duration.ofMillis(200));
    }
  }
}
