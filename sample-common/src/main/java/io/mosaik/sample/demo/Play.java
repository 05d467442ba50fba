package io.mosaik.sample.demo;

import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * The demonstration from start to end: start the nodes, watch them find each other and work, kill
 * the leader if asked, wait until nothing moves, check. Runs on the caller's thread.
 */
final class Play {

  private static final Duration POLL = Duration.ofMillis(200);

  /** How long a node may take to answer for the first time. */
  private static final Duration START_PATIENCE = Duration.ofMinutes(4);

  /** How long nothing at all may change before this counts as stuck. */
  private static final Duration STALL_PATIENCE = Duration.ofSeconds(60);

  private final Cast cast;
  private final HttpClient http;
  private final long orders;
  private final Options options;
  private final Screen screen = new Screen();
  private final List<Node> nodes = new ArrayList<>();
  private String lastMove = "";
  private long lastMoveNs;

  Play(Cast cast, HttpClient http, long orders, Options options) {
    this.cast = cast;
    this.http = http;
    this.orders = orders;
    this.options = options;
  }

  /** Whether everything was right. */
  boolean run() throws InterruptedException {
    startNodes();
    work();
    return conclude();
  }

  private void startNodes() throws InterruptedException {
    screen.say("Network " + cast.network() + "; all are told one address: " + cast.bootstrap());
    nodes.add(cast.startFirst());
    awaitAnswers();
    for (int i = 2; i <= Cast.MATCHERS; i++) {
      nodes.add(cast.start(Node.Role.MATCHER, i));
    }
    for (int i = 1; i <= Cast.REPORTERS; i++) {
      nodes.add(cast.start(Node.Role.REPORTER, i));
    }
    for (int i = 1; i <= Cast.TRADERS; i++) {
      nodes.add(cast.startTrader(i));
    }
    awaitAnswers();
  }

  private void awaitAnswers() throws InterruptedException {
    long end = System.nanoTime() + START_PATIENCE.toNanos();
    while (nodes.stream().anyMatch(node -> node.status() == null)) {
      Thread.sleep(POLL);
      refresh();
      Node late = nodes.stream().filter(node -> node.status() == null).findFirst().orElse(null);
      if (late != null && System.nanoTime() - end > 0) {
        throw new DemoException(
            late.name()
                + " has not come up in "
                + START_PATIENCE.toSeconds()
                + " s; see "
                + late.log());
      }
    }
  }

  private void work() throws InterruptedException {
    boolean killed = false;
    awaitMoving(this::hasFormed);
    screen.say("All have found each other; orders flow.");
    for (Node trader : of(Node.Role.TRADER)) {
      trader.begin(http);
    }
    while (!isDone()) {
      if (options.killLeader() && !killed && applied() >= orders / 3) {
        killed = killLeader();
      }
      Thread.sleep(POLL);
      refresh();
      progress();
      requireMovement();
    }
    if (options.killLeader() && !killed) {
      throw new DemoException(
          "all orders were done before a leader could be killed; give a file with more orders");
    }
  }

  /** Whether everyone is connected to everyone it should be, and all matchers vote. */
  private boolean hasFormed() {
    return of(Node.Role.TRADER).stream().allMatch(n -> number(n, "consumers") == Cast.MATCHERS)
        && of(Node.Role.MATCHER).stream()
            .allMatch(n ->
                number(n, "producers") == Cast.TRADERS
                    && number(n, "consumers") == Cast.REPORTERS
                    && number(n, "committee") == Cast.MATCHERS)
        && of(Node.Role.REPORTER).stream().allMatch(n -> number(n, "producers") == Cast.MATCHERS);
  }

  private void awaitMoving(BooleanSupplier condition) throws InterruptedException {
    while (!condition.getAsBoolean()) {
      Thread.sleep(POLL);
      refresh();
      requireMovement();
    }
  }

  private boolean killLeader() throws InterruptedException {
    for (Node node : of(Node.Role.MATCHER)) {
      if (node.status() != null && node.status().text("role").equals("LEADER")) {
        long applied = applied();
        node.kill();
        screen.say(
            "%s leads; killed it (SIGKILL, pid %d) with %,d of %,d orders applied."
                .formatted(node.name(), node.pid(), applied, orders));
        return true;
      }
    }
    return false;
  }

