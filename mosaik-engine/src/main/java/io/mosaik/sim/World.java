package io.mosaik.sim;

import io.mosaik.Host;
import io.mosaik.Network;
import io.mosaik.NetworkBuilder;
import io.mosaik.id.NetworkId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * Whole nodes in virtual time: {@link #seeded} makes one, {@link #node} puts a machine into it, and
 * {@link #run} and {@link #runUntil} let time pass, which costs only what the nodes do in it. One
 * thing happens at a time, while the thread that made the world waits, in an order that the seed
 * decides; the same seed and the same calls give the same {@link #trace}.
 *
 * {@snippet :
 * World.forSeeds(1, 1000, world -> {
 *   for (String name : List.of("n1", "n2", "n3")) {
 *     world.node(name).runs(node -> startMyService(node.host()));
 *   }
 *   world.run(Duration.ofSeconds(5));
 *   world.partition(Set.of("n1"));
 *   world.run(Duration.ofSeconds(10));
 *   world.heal();
 *   world.runUntil("all agree", () -> allAgree(), Duration.ofSeconds(30));
 * });
 * }
 *
 * <p>A connection whose path is cut stalls; if that lasts, both ends hear {@code CONNECTION_LOST}
 * after the {@linkplain #idleTimeout idle time}, each for itself. A connection in use or not is
 * kept alive by the transport as long as the path is up. {@code Platform.await} moves time until
 * the result is there; called by a task on a user strand it does so while that strand is busy, and
 * several such waits end in the opposite order of their beginnings.
 */
public final class World implements AutoCloseable {

  private static final NetworkId COMMON_NETWORK = NetworkId.of("simulated");
  private static final Duration LONGEST_STOP = Duration.ofSeconds(30);

  private final Scheduler scheduler;
  private final Wires wires;
  private final SplittableRandom random;
  private final SplittableRandom scenario;
  private final Map<String, Node> nodes = new LinkedHashMap<>();
  private boolean crashesAreNoticed;

  private World(long seed) {
    var seeds = new SplittableRandom(seed);
    scheduler = new Scheduler(seed);
    random = seeds.split();
    scenario = seeds.split();
    wires = new Wires(scheduler, seeds.split());
  }

  /** A world without nodes at time zero. */
  public static World seeded(long seed) {
    return new World(seed);
  }

  /**
   * Runs a scenario once for each of so many seeds, in a world of its own.
   *
   * @param firstSeed the others follow it
   * @throws AssertionError at the first seed that fails, naming it; its cause is the failure
   */
  public static void forSeeds(long firstSeed, int count, Consumer<? super World> scenario) {
    for (long seed = firstSeed; seed < firstSeed + count; seed++) {
      try (World world = seeded(seed)) {
        try {
          scenario.accept(world);
        } catch (RuntimeException | AssertionError e) {
          throw new AssertionError(
              "seed "
                  + seed
                  + " fails at "
                  + world.now()
                  + "; World.seeded("
                  + seed
                  + "L) replays it: "
                  + e.getMessage(),
              e);
        }
      }
    }
  }

  /** What decides everything here. */
  public long seed() {
    return scheduler.seed();
  }

  /** How much time has passed. */
  public Duration now() {
    return Duration.ofNanos(scheduler.nowNs());
  }

  /** What has happened so far. */
  public Trace trace() {
    return scheduler.trace();
  }

  /** For the scenario's own choices: seeded, and independent of what the nodes draw. */
  public RandomGenerator random() {
    return scenario;
  }

  /** What tasks of any node have thrown, the first hundred. */
  public List<Throwable> failures() {
    return scheduler.failures();
  }

  // ---- nodes

  /** The node of this name, made at the first call. */
  public Node node(String name) {
    return nodes.computeIfAbsent(
        name, key -> new Node(key, nodes.size(), scheduler, wires, random.split()));
  }

  /** The same as {@code node(name).host()}. */
  public Host host(String name) {
    return node(name).host();
  }

  /**
   * Starts a {@link Network} on a node: on its host, with its key, at the first free port from 4000
   * on, and with what the settings add. Called from within {@link Node#runs} it starts again after
   * each restart.
   *
   * @throws IllegalStateException if the node is down
   */
  public Network network(String name, NetworkId id, Consumer<? super NetworkBuilder> settings) {
    Node node = node(name);
    NetworkBuilder builder = Network.builder(id).secretKey(node.key()).host(node.host());
    settings.accept(builder);
    Network network = builder.start();
    node.add(network);
    return network;
  }

  /** The same, in a network that all nodes started like this share. */
  public Network network(String name, Consumer<? super NetworkBuilder> settings) {
    return network(name, COMMON_NETWORK, settings);
  }

  /** All nodes, in the order they were made. */
  public Collection<Node> nodes() {
    return List.copyOf(nodes.values());
  }

  // ---- time

  /** Lets so much time pass. */
  public World run(Duration time) {
    boolean unused = scheduler.drive(() -> false, later(time));
    return this;
  }

  /**
   * Lets time pass until the condition holds.
   *
   * @param what the condition says, for the error
   * @throws AssertionError if it doesn't hold within that time
   */
  public World runUntil(String what, BooleanSupplier condition, Duration within) {
    if (!scheduler.drive(condition, later(within))) {
      throw new AssertionError(
          "'"
              + what
              + "' did not come true within "
              + within
              + " (seed "
              + seed()
              + ", at "
              + now()
              + ")");
    }
    return this;
  }

  /** {@link #runUntil(String, BooleanSupplier, Duration)} of a condition without a name. */
  public World runUntil(BooleanSupplier condition, Duration within) {
    return runUntil("the condition", condition, within);
  }

  /**
   * Lets time pass until the stage has its result, and returns it.
   *
   * @throws AssertionError if it isn't there in time
   * @throws RuntimeException the error of the stage itself, unwrapped
   */
  public <T> T await(CompletionStage<T> stage, Duration within) {
    var future = stage.toCompletableFuture();
    runUntil("the result is there", future::isDone, within);
    return SimPlatform.result(future);
  }

  /** Plans a step of the scenario for that much later; it runs on no strand. */
  public World after(Duration delay, Runnable step) {
    scheduler.plan(Event.of(step), SimClock.saturatedNs(delay));
    return this;
  }

  private long later(Duration time) {
    return scheduler.nowNs() + Math.min(Scheduler.NEVER_NS, SimClock.saturatedNs(time));
  }

  // ---- the network between the nodes

  /** Sets how every path behaves; {@link LinkProfile#LAN} at first. */
  public World links(LinkProfile profile) {
    wires.defaultProfile(profile);
    return this;
  }

  /** Sets how the paths between two nodes behave, both ways. */
  public World link(String a, String b, LinkProfile profile) {
    return oneWayLink(a, b, profile).oneWayLink(b, a, profile);
  }

  /** Sets how the path from one node to another behaves. */
  public World oneWayLink(String from, String to, LinkProfile profile) {
    path(from, to).profile(profile);
    return this;
  }

  /** Cuts the paths between two nodes, both ways. */
  public World cut(String a, String b) {
    return cutOneWay(a, b).cutOneWay(b, a);
  }

  /** Cuts the path from one node to another; the way back stays. */
  public World cutOneWay(String from, String to) {
    setCut(from, to, true);
    return this;
  }

  /** Mends the paths between two nodes; a partition stays. */
  public World mend(String a, String b) {
    setCut(a, b, false);
    setCut(b, a, false);
    return this;
  }

  private void setCut(String from, String to, boolean cut) {
    path(from, to).cut(cut);
    node(from).trace((cut ? "is cut to " : "is mended to ") + to);
    node(from).pathsMayHaveChanged();
  }

  /** Cuts every path from and to a node. */
  public World isolate(String name) {
    return partition(Set.of(name));
  }

  /**
   * Parts the nodes: those of one set reach each other, and nobody else; those in no set are
   * together too. Replaces an earlier partition, and leaves single cuts.
   */
  @SafeVarargs
  public final World partition(Set<String>... sides) {
    nodes.values().forEach(node -> node.side(0));
    for (int i = 0; i < sides.length; i++) {
      for (String name : sides[i]) {
        Node node = node(name);
        if (node.side() != 0) {
          throw new IllegalArgumentException("node '" + name + "' is on two sides");
        }
        node.side(i + 1);
      }
    }
    pathsMayHaveChanged("sides change");
    return this;
  }

  /** Mends everything: the partition and all cuts. Crashed nodes stay down, paused ones paused. */
  public World heal() {
    nodes.values().forEach(node -> node.side(0));
    wires.mendAll();
    pathsMayHaveChanged("heals");
    return this;
  }

  private void pathsMayHaveChanged(String what) {
    for (Node node : nodes.values()) {
      node.trace(what);
      node.pathsMayHaveChanged();
    }
  }

  private Path path(String from, String to) {
    return wires.path(node(from), node(to));
  }

  /**
   * The open connections of one protocol, as {@code /mosaik/ping}, each once, by dialling node.
   * What only one side still takes for open is among them.
   */
  public List<OpenConnection> connections(String alpn) {
    return nodes.values().stream().flatMap(node -> node.dialled(alpn)).toList();
  }

  /**
   * An open connection.
   *
   * @param dialler the name of the node that dialled
   * @param acceptor the name of the node that was dialled
   */
  public record OpenConnection(String dialler, String acceptor) {}

  // ---- faults of nodes

  /**
   * A node is gone at once. Its peers hear nothing and find out by their idle time, unless {@link
   * #crashesAreNoticed}; what was not synced to its disk is lost.
   */
  public World crash(String name) {
    node(name).crash(crashesAreNoticed, false);
    return this;
  }

  /** The same, and its disk is lost too. */
  public World crashWithDiskLoss(String name) {
    node(name).crash(crashesAreNoticed, true);
    return this;
  }

  /**
   * A node leaves in order: its networks are closed, then all its endpoints with {@code
   * GRACEFUL_SHUTDOWN}, and then it is down. Lets the time pass that this takes, 30 s at most.
   */
  public World stop(String name) {
    Node node = node(name);
    CompletableFuture<Void> left = node.leave();
    runUntil("node '" + name + "' has left", left::isDone, LONGEST_STOP);
    node.shutDown();
    return this;
  }

  /**
   * Starts a node that crashed or was stopped: new threads, the same name, key and disk; what
   * {@link Node#runs} says runs again.
   *
   * @throws IllegalStateException if it runs
   */
  public World restart(String name) {
    node(name).restart();
    return this;
  }

  /** A node does nothing until {@link #resume}, as in a long garbage collection. */
  public World pause(String name) {
    node(name).pause(true);
    return this;
  }

  /** Ends a {@link #pause}. */
  public World resume(String name) {
    node(name).pause(false);
    return this;
  }

  // ---- settings

  /** Whether peers of a crashed node lose their connections at once: false at first. */
  public World crashesAreNoticed(boolean noticed) {
    crashesAreNoticed = noticed;
    return this;
  }

  /** After how much silence an end of a connection gives it up: 5 s at first. */
  public World idleTimeout(Duration timeout) {
    wires.idleTimeout(timeout);
    return this;
  }

  /** How long a dial takes at most: 3 s at first. */
  public World dialTimeout(Duration timeout) {
    wires.dialTimeout(timeout);
    return this;
  }

  /** How many bytes a connection takes that the other side has not read: 1 MiB at first. */
  public World windowBytes(int bytes) {
    wires.windowBytes(bytes);
    return this;
  }

  /**
   * After how many tasks at one instant the world stops with an {@link IllegalStateException},
   * because something goes on without letting time pass: 1,000,000 at first.
   */
  public World mostTasksAtOneInstant(long count) {
    scheduler.mostTasksAtOneInstant(count);
    return this;
  }

  /** Ends all nodes where they are. Nothing is told to anybody. */
  @Override
  public void close() {
    if (scheduler.isClosed()) {
      return;
    }
    scheduler.mostTasksAtOneInstant(Long.MAX_VALUE);
    for (Node node : new ArrayList<>(nodes.values())) {
      node.crash(false, true);
    }
    try {
      boolean unused = scheduler.drive(() -> !scheduler.hasSuspended(), scheduler.nowNs());
    } finally {
      scheduler.close();
    }
  }

  @Override
  public String toString() {
    return "world of seed " + seed() + " at " + now();
  }
}
