package io.mosaik.groups.raft;

import io.mosaik.id.PeerId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * One random history of a group: users propose and read while nodes crash with and without their
 * disks, bonds break and networks part. Everything follows from the seed.
 */
final class FaultWalk {

  private static final Duration LENGTH = Duration.ofSeconds(6);

  private static final double SLOWEST = 0.7;
  private static final double FASTEST = 1.4;

  final RaftWorld world;
  private final SplittableRandom random;
  private final boolean keepsDisks;
  private final boolean fullElectorate;

  /** How often an operator was needed. */
  int operators;

  /** Of a group of two to seven. */
  FaultWalk(long seed, Set<Rule> broken) {
    this(seed, broken, 2, 3, 3, 3, 4, 5, 5, 7);
  }

  /** Logs that are cut often, and in one walk of two also bounded, at two cuts or more (N7). */
  static LogBounds bounds(SplittableRandom random) {
    long cut = random.nextLong(4, 25);
    long kept = random.nextLong(12);
    long most = random.nextBoolean() ? Long.MAX_VALUE : (cut + kept) * random.nextLong(2, 5);
    return new LogBounds(
        cut, Long.MAX_VALUE, kept, Long.MAX_VALUE, Math.max(most, 20), Long.MAX_VALUE);
  }

  /**
   * Of a group of one of these sizes.
   *
   * @param sizes each as likely as often as it is there
   */
  FaultWalk(long seed, Set<Rule> broken, int... sizes) {
    random = new SplittableRandom(seed * 31 + 7);
    int count = sizes[random.nextInt(sizes.length)];
    keepsDisks = random.nextBoolean();
    fullElectorate = random.nextInt(3) > 0;
    boolean drift = random.nextInt(4) == 0;
    var config =
        RaftWorld.FAST.toBuilder()
            .bootstrapDelay(Duration.ofMillis(100))
            .bootstrapExpect(fullElectorate ? count : 1)
            .maxCommitteeSize(random.nextInt(3) == 0 ? 3 : 5)
            .clockDriftBound(drift ? FASTEST / SLOWEST - 1 : 0.02)
            .leaseReads(random.nextInt(3) == 0)
            .build();
    world = new RaftWorld(seed, config, broken);
    world.invariants.allMeet = fullElectorate;
    world.latencyToNs = random.nextInt(3) == 0 ? 60_000_000L : 8_000_000L;
    world.syncToNs = random.nextInt(2) == 0 ? 0 : 15_000_000L;
    world.noticeToNs = random.nextInt(2) == 0 ? 20_000_000L : 500_000_000L;
    world.sharedTurns = random.nextInt(3) == 0;
    world.duplicate = random.nextInt(3) == 0 ? 0.02 : 0;
    var ofSnapshots = new SplittableRandom(seed * 17 + 3);
    if (ofSnapshots.nextBoolean()) {
      world.bounds = bounds(ofSnapshots);
    }
    var ofMessages = new SplittableRandom(seed * 13 + 5);
    if (ofMessages.nextBoolean()) {
      world.batchEntries = ofMessages.nextInt(2, 6);
    }
    world.durable = new SplittableRandom(seed * 11 + 9).nextInt(8) == 0;
    boolean observed = random.nextInt(4) == 0;
    for (int i = 0; i < count; i++) {
      add(false, drift);
    }
    if (observed) {
      add(true, drift);
    }
  }

  private void add(boolean observer, boolean drift) {
    SimulatedNode node = world.add(observer, random.nextInt(8) == 0 ? 2 : 1);
    if (drift) {
      node.clockRate = random.nextDouble(SLOWEST, FASTEST);
    }
  }