  private void refresh() throws InterruptedException {
    for (Node node : nodes) {
      boolean wasUp = node.status() != null;
      if (node.refresh(http)) {
        if (!wasUp) {
          screen.node(node, "is up, pid " + node.pid() + ", " + node.uri());
        }
        screen.topology(node, leaderName(node), nodes);
      }
    }
  }

  /** A network that stands still before it is done will never be. */
  private void requireMovement() {
    var state = new StringBuilder();
    for (Node node : nodes) {
      if (node.status() != null && !node.isKilled()) {
        state.append(Screen.movementOf(node)).append(' ');
      }
    }
    long now = System.nanoTime();
    if (!state.toString().equals(lastMove)) {
      lastMove = state.toString();
      lastMoveNs = now;
    } else if (now - lastMoveNs > STALL_PATIENCE.toNanos()) {
      throw new DemoException(
          "nothing has moved for "
              + STALL_PATIENCE.toSeconds()
              + " s; wrong so far:\n  "
              + String.join("\n  ", problems()));
    }
  }

  private void progress() {
    List<String> fills = new ArrayList<>();
    for (Node reporter : of(Node.Role.REPORTER)) {
      fills.add("%,d".formatted(number(reporter, "fills")));
    }
    screen.progress(
        "%,d of %,d orders sent, %,d applied; fills: %,d matched, %s reported"
            .formatted(
                sent(),
                orders,
                applied(),
                maxOf(Node.Role.MATCHER, "fills"),
                String.join(" and ", fills)));
  }

  private boolean isDone() {
    return nodes.size() == Cast.TRADERS + Cast.MATCHERS + Cast.REPORTERS
        && nodes.stream().allMatch(node -> node.status() != null)
        && problems().isEmpty();
  }

  private List<String> problems() {
    return Verdict.check(
        orders, answers(Node.Role.TRADER), answers(Node.Role.MATCHER), answers(Node.Role.REPORTER));
  }

  private boolean conclude() throws InterruptedException {
    // Once more, now that all is said to be done: nothing may have been applied or counted since.
    Thread.sleep(POLL);
    List<String> problems = new ArrayList<>();
    for (Node node : nodes) {
      if (!node.isKilled() && !node.refresh(http)) {
        problems.add(node.name() + " does not answer any more; see " + node.log());
      }
    }
    problems.addAll(problems());
    if (!problems.isEmpty()) {
      problems.forEach(problem -> screen.say("WRONG: " + problem));
      return false;
    }
    Json.View book = answers(Node.Role.MATCHER).values().iterator().next();
    screen.result(
        orders,
        book,
        answers(Node.Role.TRADER),
        answers(Node.Role.MATCHER),
        answers(Node.Role.REPORTER));
    if (options.keepRunning()) {
      screen.say("Keeps running until Ctrl-C:");
      nodes.stream()
          .filter(Node::isAlive)
          .forEach(node -> screen.say("  %-10s %s".formatted(node.name(), node.uri())));
      Thread.sleep(Duration.ofDays(365));
    }
    return true;
  }

  private List<Node> of(Node.Role role) {
    return nodes.stream().filter(node -> node.role() == role && !node.isKilled()).toList();
  }

  private Map<String, Json.View> answers(Node.Role role) {
    Map<String, Json.View> answers = new LinkedHashMap<>();
    for (Node node : of(role)) {
      if (node.status() != null) {
        answers.put(node.name(), node.status());
      }
    }
    return answers;
  }

  private long sent() {
    return of(Node.Role.TRADER).stream().mapToLong(node -> number(node, "sent")).sum();
  }

  private long applied() {
    return maxOf(Node.Role.MATCHER, "orders");
  }

  private long maxOf(Node.Role role, String property) {
    return of(role).stream().mapToLong(node -> number(node, property)).max().orElse(0);
  }

  private static long number(Node node, String property) {
    return node.status() == null ? 0 : node.status().number(property);
  }

  private String leaderName(Node node) {
    if (node.status() == null || node.role() != Node.Role.MATCHER) {
      return "";
    }
    String leader = node.status().text("leader");
    return nodes.stream()
        .filter(other -> other.status() != null && other.status().text("peerId").equals(leader))
        .map(Node::name)
        .findFirst()
        .orElse("");
  }
}
