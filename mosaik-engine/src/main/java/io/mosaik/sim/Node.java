package io.mosaik.sim;

import io.mosaik.Host;
import io.mosaik.Network;
import io.mosaik.id.SecretKey;
import io.mosaik.transport.Address;
import io.mosaik.transport.AddressUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A machine of a simulated {@link World}: a name that others dial ({@code n1:4000}), a clock, a
 * disk and the programs that run on it. Used on the world's thread only.
 */
public final class Node {

  private static final Set<String> OWN_HOSTS =
      Set.of("0.0.0.0", "::", "localhost", "127.0.0.1", "::1");
  private static final int FIRST_PORT = 4000;

  private final String name;
  private final int index;
  private final Scheduler scheduler;
  private final Wires wires;
  private final SplittableRandom random;
  private final SimClock clock;
  private final SimDisk disk;
  private final List<SimHost> hosts = new ArrayList<>();
  private final List<Network> networks = new ArrayList<>();
  private SecretKey key;
  private @Nullable Consumer<? super Node> program;
  private boolean up = true;
  private boolean paused;
  private long taskCostNs;
  private int side;

  Node(String name, int index, Scheduler scheduler, Wires wires, SplittableRandom random) {
    this.name = new Address(name, 0).host();
    this.index = index;
    this.scheduler = scheduler;
    this.wires = wires;
    this.random = random;
    this.clock = new SimClock(scheduler);
    this.disk = new SimDisk(scheduler, new SplittableRandom(Trace.mix(scheduler.seed() ^ index)));
    this.key = newKey();
    clock.origin(newOriginNs());
  }

  private SecretKey newKey() {
    var seed = new byte[SecretKey.LENGTH];
    random.nextBytes(seed);
    return SecretKey.ofBytes(seed);
  }

  private long newOriginNs() {
    return random.nextLong(-(1L << 50), 1L << 50);
  }

  /** Its name, which is also its host name. */
  public String name() {
    return name;
  }

  /** The identity that the node has by default, the same after restarts. */
  public SecretKey key() {
    return key;
  }

  /** Gives the node another identity from now on. */
  public Node freshKey() {
    key = newKey();
    return this;
  }

  /** Whether it runs: not crashed, not stopped. */
  public boolean isUp() {
    return up;
  }

  /** What it keeps over restarts. */
  public SimDisk disk() {
    return disk;
  }

  /**
   * What one program on this node needs of it: hand it to {@code Network.builder(..).host(..)}, or
   * use its platform and endpoint directly. Each call gives a new one, which ends with a crash.
   *
   * @throws IllegalStateException if the node is down
   */
  public Host host() {
    if (!up) {
      throw new IllegalStateException("node '" + name + "' is down; restart it first");
    }
    var host = new SimHost(this, new SimPlatform(this, scheduler, random.split()), wires);
    hosts.add(host);
    return host;
  }

  /**
   * Says what runs on this node, and runs it: now if the node is up, and again after each restart.
   *
   * @param start called on no strand; starts things and returns
   */
  public Node runs(Consumer<? super Node> start) {
    program = start;
    if (up) {
      start.accept(this);
    }
    return this;
  }

  /** Sets the wall clock off by so much, with a jump; negative for late. */
  public Node clockOffset(Duration offset) {
    clock.wallOffset(offset);
    return this;
  }

  /** Lets both clocks run at this rate from now on; 1 is right, 1.001 gains 1 ms a second. */
  public Node clockRate(double rate) {
    if (!(rate > 0.01 && rate < 100)) {
      throw new IllegalArgumentException("a clock rate of " + rate + "; give 0.01 to 100");
    }
    clock.rate(rate);
    return this;
  }

  /** Makes the node slow: after each task it does nothing for so long. Zero by default. */
  public Node taskCost(Duration cost) {
    taskCostNs = cost.toNanos();
    return this;
  }

  void crash(boolean noticed, boolean loseDisk) {
    if (!up) {
      return;
    }
    trace("crashes");
    up = false;
    paused = false;
    List<SimHost> gone = List.copyOf(hosts);
    hosts.clear();
    networks.clear();
    gone.forEach(host -> host.crash(noticed));
    if (loseDisk) {
      disk.loseAll();
    } else {
      disk.loseUnsynced();
    }
  }

  /** Closes the networks and then the endpoints. */
  CompletableFuture<Void> leave() {
    trace("leaves");
    return allOf(networks.stream().map(Network::closeAsync))
        .thenCompose(done -> allOf(List.copyOf(hosts).stream().flatMap(SimHost::leave)));
  }

  private static CompletableFuture<Void> allOf(Stream<CompletableFuture<Void>> stages) {
    return CompletableFuture.allOf(stages.toArray(CompletableFuture[]::new));
  }

  /** Ends what is left after {@link #leave}; the disk keeps everything. */
  void shutDown() {
    disk.syncAll();
    crash(false, false);
  }

  void add(Network network) {
    networks.add(network);
  }

  void restart() {
    if (up) {
      throw new IllegalStateException("node '" + name + "' runs; crash or stop it first");
    }
    trace("restarts");
    up = true;
    clock.origin(newOriginNs());
    if (program != null) {
      program.accept(this);
    }
  }

  void pause(boolean pauses) {
    if (paused == pauses || !up) {
      return;
    }
    trace(pauses ? "pauses" : "goes on");
    paused = pauses;
    for (SimHost host : List.copyOf(hosts)) {
      for (SimEndpoint endpoint : host.endpoints()) {
        endpoint.connections().forEach(connection -> connection.other().reconsiderHearing());
      }
      if (!pauses) {
        host.letWaitingRun();
      }
    }
  }

  void pathsMayHaveChanged() {
    for (SimHost host : hosts) {
      for (SimEndpoint endpoint : host.endpoints()) {
        List.copyOf(endpoint.connections()).forEach(SimConnection::pathsMayHaveChanged);
      }
    }
  }

  Stream<World.OpenConnection> dialled(String alpn) {
    return hosts.stream()
        .flatMap(host -> host.endpoints().stream())
        .flatMap(endpoint -> endpoint.connections().stream())
        .filter(connection -> connection.isDialledAndOpen(alpn))
        .map(connection -> new World.OpenConnection(name, connection.other().node().name()));
  }

  void trace(String what) {
    scheduler.trace().add(scheduler.nowNs(), -1 - index, what.hashCode(), () -> name + " " + what);
  }

  void forget(SimHost host) {
    hosts.remove(host);
  }

  int index() {
    return index;
  }

  SimClock clock() {
    return clock;
  }

  boolean isPaused() {
    return paused;
  }

  long taskCostNs() {
    return taskCostNs;
  }

  int side() {
    return side;
  }

  void side(int newSide) {
    side = newSide;
  }

  /** The address as another node would dial it. */
  Address seenFromHere(Address address) {
    return OWN_HOSTS.contains(address.host()) ? new Address(name, address.port()) : address;
  }

  /** Where an endpoint bound to this local address is dialled. */
  Address localAddress(Address bind) {
    if (!OWN_HOSTS.contains(bind.host()) && !bind.host().equals(name)) {
      throw new AddressUnavailableException(
          "node '" + name + "' can't bind " + bind + "; it has '" + name + "' and the wildcards");
    }
    if (bind.port() != 0) {
      return new Address(name, bind.port());
    }
    int port = FIRST_PORT;
    while (wires.at(new Address(name, port)) != null) {
      port++;
    }
    return new Address(name, port);
  }

  @Override
  public String toString() {
    return name + (up ? "" : " (down)");
  }
}
