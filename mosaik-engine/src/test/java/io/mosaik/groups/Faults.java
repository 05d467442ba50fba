package io.mosaik.groups;

import io.mosaik.groups.CellGroup.Member;
import io.mosaik.sim.Node;
import io.mosaik.sim.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/** All that can go wrong with the nodes of a {@link CellGroup} and between them, at random. */
final class Faults {

  private static final int MOST_AWAY = 2;
  private static final int MOST_NEWCOMERS = 2;
  private static final Duration WHOLE_WITHIN = Duration.ofSeconds(90);

  /** Whoever the leader has not heard of for so long may be taken out as one that is gone. */
  private static final Duration IN_TOUCH = Duration.ofSeconds(1);

  /** Longer than an orderly leave may take. */
  private static final Duration LEFT_FOR_SURE = Duration.ofSeconds(5);

  private final CellGroup group;
  private final World world;
  private final RandomGenerator random;

  /** All that are members now or have been, newcomers among them. */
  private final List<String> names;

  private final Set<String> down = new LinkedHashSet<>();
  private final Set<String> paused = new LinkedHashSet<>();
  private final Set<String> away = new LinkedHashSet<>();
  private int newcomers;
  private int healings;
  private final boolean formsApart;
  private boolean disksWereLost;

  /**
   * None yet.
   *
   * @param formsApart whether fewer members than all may form a group: then none leaves for a while
   *     or loses its disk, for what remains of a small group may not be a majority of it
   */
  Faults(CellGroup group, List<String> names, boolean formsApart) {
    this.group = group;
    this.names = new ArrayList<>(names);
    this.formsApart = formsApart;
    world = group.world;
    random = world.random();
  }

  /** One more thing goes wrong, or is mended. */
  void next() {
    String name = random.nextInt(3) == 0 ? leaderOrAny() : any();
    String other = any();
    switch (random.nextInt(29)) {
      case 0, 1 -> crash(name);
      case 2 -> crash(leaderOrAny());
      case 3, 4, 5, 6 -> restartOne();
      case 24 -> crashAndRestart(leaderOrAny());
      case 25 -> names.forEach(this::crash);
      case 7 -> cut(name, other);
      case 8 -> {
        if (!name.equals(other)) {
          world.cutOneWay(name, other);
        }
      }
      case 9 -> world.partition(Set.of(name));
      case 10 -> world.partition(someSide());
      case 11 -> bridge(name);
      case 12, 13 -> flap(name, other);
      case 14 -> pause(name);
      case 15 -> pause(leaderOrAny());
      case 16 -> world.node(name).clockOffset(Duration.ofMinutes(random.nextInt(-90, 90)));
      case 17 -> slowDisk(name);
      case 18, 19 -> leave(name);
      case 20 -> loseDisks();
      case 21 -> restartAll();
      case 22 -> transfer(name);
      case 26 -> welcome();
      default -> heal();
    }
  }

  /** The nodes are in two parts that don't see each other. */
  void part() {
    names.forEach(world::node);
    world.partition(someSide());
  }

  private String any() {
    return names.get(random.nextInt(names.size()));
  }

  private String leaderOrAny() {
    return group.members().stream()
        .filter(member -> !down.contains(member.name) && member.group.isLeader())
        .map(member -> member.name)
        .findFirst()
        .orElseGet(this::any);
  }

  private Set<String> someSide() {
    var side = new LinkedHashSet<>(names);
    side.removeIf(name -> random.nextBoolean());
    return side;
  }

  private void cut(String name, String other) {
    if (!name.equals(other)) {
      world.cut(name, other);
    }
  }

  /** Two sides that see each other only through one node that sees both. */
  private void bridge(String middle) {
    Set<String> side = someSide();
    for (String one : side) {
      for (String other : names) {
        if (!side.contains(other) && !one.equals(middle) && !other.equals(middle)) {
          world.cut(one, other);
        }
      }
    }
  }

  /** A path that comes and goes a few times a second. */
  private void flap(String name, String other) {
    if (name.equals(other)) {
      return;
    }
    int until = healings;
    long atMs = 0;
    for (int i = 0; i < 10; i++) {
      boolean cuts = i % 2 == 0;
      atMs += 50 + random.nextInt(300);
      world.after(
          Duration.ofMillis(atMs),
          () -> {
            if (healings != until) {
              return;
            }
            if (cuts) {
              world.cut(name, other);
            } else {
              world.mend(name, other);
            }
          });
    }
  }

  /** Does nothing for seconds, as in a long garbage collection, and goes on as if nothing was. */
  private void pause(String name) {
    if (!down.contains(name) && paused.add(name)) {
      world.pause(name);
      Duration time = Duration.ofMillis(500 + random.nextInt(8_000));
      world.after(time, () -> resume(name));
    }
  }

