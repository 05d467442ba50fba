package io.mosaik.groups;

import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.groups.Group.Consistency;
import io.mosaik.groups.Group.Executed;
import io.mosaik.groups.Group.Role;
import io.mosaik.groups.log.InMemoryLogStorage;
import io.mosaik.groups.log.LogStorage;
import io.mosaik.id.PeerId;
import io.mosaik.sim.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * One random life of a group of five under load: crashes, restarts with the log kept, or lost on
 * fewer than half of the members at a time, long pauses, and cuts of every kind. Whatever happens,
 *
 * <ul>
 *   <li>no term has two leaders, and at no moment do two hold the leadership;
 *   <li>no two members, in whichever of their lives, apply different commands at one index;
 *   <li>what was acknowledged is there, once, on every member in the end;
 *   <li>a strong read sees all that was acknowledged before it was asked.
 * </ul>
 */
final class FaultyRun {

  private static final int FAULTS = 22;
  private static final String[] NAMES = {"n1", "n2", "n3", "n4", "n5"};

  private final GroupWorld groups;
  private final World world;
  private final RandomGenerator random;
  private final TreeMap<Long, PeerId> leaders = new TreeMap<>();
  private final TreeMap<Long, String> history = new TreeMap<>();
  private final TreeMap<Long, String> acknowledged = new TreeMap<>();
  private final List<String> violations = new ArrayList<>();
  private final Set<String> paused = new LinkedHashSet<>();
  private final Set<String> down = new LinkedHashSet<>();
  private int commandCount;
  private int answerCount;

  FaultyRun(long seed) {
    this(seed, InMemoryLogStorage::new);
  }

  FaultyRun(long seed, Supplier<LogStorage> logs) {
    groups =
        new GroupWorld(seed)
            .wholeNodes(NAMES)
            .expecting(NAMES.length)
            .logs(logs)
            .onStart(this::watch);
    world = groups.world;
    random = world.random();
  }

  /** What must never be and was. */
  List<String> violations() {
    return List.copyOf(violations);
  }

  /** What it did, for a look at how much a run is worth. */
  record Summary(int commands, int acknowledged, int answers, int terms) {}

  Summary run() {
    try (groups) {
      world.crashesAreNoticed(random.nextBoolean());
      groups.members(NAMES);
      groups.awaitLeader(NAMES);
      for (int i = 0; i < FAULTS; i++) {
        fault();
        live(Duration.ofMillis(100 + random.nextInt(2_500)));
      }
      recover();
      judge();
      return new Summary(commandCount, acknowledged.size(), answerCount, leaders.size());
    }
  }

  private void watch(GroupWorld.Member member) {
    watchLeadership(member);
    member.journal.onApplied((line, index) -> {
      String known = history.putIfAbsent(index, line);
      if (known != null && !known.equals(line)) {
        violations.add(member.name + " applies " + line + " at " + index + ", another " + known);
      }
    });
    var unused =
        member
            .group()
            .status()
            .observe(
                Runnable::run,
                status -> {
                  if (status.role() == Role.LEADER) {
                    PeerId other = leaders.putIfAbsent(status.term(), member.peerId);
                    if (other != null && !other.equals(member.peerId)) {
                      violations.add("term " + status.term() + " has two leaders");
                    }
                  }
                });
  }

  /** Whoever has the leadership has it alone. */
  private void watchLeadership(GroupWorld.Member member) {
    var unused =
        member
            .group()
            .leadership()
            .observe(
                Runnable::run,
                leadership -> {
                  for (GroupWorld.Member other : groups.all()) {
                    boolean both =
                        leadership.isHeld()
                            && other != member
                            && !down.contains(other.name)
                            && other.group().leadership().get().isHeld();
                    if (both) {
                      violations.add(member.name + " and " + other.name + " hold the leadership");
                    }
                  }
                });
  }

  private void fault() {
    String name = random.nextInt(3) == 0 ? leaderOrAny() : any();
    String other = any();
    switch (random.nextInt(16)) {
      case 0, 1, 2, 3 -> crash(name);
      case 4, 5, 6, 7 -> restartOne();
      case 8 -> {
        if (!name.equals(other)) {
          world.cut(name, other);
        }
      }
      case 9 -> {
        if (!name.equals(other)) {
          world.cutOneWay(name, other);
        }
      }
      case 10 -> world.partition(Set.of(name), rest(name));
      case 11 -> loseLogs();
      case 12, 13 -> pause(name);
      default -> heal();
    }
  }

