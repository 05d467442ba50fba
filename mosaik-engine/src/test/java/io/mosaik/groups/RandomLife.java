package io.mosaik.groups;

import io.mosaik.groups.config.ConsensusConfig;
import io.mosaik.groups.log.LogStorage;
import io.mosaik.groups.raft.Watcher;
import io.mosaik.sim.LinkProfile;
import io.mosaik.sim.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * One random life of a group under load: it forms, suffers {@link Faults}, recovers. Whatever
 * happens,
 *
 * <ul>
 *   <li>no step of any core breaks an invariant of consensus;
 *   <li>no two members, in whichever of their lives, apply different commands at one index;
 *   <li>what users were told, by all members together, a single copy could have told them;
 *   <li>at no moment two members are sure to lead;
 *   <li>where groups formed apart, each is so by itself; in the end there is one, and who was told
 *       of anything that is void has been told that it is;
 *   <li>weak reads show true states of the past, to each user later and later ones;
 *   <li>when all faults are over, the group works again, and all members are the same.
 * </ul>
 */
final class RandomLife {

  private static final double SLOWEST = 0.9;
  private static final double FASTEST = 1.1;
  private static final int FAULTS = 40;
  private static final Duration RECOVERY = Duration.ofSeconds(90);

  private final CellGroup group;
  private final World world;
  private final RandomGenerator random;
  private final List<String> names = new ArrayList<>();
  private final Faults faults;

  /** Whether members may form groups before they have met. */
  private final boolean formsApart;

  RandomLife(long seed) {
    this(seed, new Watcher(), storage -> storage);
  }

  /** With cores of this watcher's making, and logs that are changed like this. */
  RandomLife(long seed, Watcher watcher, UnaryOperator<LogStorage> logs) {
    random = new SplittableRandom(seed);
    int founders = random.nextInt(3) == 0 ? 3 : 5;
    int guests = random.nextInt(3);
    IntStream.rangeClosed(1, founders + guests).forEach(i -> names.add("n" + i));
    List<String> observers =
        names.subList(founders, names.size()).stream().filter(n -> random.nextInt(3) == 0).toList();
    formsApart = random.nextInt(4) == 0;
    group =
        new CellGroup(
            seed,
            ConsensusConfig.builder()
                .bootstrapExpect(formsApart ? random.nextInt(1, 3) : founders)
                .clockDriftBound(FASTEST / SLOWEST - 1)
                .leaseReads(random.nextInt(3) == 0)
                .build(),
            observers,
            watcher,
            logs);
    world = group.world;
    faults = new Faults(group, names, formsApart);
  }

  /** What it did, for a look at how much a life is worth. */
  record Summary(
      int answered, int unknown, int applied, long steps, long terms, int restored, int lineages) {}

  Summary run() {
    try (group) {
      prepare();
      if (formsApart) {
        faults.part();
        names.forEach(group::start);
        world.run(Duration.ofSeconds(random.nextInt(5, 20)));
      } else {
        names.forEach(group::start);
        group.await("the group has formed", group::allOnline, RECOVERY);
      }
      for (int i = 0; i < FAULTS; i++) {
        faults.next();
        world.run(Duration.ofMillis(20 + random.nextInt(random.nextBoolean() ? 300 : 3_000)));
        requireNoViolation();
      }
      recover();
      requireNoViolation();
      group.requireOneOutcome();
      requireNoViolation();
      group.requireLinearizable();
      long terms = group.members().getFirst().status().term();
      return new Summary(
          group.history.answeredCount(),
          group.history.unknownCount(),
          group.copies.size(),
          group.watcher.steps(),
          terms,
          group.restored(),
          group.copies.count());
    }
  }

  private void prepare() {
    world.crashesAreNoticed(random.nextBoolean());
    switch (random.nextInt(4)) {
      case 0 -> world.links(path(5, 60));
      case 1 -> world.links(path(30, 20));
      default -> world.links(LinkProfile.LAN);
    }
    boolean drift = random.nextInt(4) == 0;
    for (String name : names) {
      int most = random.nextInt(6);
      world.node(name).disk().syncTime(Duration.ZERO, Duration.ofMillis(most));
      if (drift) {
        world.node(name).clockRate(random.nextDouble(SLOWEST, FASTEST));
      }
    }
  }

  private static LinkProfile path(int latencyMs, int jitterMs) {
    return LinkProfile.ofLatency(Duration.ofMillis(latencyMs))
        .withJitter(Duration.ofMillis(jitterMs));
  }

  private void recover() {
    faults.mendAll();
    group.await("all are online again", group::allOnline, RECOVERY);
    world.run(Duration.ofSeconds(3)); // the users find it as it should be
    group.stopUsers();
    world.run(Duration.ofSeconds(11)); // every call has ended
    group.await("all have applied the same", group::allHaveAppliedTheSame, RECOVERY);
  }

  /** What must never be and was. */
  List<String> violations() {
    return group.violations();
  }

  private void requireNoViolation() {
    List<String> violations = violations();
    if (!violations.isEmpty() || !world.failures().isEmpty()) {
      var error = new AssertionError("at " + world.now() + ": " + violations);
      world.failures().forEach(error::addSuppressed);
      throw error;
    }
  }
}
