package io.mosaik.groups;

import io.mosaik.Host;
import io.mosaik.groups.CellMachine.Change;
import io.mosaik.groups.Group.Role;
import io.mosaik.groups.config.ConsensusConfig;
import io.mosaik.groups.history.History;
import io.mosaik.groups.log.LogStorage;
import io.mosaik.groups.raft.Watcher;
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

  /** One membership, from joining to leaving or to the end of the node. */
  final class Member {

    final String name;
    final Group<Change, Long, String, Long> group;
    private final Platform platform;
    private final GroupWorld.Parts parts;
    private final List<CellClient> users = new ArrayList<>();
    private boolean left;

    private Member(String name, Platform platform, GroupWorld.Parts parts) {
      this.name = name;
      this.platform = platform;
      this.parts = parts;
      var machine =
          new CellMachine(
              (index, change, result) -> agreed.applied(name, index, change, result), snapshots);
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
      for (int i = 0; i < USERS; i++) {
        users.add(user("user" + i));
      }
    }

    private CellClient user(String what) {
      String user = name + "/" + ++userCount + "/" + what;
      return new CellClient(
          user,
          group,
          history,
          agreed,
          platform.newRandom(),
          platform.newUserStrand(user),
          CellGroup.this::requireOneLeadership);
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
  final AgreedCells agreed = new AgreedCells();
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
    this.logs = logs;
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

  /** Of all members, also such as stand still or are cut off, one at most leads for sure. */
  private void requireOneLeadership() {
    List<String> leaders =
        members.values().stream()
            .filter(member -> world.node(member.name).isUp())
            .filter(member -> member.group.leadership().get().isHeld())
            .map(member -> member.name)
            .toList();
    if (leaders.size() > 1) {
      unexplained.add(leaders + " are sure that they lead alone, at " + world.now());
    }
  }

  /** What must never be and was, so far. */
  List<String> violations() {
    var all = new ArrayList<>(watcher.violations());
    all.addAll(agreed.violations());
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
      history.requireLinearizable();
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
