package io.mosaik.groups;

import io.mosaik.Host;
import io.mosaik.groups.CellMachine.Change;
import io.mosaik.groups.Group.Role;
import io.mosaik.groups.config.ConsensusConfig;
import io.mosaik.groups.history.History;
import io.mosaik.groups.log.Lineage;
import io.mosaik.groups.log.LogStorage;
import io.mosaik.groups.raft.Watcher;
import io.mosaik.id.PeerId;
import io.mosaik.runtime.Platform;
import io.mosaik.sim.Node;
import io.mosaik.sim.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;

/**
 * A simulated group with a {@link CellMachine} and its users on every member. Logs are on the
 * nodes' disks; every step of every core is watched, all that is applied is compared, and all that
 * users do is recorded.
 */
final class CellGroup implements AutoCloseable {

  private static final int USERS = 2;
  private static final int MOST_UNEXPLAINED = 20;

  /** One membership, from joining to leaving or to the end of the node. */
  final class Member implements CellClient.Host {

    final String name;
    final Group<Change, Long, String, Long> group;
    private final Platform platform;
    private final GroupWorld.Parts parts;
    private final List<CellClient> users = new ArrayList<>();
    private final PeerId peerId;
    private final CellMachine machine;

    /** How many times it had been told of a reversion, when its users were last acknowledged. */
    private final Map<Lineage, Integer> acknowledged = new LinkedHashMap<>();

    private int reversions;
    private boolean left;

    private Member(String name, Platform platform, GroupWorld.Parts parts) {
      this.name = name;
      this.platform = platform;
      this.parts = parts;
      peerId = parts.links().peerId();
      machine =
          new CellMachine(
              (index, change, result) -> copies.applied(name, lineage(), index, change, result),
              snapshots);
      machines.add(machine);
      GroupBuilder<Change, Long, String, Long> builder =
          parts
              .module()
              .groups()
              .withKey(GroupWorld.KEY)
              .stateMachine(machine)
              .consensus(config)
              .storage(logs.apply(world.node(name).disk().log("group")));
      group = (observers.contains(name) ? builder.observer() : builder).join();
      var unused =
          group
              .when()
              .committed()
              .reverted()
              .onMet(platform.newUserStrand(name + "/reverted"), reversion -> reversions++);
      for (int i = 0; i < USERS; i++) {
        users.add(user("user" + i));
      }
    }

    private CellClient user(String what) {
      String user = name + "/" + ++userCount + "/" + what;
      return new CellClient(
          user, group, history, copies, platform.newRandom(), platform.newUserStrand(user), this);
    }

    @Override
    public Lineage lineage() {
      return watcher.lineageOf(peerId, machine == null ? 0 : machine.resets());
    }

    @Override
    public void acknowledges(Lineage lineage) {
      acknowledged.put(lineage, reversions);
    }

    /** What was acknowledged here and is void now, and nobody has said so. */
    private List<String> lostInSilence() {
      return acknowledged.entrySet().stream()
          .filter(each -> !each.getKey().equals(lineage()) && each.getValue() >= reversions)
          .map(each -> name + " was told of no end of " + each.getKey())
          .toList();
    }

    GroupStatus status() {
      return group.status().get();
    }

    @Override
    public String toString() {
      return (world.node(name).isUp() ? "" : "down, was ")
          + (left ? "left, was " : "")
          + status()
          + " bonded with "
          + group.bonds();
    }

    private void stopUsers() {
      users.forEach(CellClient::stop);
    }

    /** Leaves in order, while the node stays. */
    void leave() {
      left = true;
      stopUsers();
      group.close();
    }
  }

  final World world;
  final Watcher watcher;
  final History history = new History();
  final Copies copies;
  private final ConsensusConfig config;
  private final List<String> observers;
  private final UnaryOperator<LogStorage> logs;
  private final Directory directory = new Directory(GroupWorld.NETWORK);
  private final Map<String, Member> members = new LinkedHashMap<>();
  private final List<String> unexplained = new ArrayList<>();
  private final boolean snapshots;
  private final List<CellMachine> machines = new ArrayList<>();
  private int userCount;
  private boolean usersRun = true;

