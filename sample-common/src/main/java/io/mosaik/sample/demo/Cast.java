package io.mosaik.sample.demo;

import io.mosaik.sample.ExitWithParent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The nodes: how each is configured and started, and that all of them are gone in the end. The
 * first matcher has a fixed identity and port; everyone else is told its address, and nothing about
 * anyone else.
 */
final class Cast {

  static final int TRADERS = 2;
  static final int MATCHERS = 3;
  static final int REPORTERS = 2;

  /** How many orders a second each trader sends. */
  private static final int ORDERS_PER_SECOND = 1_000;

  private static final Duration STOP_PATIENCE = Duration.ofSeconds(6);

  private final Path home;
  private final Path logs;
  private final @Nullable Path orders;
  private final Ports ports = new Ports();
  private final Identity first = Identity.random();
  private final String network = "demo-" + Identity.random().peerId().substring(0, 12);
  private final String groupKey = Identity.random().secretKey();
  private final String bootstrap;
  private final int firstPort;

  /** Changed by the main thread, read by the shutdown hook. */
  private final List<Node> nodes = new ArrayList<>();

  private volatile boolean stopped;

  Cast(Path home, Path logs, @Nullable Path orders) {
    this.home = home;
    this.logs = logs;
    this.orders = orders;
    this.firstPort = ports.next();
    this.bootstrap = first.peerId() + "@127.0.0.1:" + firstPort;
  }

  /** The one address that the others are told. */
  String bootstrap() {
    return bootstrap;
  }

  /** The network's name, a new one each time. */
  String network() {
    return network;
  }

  /** Starts the matcher whose address the others get. */
  Node startFirst() {
    return start(
        "matcher-1",
        Node.Role.MATCHER,
        List.of("--mosaik.bind=127.0.0.1:" + firstPort),
        Map.of("MOSAIK_SECRETKEY", first.secretKey()));
  }

  /** Starts a further matcher or a reporter. */
  Node start(Node.Role role, int number) {
    return start(nameOf(role, number), role, meetingFirst(), Map.of());
  }

  /** Starts a trader, which sends its share of the orders. */
  Node startTrader(int number) {
    List<String> arguments = new ArrayList<>(meetingFirst());
    arguments.add("--trader.name=" + nameOf(Node.Role.TRADER, number));
    arguments.add("--trader.share=" + number + "/" + TRADERS);
    arguments.add("--trader.orders-per-second=" + ORDERS_PER_SECOND);
    arguments.add("--trader.matchers=" + MATCHERS);
    arguments.add("--trader.auto-start=false");
    if (orders != null) {
      arguments.add("--orders=" + orders.toAbsolutePath());
    }
    return start(nameOf(Node.Role.TRADER, number), Node.Role.TRADER, arguments, Map.of());
  }

  private List<String> meetingFirst() {
    return List.of("--mosaik.bind=127.0.0.1:0", "--mosaik.bootstrap=" + bootstrap);
  }

  private synchronized Node start(
      String name, Node.Role role, List<String> arguments, Map<String, String> secrets) {
    if (stopped) {
      throw new DemoException("stopped");
    }
    List<String> all = new ArrayList<>(arguments);
    all.add("--mosaik.network=" + network);
    // Secrets go through the environment: a command line can be read by everyone on the machine.
    Map<String, String> environment = new java.util.HashMap<>(secrets);
    environment.put(ExitWithParent.VARIABLE, "true");
    if (role == Node.Role.MATCHER) {
      // Set to what is deployed, it excludes that matchers which have not met form groups of one.
      all.add("--mosaik.groups.order-book.bootstrap-expect=" + MATCHERS);
      environment.put("ORDER_BOOK_KEY", groupKey);
    }
    Node node = Node.start(name, role, jarOf(role), logs, ports.next(), environment, all);
    nodes.add(node);
    return node;
  }

  private static String nameOf(Node.Role role, int number) {
    return role.name().toLowerCase(java.util.Locale.ROOT) + "-" + number;
  }

  private Path jarOf(Node.Role role) {
    Path target = home.resolve(role.module).resolve("target");
    try (Stream<Path> files = Files.list(target)) {
      return files
          .filter(file -> file.getFileName().toString().matches(role.module + "-[0-9].*\\.jar"))
          .filter(file -> !file.getFileName().toString().matches(".*-(sources|javadoc)\\.jar"))
          .findFirst()
          .orElseThrow(() -> notBuilt(target));
    } catch (java.io.IOException e) {
      throw notBuilt(target);
    }
  }

  private static DemoException notBuilt(Path target) {
    return new DemoException("nothing built in " + target + "; run ./mvnw -DskipTests package");
  }

  /** Whether this program is ending. */
  boolean isStopping() {
    return stopped;
  }

  /** Stops all nodes and waits until they are gone; after a while kills those that are not. */
  synchronized void stopAll() {
    stopped = true;
    nodes.forEach(Node::stop);
    long end = System.nanoTime() + STOP_PATIENCE.toNanos();
    for (Node node : nodes) {
      node.awaitStopped(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
    }
  }
}
