package io.mosaik.durable.processes;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A network namespace for each member, joined by a bridge in one more. A member is cut off at the
 * bridge, so that its own side looks as it does when a switch fails. Traffic stays inside. Needs
 * root and {@code ip}; everything is removed by {@link #close}.
 */
final class NamespaceHosts implements Hosts {

  private static final int PORT = 4_000;

  private final String prefix = "mosaik" + ProcessHandle.current().pid();
  private final List<String> made = new ArrayList<>();

  private NamespaceHosts() {}

  /** Makes them; null, having said why, if this machine doesn't allow it. */
  static @Nullable NamespaceHosts make(int count) throws IOException {
    var hosts = new NamespaceHosts();
    try {
      hosts.build(count);
      return hosts;
    } catch (IOException e) {
      hosts.close();
      System.out.println("Network namespaces can't be made here: " + e.getMessage());
      return null;
    }
  }

  private void build(int count) throws IOException {
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
      ip("-n", host, "addr", "add", "10.77.0." + (i + 1) + "/24", "dev", "eth0");
      ip("-n", host, "link", "set", "eth0", "up");
    }
  }

  private String host(int member) {
    return prefix + "-" + member;
  }

  private void add(String namespace) throws IOException {
    ip("netns", "add", namespace);
    made.add(namespace);
  }

  @Override
  public String address(int member) {
    return "10.77.0." + (member + 1) + ":" + PORT;
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
  public void setConnected(int member, boolean connected) throws IOException {
    ip("-n", prefix + "-sw", "link", "set", "p" + member, connected ? "up" : "down");
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
