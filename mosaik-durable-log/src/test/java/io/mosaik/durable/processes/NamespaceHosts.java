package io.mosaik.durable.processes;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A network namespace for each member, joined by a bridge in one more. A host is unplugged at the
 * bridge, so that its own side looks as it does when a switch fails. What it sends to another gets
 * lost where it takes that one to be a card that nobody has: sending goes on without an error, as
 * on a real network, and the way back is open. Traffic stays inside. Needs root and {@code ip};
 * everything is removed by {@link #close}.
 */
final class NamespaceHosts implements Hosts {

  private static final int PORT = 4_000;
  private static final AtomicInteger MADE = new AtomicInteger();
  private static final String NOBODY = "02:00:00:00:00:01";

  /** What one host can't reach. */
  private record Cut(int from, int to) {}

  private final int count;
  private final String prefix =
      "mosaik" + ProcessHandle.current().pid() + "-" + MADE.incrementAndGet();
  private final List<String> made = new ArrayList<>();
  private final Set<Integer> unplugged = new LinkedHashSet<>();
  private final Set<Cut> cuts = new LinkedHashSet<>();

  private NamespaceHosts(int count) {
    this.count = count;
  }

  /** Makes them; null, having said why, if this machine doesn't allow it. */
  static @Nullable NamespaceHosts make(int count) throws IOException {
    var hosts = new NamespaceHosts(count);
    try {
      hosts.build();
      return hosts;
    } catch (IOException e) {
      hosts.close();
      System.out.println("Network namespaces can't be made here: " + e.getMessage());
      return null;
    }
  }

  private void build() throws IOException {
    String bridge = prefix + "-sw";
    add(bridge);
    ip("-n", bridge, "link", "add", "br0", "type", "bridge");
    ip("-n", bridge, "link", "set", "br0", "up");
    for (int i = 0; i < count; i++) {
      String host = host(i);
      add(host);
      ip("-n", host, "link", "set", "lo", "up");
      ip(
          "-n", bridge, "link", "add", "p" + i, "type", "veth", "peer", "name", "eth0", "netns",
          host);
      ip("-n", bridge, "link", "set", "p" + i, "master", "br0", "up");
      ip("-n", host, "addr", "add", ip(i) + "/24", "dev", "eth0");
      ip("-n", host, "link", "set", "eth0", "up");
    }
  }

  private String host(int member) {
    return prefix + "-" + member;
  }

  private static String ip(int member) {
    return "10.77.0." + (member + 1);
  }

  private void add(String namespace) throws IOException {
    ip("netns", "add", namespace);
    made.add(namespace);
  }

  @Override
  public int count() {
    return count;
  }

  @Override
  public String address(int member) {
    return ip(member) + ":" + PORT;
  }

  @Override
  public List<String> prefix(int member) {
    return List.of("ip", "netns", "exec", host(member));
  }

  @Override
  public boolean canCut() {
    return true;
  }

  @Override
  public void unplug(int member) throws IOException {
    if (unplugged.add(member)) {
      ip("-n", prefix + "-sw", "link", "set", "p" + member, "down");
    }
  }

  @Override
  public void cut(int from, int to) throws IOException {
    if (cuts.add(new Cut(from, to))) {
      ip(
          "-n",
          host(from),
          "neigh",
          "replace",
          ip(to),
          "lladdr",
          NOBODY,
          "nud",
          "permanent",
          "dev",
          "eth0");
    }
  }

  @Override
  public void mend() throws IOException {
    for (int member : unplugged) {
      ip("-n", prefix + "-sw", "link", "set", "p" + member, "up");
    }
    unplugged.clear();
    for (Cut cut : cuts) {
      ip("-n", host(cut.from), "neigh", "del", ip(cut.to), "dev", "eth0");
    }
    cuts.clear();
  }

  @Override
  public void close() throws IOException {
    for (String namespace : made) {
      ip("netns", "del", namespace);
    }
    made.clear();
  }

  private static void ip(String... arguments) throws IOException {
    var command = new ArrayList<>(List.of("ip"));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.onExit().join().exitValue() != 0) {
      throw new IOException(String.join(" ", command) + ": " + said.strip());
    }
  }
}