  /** Runs it; throws {@link Invariants.ViolatedException} if anything happens that must not. */
  FaultWalk run() {
    // Most walks let the group form in peace first; some don't.
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
    switch (random.nextInt(21)) {
      case 0, 1, 2, 3, 4 -> propose(node);
      case 5, 6 -> {
        SimulatedNode leader = world.leader();
        propose(leader == null ? node : leader);
      }
      case 7 -> {
        if (node.isUp()) {
          world.read(node);
        }
      }
      case 8 -> {
        if (random.nextInt(3) == 0) {
          leave(node);
        } else if (node.isUp()) {
          world.read(node);
          world.read(node);
        }
      }
      case 9 -> crash(node);
      case 10 -> {
        SimulatedNode leader = world.leader();
        crash(leader == null ? node : leader);
      }
      case 11, 12, 13 -> world.nodes.forEach(world::start);
      case 14 -> {
        if (node != other) {
          world.cut(node, other);
        }
      }
      case 15 -> {
        if (node != other) {
          world.flap(node, other);
        }
      }
      case 16 -> world.isolate(node);
      case 18 -> {
        SimulatedNode leader = world.leader();
        if (leader != null) {
          world.transfer(leader, random.nextBoolean() ? null : node.peer);
        }
      }
      case 17 -> {
        var side = new ArrayList<>(world.nodes);
        side.removeIf(n -> random.nextBoolean());
        world.partition(side);
      }
      default -> world.healAll();
    }
  }

  private void propose(SimulatedNode node) {
    if (node.isUp()) {
      int count = random.nextInt(4) == 0 ? 10 : 1;
      for (int i = 0; i < count; i++) {
        world.propose(node);
      }
    }
  }

  private void crash(SimulatedNode node) {
    if (!node.isUp()) {
      return;
    }
    boolean keep = keepsDisks || random.nextInt(3) > 0;
    world.crash(node, keep);
    if (random.nextInt(3) > 0) {
      world.after(Duration.ofNanos(random.nextLong(600_000_000L)), () -> world.start(node));
    }
  }

  private void leave(SimulatedNode node) {
    if (node.isUp()) {
      world.input(node, new Input.Leave());
      world.runFor(Duration.ofNanos(random.nextLong(300_000_000L)));
      if (node.isUp()) {
        world.depart(node);
      }
    }
  }

  private SimulatedNode pick() {
    return world.nodes.get(random.nextInt(world.nodes.size()));
  }

  /** Whether groups formed apart, and how many. */
  int lineages() {
    return world.invariants.lineagesWithCommits();
  }

  /** Whether all follow one leader within so much time. */
  private boolean agrees(Duration within) {
    try {
      world.runUntil(
          () -> {
            SimulatedNode leader = world.leader();
            return leader != null
                && world.nodes.stream()
                    .allMatch(n -> n.status().online() && n.lineage().equals(leader.lineage()));
          },
          within);
      return true;
    } catch (AssertionError e) {
      return false;
    }
  }

  /**
   * G1, G4: a group that stands still says so on every member that has a log, and goes on when an
   * operator gives up those that it names; once more where the remains of two groups do.
   */
  private void askOperator(int words) {
    operators++;
    var named = new HashSet<PeerId>();
    for (SimulatedNode node : world.nodes) {
      Outage outage = node.status().outage();
      if (!node.lineage().isNone() && !node.status().online()) {
        if (outage == null) {
          throw new AssertionError("stands still without a word: " + world.nodes);
        }
        outage.gone().forEach(member -> named.add(member.peer()));
        outage.missing().forEach(member -> named.add(member.peer()));
      }
    }
    for (SimulatedNode node : world.nodes) {
      world.input(node, new Input.Recover(named));
    }
    if (!agrees(Duration.ofSeconds(20))) {
      if (words > 1) {
        askOperator(words - 1);
        return;
      }
      throw new AssertionError("goes on not even by an operator's word: " + world.nodes);
    }
  }

  /** Ends all faults; the group must agree again, and go on. */
  void recover() {
    world.healAll();
    world.nodes.forEach(world::start);
    world.runFor(Duration.ofSeconds(1)); // a leader that has no majority any more steps down
    if (!agrees(Duration.ofSeconds(20))) {
      askOperator(2);
    }
    world.awaitRoom();
    List<String> commands = new ArrayList<>();
    for (SimulatedNode node : world.nodes) {
      commands.add(world.propose(node));
    }
    world.runUntil(
        () -> world.nodes.stream().allMatch(n -> n.commands.containsAll(commands)),
        Duration.ofSeconds(20));
  }
}