  private void resume(String name) {
    if (paused.remove(name)) {
      world.resume(name);
    }
  }

  private void transfer(String name) {
    if (!down.contains(name)) {
      var unused = group.member(name).group.transferLeadershipAsync();
    }
  }

  private void slowDisk(String name) {
    Duration most = Duration.ofMillis(1L << random.nextInt(11)); // to a second and more
    Node node = world.node(name);
    node.disk().syncTime(most.dividedBy(2), most);
  }

  private void crash(String name) {
    if (down.add(name)) {
      paused.remove(name);
      away.remove(name);
      world.crash(name);
    }
  }

  /** Is there again before anyone has noticed that it was gone. */
  private void crashAndRestart(String name) {
    crash(name);
    Duration time = Duration.ofMillis(random.nextInt(200));
    world.after(time, () -> restart(name));
  }

  private void restartAll() {
    List.copyOf(down).forEach(this::restart);
  }

  private void restart(String name) {
    if (down.remove(name)) {
      world.restart(name);
    }
  }

  private void restartOne() {
    if (!down.isEmpty()) {
      restart(down.iterator().next());
    }
  }

  /**
   * Leaves in order, and comes back when that is over; two at a time at most. Who leaves gives its
   * vote up, and a group that misses as many disks as it can bear bears no more.
   */
  private void leave(String name) {
    if (formsApart) {
      return;
    }
    disksWereLost = disksWereLost && !isWhole();
    if (away.size() >= MOST_AWAY || down.contains(name) || disksWereLost || !away.add(name)) {
      return;
    }
    Member member = group.member(name);
    member.leave();
    Duration time = LEFT_FOR_SURE.plusMillis(random.nextInt(8_000));
    world.after(time, () -> comeBack(member));
  }

  private void comeBack(Member member) {
    if (!group.isLatest(member)) {
      return; // the node has started again meanwhile
    }
    if (paused.contains(member.name)) {
      world.after(LEFT_FOR_SURE, () -> comeBack(member)); // it has not even left yet
    } else if (away.remove(member.name)) {
      group.rejoin(member);
    }
  }

  /**
   * Fewer than half of the committee lose their disks: of one that is whole and well, for what
   * remains of one that has lost others before may not be a majority.
   */
  private void loseDisks() {
    if (formsApart) {
      return;
    }
    mendAll();
    group.await("the committee is whole", this::isWhole, WHOLE_WITHIN);
    int voters = group.members().getFirst().status().committee().size();
    var victims = new ArrayList<>(names);
    while (victims.size() > Math.max(1, (voters - 1) / 2)) {
      victims.remove(random.nextInt(victims.size()));
    }
    if (voters < 3) {
      return;
    }
    disksWereLost = true;
    for (String name : victims) {
      down.add(name);
      world.crashWithDiskLoss(name);
    }
  }

  /** Whether every voter votes as what it is now, not as what it was before it lost its disk. */
  private boolean isWhole() {
    List<Member> members = group.members();
    var committee = members.getFirst().status().committee();
    return down.isEmpty()
        && away.isEmpty()
        && group.allOnline()
        && group.allHaveAppliedTheSame()
        && members.stream().allMatch(member -> member.status().committee().equals(committee))
        && members.stream().filter(Faults::votes).count() == committee.size()
        && members.stream().anyMatch(member -> member.group.isLeader() && isInTouch(member));
  }

  /** Whether a member hears of all others. */
  private boolean isInTouch(Member member) {
    return member.group.bonds().stream()
            .filter(bond -> bond.silence().compareTo(IN_TOUCH) < 0)
            .count()
        == group.members().size() - 1;
  }

  private static boolean votes(Member member) {
    return switch (member.status().role()) {
      case LEADER, FOLLOWER, CANDIDATE -> true;
      case LEARNER, UNFORMED -> false;
    };
  }

  /** One that has never been there before joins, whatever else goes on. */
  private void welcome() {
    if (newcomers < MOST_NEWCOMERS) {
      String name = "new" + ++newcomers;
      names.add(name);
      group.start(name);
    }
  }

  private void heal() {
    healings++;
    world.heal();
  }

  /** Ends all faults but wrong clocks: paths and nodes are up, disks fast, members there. */
  void mendAll() {
    heal();
    List.copyOf(paused).forEach(this::resume);
    restartAll();
    names.forEach(name -> world.node(name).disk().syncTime(Duration.ZERO, Duration.ofMillis(2)));
    if (!away.isEmpty()) {
      world.run(LEFT_FOR_SURE);
      for (String name : List.copyOf(away)) {
        comeBack(group.member(name));
      }
    }
  }
}