  CellGroup(
      long seed,
      ConsensusConfig config,
      List<String> observers,
      Watcher watcher,
      UnaryOperator<LogStorage> logs) {
    world = World.seeded(seed);
    snapshots = seed % 2 == 0;
    this.config = config;
    this.observers = List.copyOf(observers);
    this.watcher = watcher;
    copies = new Copies(watcher::inheritanceOf);
    this.logs = logs;
    watcher.afterEachStep(this::requireOneLeadership);
  }

  /** Starts a node that is a member, also after a crash. */
  void start(String name) {
    var unused = world.node(name).runs(this::join);
  }

  private void join(Node node) {
    Host host = node.host();
    join(node.name(), host.platform(), GroupWorld.Parts.start(node, host, directory, watcher));
  }

  /** A member that has left is one again; its node was there all the time. */
  void rejoin(Member member) {
    join(member.name, member.platform, member.parts);
  }

  private void join(String name, Platform platform, GroupWorld.Parts parts) {
    var member = new Member(name, platform, parts);
    members.put(name, member);
    if (usersRun) {
      member.users.forEach(CellClient::start);
    }
  }

  /** The latest membership of a node. */
  Member member(String name) {
    return Objects.requireNonNull(members.get(name), name);
  }

  /** Whether the node has not become a member again since. */
  boolean isLatest(Member member) {
    return member.equals(members.get(member.name));
  }

  List<Member> members() {
    return List.copyOf(members.values());
  }

  /** All users end what they do. */
  void stopUsers() {
    usersRun = false;
    members.values().forEach(Member::stopUsers);
  }

  /** Lets time pass until something holds; if it never does, the error shows all members. */
  void await(String what, BooleanSupplier holds, Duration within) {
    try {
      world.runUntil(what, holds, within);
    } catch (AssertionError e) {
      throw new AssertionError(e.getMessage() + "; " + members, e);
    }
  }

  boolean allOnline() {
    return members.values().stream().allMatch(member -> member.status().online())
        && members.values().stream().filter(m -> m.status().role() == Role.LEADER).count() == 1;
  }

  boolean allHaveAppliedTheSame() {
    long most = members.values().stream().mapToLong(m -> m.status().committed()).max().orElse(0);
    return members.values().stream().allMatch(member -> member.status().applied() == most);
  }

  /** Of one lineage's members, also such as stand still or are cut off, one leads for sure. */
  private void requireOneLeadership() {
    Map<Lineage, String> leaders = new LinkedHashMap<>();
    for (Member member : members.values()) {
      if (world.node(member.name).isUp() && member.group.leadership().get().isHeld()) {
        String other = leaders.put(watcher.lineageLedBy(member.peerId), member.name);
        if (other != null && unexplained.size() < MOST_UNEXPLAINED) {
          unexplained.add(
              other + " and " + member.name + " are sure to lead alone, at " + world.now());
        }
      }
    }
  }

  /** In the end all are of one lineage, have the same state, and know of what was lost. */
  void requireOneOutcome() {
    if (members.values().stream().map(Member::lineage).distinct().count() != 1
        || members.values().stream().map(each -> each.machine.stateDigest()).distinct().count()
            != 1) {
      unexplained.add("the members differ in the end: " + members);
    }
    members.values().forEach(member -> unexplained.addAll(member.lostInSilence()));
  }

  /** What must never be and was, so far. */
  List<String> violations() {
    var all = new ArrayList<>(watcher.violations());
    all.addAll(copies.violations());
    all.addAll(unexplained);
    for (Member member : members.values()) {
      if (member.status().sync().diverged()) {
        all.add(member.name + " finds that it has diverged");
      }
    }
    return all;
  }

  /** How often a member has started from a snapshot. */
  int restored() {
    return machines.stream().mapToInt(CellMachine::restored).sum();
  }

  /** Judges all that users were told, when they have all ended. */
  void requireLinearizable() {
    try {
      history.requireLinearizable(copies::indexOf);
    } catch (AssertionError e) {
      unexplained.add(String.valueOf(e.getMessage()));
      throw e;
    }
  }

  @Override
  public void close() {
    world.close();
  }
}
