package io.mosaik.groups;

import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.Host;
import io.mosaik.Network;
import io.mosaik.groups.Group.Role;
import io.mosaik.groups.config.ConsensusConfig;
import io.mosaik.groups.log.InMemoryLogStorage;
import io.mosaik.groups.log.LogStorage;
import io.mosaik.groups.raft.Watcher;
import io.mosaik.id.NetworkId;
import io.mosaik.id.PeerId;
import io.mosaik.runtime.Platform;
import io.mosaik.sim.Node;
import io.mosaik.sim.World;
import io.mosaik.transport.Address;
import io.mosaik.transport.Endpoint;
import io.mosaik.transport.LinkOptions;
import io.mosaik.transport.Links;
import io.mosaik.transport.PeerAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A simulated world of nodes that are members of one group, a {@link Journal} each. Every step of
 * their cores is watched, unless they are whole nodes; closing it fails if anything was seen that
 * must never be.
 */
final class GroupWorld implements AutoCloseable {

  static final NetworkId NETWORK = NetworkId.of("groups-test");
  static final GroupKey KEY = GroupKey.of("a key that the members share");

  /** One run of a node. */
  static final class Member {
    final String name;
    final PeerId peerId;
    final Platform platform;
    final Groups groups;
    final Journal journal = new Journal();
    private final @Nullable Parts parts;
    private @Nullable Group<String, Integer, String, String> group;

    /** A node that knows of all others from the beginning. */
    private Member(Node node, Directory directory, Watcher watcher) {
      name = node.name();
      Host host = node.host();
      platform = host.platform();
      parts = Parts.start(node, host, directory, watcher);
      peerId = parts.links.peerId();
      groups = parts.module.groups();
    }

    /** A whole node. */
    private Member(Node node, List<PeerAddress> bootstrap) {
      name = node.name();
      Host host = node.host();
      platform = host.platform();
      Network network =
          Network.builder(NETWORK)
              .host(host)
              .secretKey(node.key())
              .bootstrap(bootstrap.toArray(PeerAddress[]::new))
              .start();
      peerId = network.peerId();
      groups = network.groups();
      parts = null;
    }

    /** What a node that isn't a whole one is made of. */
    Parts parts() {
      return Objects.requireNonNull(parts);
    }

    Group<String, Integer, String, String> group() {
      return Objects.requireNonNull(group);
    }

    GroupStatus status() {
      return group().status().get();
    }
  }

  /** The parts of a node under its groups. */
  record Parts(Links links, Directory.Node discovery, GroupsModule module) {

    static Parts start(Node node, Host host, Directory directory, Watcher watcher) {
      Endpoint endpoint = host.open(node.key(), new Address("0.0.0.0", 0), List.of());
      Links links = Links.over(endpoint, host.platform(), NETWORK, null, LinkOptions.DEFAULTS);
      Directory.Node discovery = directory.node(node.key(), links.addresses());
      return new Parts(
          links, discovery, GroupsModule.start(host.platform(), links, discovery, watcher::make));
    }
  }

  private static final int PORT = 4000;

  final World world;
  final Watcher watcher = new Watcher();
  final Directory directory = new Directory(NETWORK);
  private final Map<String, Member> members = new LinkedHashMap<>();
  private final Map<String, LogStorage> logs = new LinkedHashMap<>();
  private Supplier<LogStorage> newLog = InMemoryLogStorage::new;
  private Consumer<Journal> journals = journal -> {};
  private boolean onDisks;
  private UnaryOperator<GroupBuilder<String, Integer, String, String>> settings =
      builder -> builder;

  private List<PeerAddress> bootstrap = List.of();
  private Consumer<Member> onStart = member -> {};

  GroupWorld(long seed) {
    world = World.seeded(seed);
  }

  /** What is done to each member's machine before it joins, from now on. */
  GroupWorld journals(Consumer<Journal> how) {
    journals = how;
    return this;
  }

  /** What each member says to its builder, from now on. */
  GroupWorld settings(UnaryOperator<GroupBuilder<String, Integer, String, String>> how) {
    settings = how;
    return this;
  }

  /** Makes whole nodes from now on, which find each other by way of these nodes. */
  GroupWorld wholeNodes(String... names) {
    bootstrap =
        List.of(names).stream().map(name -> PeerAddress.of(new Address(name, PORT))).toList();
    return this;
  }

  /** Shows each member when it has started, also again. */
  GroupWorld onStart(Consumer<Member> listener) {
    onStart = listener;
    return this;
  }

  /** What a member keeps its log in, when it has none yet. */
  GroupWorld logs(Supplier<LogStorage> maker) {
    newLog = maker;
    return this;
  }

  /** Keeps the members' logs on the disks of their nodes from now on, with what befalls these. */
  GroupWorld onDisks() {
    onDisks = true;
    return this;
  }

  private LogStorage logOf(Node node) {
    return onDisks
        ? node.disk().log("group")
        : logs.computeIfAbsent(node.name(), name -> newLog.get());
  }

  /** Expects so many members in the first committee's electorate. */
  GroupWorld expecting(int members) {
    return expecting(members, builder -> builder);
  }

  /** The same, with what else each member says. */
  GroupWorld expecting(
      int members, UnaryOperator<GroupBuilder<String, Integer, String, String>> how) {
    var config = ConsensusConfig.builder().bootstrapExpect(members).build();
    return settings(builder -> how.apply(builder.consensus(config)));
  }

  /** Starts members; they start again with {@link World#restart}. */
  GroupWorld members(String... names) {
    for (String name : names) {
      world.node(name).runs(this::start);
    }
    return this;
  }

  private void start(Node node) {
    Member member =
        bootstrap.isEmpty() ? new Member(node, directory, watcher) : new Member(node, bootstrap);
    GroupBuilder<String, Integer, String, String> builder =
        member.groups.withKey(KEY).stateMachine(member.journal).storage(logOf(node));
    journals.accept(member.journal);
    member.group = settings.apply(builder).join();
    members.put(node.name(), member);
    onStart.accept(member);
  }

  /** Crashes a member, whose log is lost. */
  void crashAndLose(String name) {
    world.crash(name);
    logs.remove(name);
  }

  Member member(String name) {
    return Objects.requireNonNull(members.get(name), name);
  }

  List<Member> all() {
    return List.copyOf(members.values());
  }

  /** What a member keeps its log in, where not on a disk. */
  LogStorage log(String name) {
    return Objects.requireNonNull(logs.get(name), name);
  }

  Group<String, Integer, String, String> group(String name) {
    return member(name).group();
  }

  List<String> lines(String name) {
    return member(name).journal.lines();
  }

  /** Lets time pass until one of the members leads and the others are online. */
  String awaitLeader(String... names) {
    world.runUntil(
        "one of " + List.of(names) + " leads, the others follow",
        () ->
            List.of(names).stream().allMatch(name -> member(name).status().online())
                && leaders(names) == 1,
        Duration.ofSeconds(60));
    return leader(names);
  }

  private long leaders(String... names) {
    return List.of(names).stream()
        .filter(name -> member(name).status().role() == Role.LEADER)
        .count();
  }

  String leader(String... names) {
    return List.of(names).stream()
        .filter(name -> member(name).status().role() == Role.LEADER)
        .findFirst()
        .orElseThrow();
  }

  /** One of the members that doesn't lead. */
  String follower(String... names) {
    return List.of(names).stream()
        .filter(name -> member(name).status().role() != Role.LEADER)
        .findFirst()
        .orElseThrow();
  }

  @Override
  public void close() {
    world.close();
    assertThat(watcher.violations()).as("what the watcher saw").isEmpty();
  }
}