  private String any() {
    return NAMES[random.nextInt(NAMES.length)];
  }

  private String leaderOrAny() {
    return groups.all().stream()
        .filter(member -> !down.contains(member.name) && member.group().isLeader())
        .map(member -> member.name)
        .findFirst()
        .orElseGet(this::any);
  }

  private Set<String> rest(String name) {
    var rest = new LinkedHashSet<>(List.of(NAMES));
    rest.remove(name);
    if (random.nextBoolean()) {
      rest.remove(any()); // stays with nobody
    }
    return rest;
  }

  /** Does nothing for a while, as in a long garbage collection, and goes on as if nothing was. */
  private void pause(String name) {
    if (!down.contains(name)) {
      paused.add(name);
      world.pause(name);
    }
  }

  private void heal() {
    world.heal();
    paused.stream().filter(name -> !down.contains(name)).forEach(world::resume);
    paused.clear();
  }

  private void crash(String name) {
    if (down.add(name)) {
      world.crash(name);
    }
  }

  /**
   * Fewer than half lose their logs: from a committee that is whole and well, for what remains of
   * one that has lost others before may not be a majority.
   */
  private void loseLogs() {
    heal();
    while (!down.isEmpty()) {
      restartOne();
    }
    world.runUntil("the committee is whole", this::isWhole, Duration.ofSeconds(60));
    String first = any();
    String second = any();
    for (String name : List.of(first, second).stream().distinct().toList()) {
      down.add(name);
      groups.crashAndLose(name);
    }
  }

  /** Whether every member votes as what it is now, not as what it was before it lost its log. */
  private boolean isWhole() {
    return groups.all().stream()
        .allMatch(member ->
            member.status().online()
                && member.status().role() != Role.LEARNER
                && member.status().committee().size() == NAMES.length);
  }

  private void restartOne() {
    if (down.isEmpty()) {
      return;
    }
    String name = down.iterator().next();
    down.remove(name);
    world.restart(name);
  }

  /** Time under load. */
  private void live(Duration time) {
    int rounds = 1 + random.nextInt(4);
    for (int i = 0; i < rounds; i++) {
      String name = any();
      if (!down.contains(name)) {
        for (int k = random.nextInt(4); k >= 0; k--) {
          execute(name);
        }
        if (random.nextInt(3) == 0) {
          ask(name);
        }
      }
      world.run(time.dividedBy(rounds));
    }
  }

  private void execute(String name) {
    String line = name + "." + commandCount++;
    var unused = groups.group(name).executeAsync(line).thenAccept(done -> acknowledge(line, done));
  }

  private void acknowledge(String line, Executed<Integer> done) {
    String known = acknowledged.put(done.index(), line);
    if (known != null) {
      violations.add(line + " and " + known + " are both acknowledged at " + done.index());
    }
  }

  private void ask(String name) {
    List<String> before = List.copyOf(acknowledged.values());
    var unused =
        groups
            .group(name)
            .queryAsync("", Consistency.STRONG)
            .thenAccept(answered -> {
              answerCount++;
              if (!List.of(answered.answer().split(",")).containsAll(before)) {
                violations.add(name + " answers a strong read with a state that is old");
              }
            });
  }

  private void recover() {
    heal();
    while (!down.isEmpty()) {
      restartOne();
    }
    groups.awaitLeader(NAMES);
    execute(any());
    world.runUntil(
        "all members have applied the same",
        () -> {
          long most = groups.all().stream().mapToLong(m -> m.status().committed()).max().orElse(0);
          return groups.all().stream().allMatch(m -> m.status().applied() == most);
        },
        Duration.ofSeconds(60));
    world.run(Duration.ofSeconds(11)); // every call has ended by now
    world.runUntil(
        "all members have applied the same in the end",
        () -> groups.all().stream().map(m -> m.status().applied()).distinct().count() == 1,
        Duration.ofSeconds(60));
  }

  private void judge() {
    assertThat(violations).isEmpty();
    assertThat(world.failures()).isEmpty();
    for (GroupWorld.Member member : groups.all()) {
      assertThat(member.journal.lines())
          .as(member.name)
          .isEqualTo(List.copyOf(history.values()))
          .doesNotHaveDuplicates();
    }
    assertThat(history).containsAllEntriesOf(acknowledged);
  }
}
