package io.mosaik.groups.raft;

import io.mosaik.groups.config.QuorumPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * One random history of a group whose quorum is of those who are bonded. Networks part and heal,
 * nodes crash; in the end all must have one log and one state.
 */
final class BondedWalk {

  private static final Duration LENGTH = Duration.ofSeconds(6);

  final RaftWorld world;
  private final SplittableRandom random;
  private final boolean disksStay;

  BondedWalk(long seed, Set<Rule> broken) {
    random = new SplittableRandom(seed * 31 + 7);
    int count = new int[] {2, 3, 3, 4, 5, 5, 6}[random.nextInt(7)];
    disksStay = random.nextBoolean();
    var config =
        RaftWorld.FAST.toBuilder()
            .quorumPolicy(QuorumPolicy.BONDED)
            .bootstrapExpect(random.nextBoolean() ? Math.min(count, 3) : 1)
            .build();
    world = new RaftWorld(seed, config, broken);
    world.latencyToNs = random.nextInt(3) == 0 ? 60_000_000L : 8_000_000L;
    world.syncToNs = random.nextInt(2) == 0 ? 0 : 15_000_000L;
    world.noticeToNs = random.nextInt(2) == 0 ? 20_000_000L : 500_000_000L;
    world.sharedTurns = random.nextInt(3) == 0;
    world.duplicate = random.nextInt(3) == 0 ? 0.02 : 0;
    if (random.nextInt(3) > 0) {
      world.bounds = FaultWalk.bounds(new SplittableRandom(seed * 17 + 3));
    }
    for (int i = 0; i < count; i++) {
      world.add(i > 2 && random.nextInt(6) == 0);
    }
  }

  /** Runs it; throws {@link Invariants.ViolatedException} if anything happens that must not. */
  BondedWalk run() {
    if (random.nextInt(4) > 0) {
      world.runFor(Duration.ofMillis(800));
    }
    long endNs = world.nowNs + LENGTH.toNanos();
    long pauseToNs = random.nextInt(3) == 0 ? 30_000_000L : 150_000_000L;
    while (world.nowNs < endNs) {
      world.runFor(Duration.ofNanos(random.nextLong(pauseToNs)));
      act();
    }
    return this;
  }

  private void act() {
    SimulatedNode node = pick();
    SimulatedNode other = pick();
    switch (random.nextInt(18)) {
      case 0, 1, 2, 3, 4, 5, 6 -> propose(node);
      case 7 -> crash(node);
      case 8 -> {
        SimulatedNode leader = world.leader();
        crash(leader == null ? node : leader);
      }
      case 9, 10, 11 -> world.nodes.forEach(world::start);
      case 12 -> {
        if (node != other) {
          world.flap(node, other);
        }
      }
      case 13 -> world.isolate(node);
      case 14, 15 -> {
        var side = new ArrayList<>(world.nodes);
        side.removeIf(n -> random.nextBoolean());
        world.partition(side);
      }
      case 16 -> {
        SimulatedNode leader = world.leader();
        if (leader != null) {
          world.transfer(leader, null);
        }
      }
      default -> world.healAll();
    }
  }

  private void propose(SimulatedNode node) {
    if (node.isUp()) {
      for (int i = random.nextInt(8); i >= 0; i--) {
        world.propose(node);
      }
    }
  }

  private void crash(SimulatedNode node) {
    world.crash(node, disksStay || random.nextInt(3) > 0);
  }

  private SimulatedNode pick() {
    return world.nodes.get(random.nextInt(world.nodes.size()));
  }

  /** Ends all faults: all must have the same log and state, and go on. */
  void recover() {
    world.healAll();
    world.nodes.forEach(world::start);
    world.runFor(Duration.ofSeconds(1)); // until all see each other
    world.runUntil(this::agree, Duration.ofSeconds(20));
    world.awaitRoom();
    List<String> commands = new ArrayList<>();
    for (SimulatedNode node : world.nodes) {
      commands.add(world.propose(node));
    }
    world.runUntil(
        () -> world.nodes.stream().allMatch(n -> n.commands.containsAll(commands)) && agree(),
        Duration.ofSeconds(20));
  }

  private boolean agree() {
    SimulatedNode leader = world.leader();
    return leader != null
        && world.nodes.stream()
            .allMatch(n ->
                n.status().online()
                    && n.status().term() == leader.status().term()
                    && n.status().last().equals(leader.status().last())
                    && n.commands.equals(leader.commands));
  }

  /** How often a member gave up what it had applied. */
  int reverts() {
    return world.nodes.stream().mapToInt(n -> n.reverted.size()).sum();
  }
}
