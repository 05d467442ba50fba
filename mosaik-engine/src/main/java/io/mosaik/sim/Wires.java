package io.mosaik.sim;

import io.mosaik.transport.Address;
import io.mosaik.transport.AddressUnavailableException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Everything between the nodes of a world: paths, who answers at which address, time limits. */
final class Wires {

  private final Scheduler scheduler;
  private final SplittableRandom random;
  private final Map<Long, Path> paths = new LinkedHashMap<>();
  private final Map<Address, SimEndpoint> bound = new LinkedHashMap<>();
  private LinkProfile defaultProfile = LinkProfile.LAN;
  private long idleTimeoutNs = Duration.ofSeconds(5).toNanos();
  private long dialTimeoutNs = Duration.ofSeconds(3).toNanos();
  private int windowBytes = 1024 * 1024;
  private long connectionCount;

  Wires(Scheduler scheduler, SplittableRandom random) {
    this.scheduler = scheduler;
    this.random = random;
  }

  Scheduler scheduler() {
    return scheduler;
  }

  SplittableRandom random() {
    return random;
  }

  void defaultProfile(LinkProfile profile) {
    defaultProfile = profile;
    paths.values().forEach(path -> path.profile(profile));
  }

  void idleTimeout(Duration timeout) {
    idleTimeoutNs = timeout.toNanos();
  }

  long idleTimeoutNs() {
    return idleTimeoutNs;
  }

  void dialTimeout(Duration timeout) {
    dialTimeoutNs = timeout.toNanos();
  }

  long dialTimeoutNs() {
    return dialTimeoutNs;
  }

  void windowBytes(int bytes) {
    windowBytes = bytes;
  }

  int windowBytes() {
    return windowBytes;
  }

  long nextConnectionNumber() {
    return ++connectionCount;
  }

  Path path(Node from, Node to) {
    return paths.computeIfAbsent(
        (long) from.index() << 32 | to.index(), key -> new Path(from, to, defaultProfile));
  }

  void mendAll() {
    paths.values().forEach(path -> path.cut(false));
  }

  @Nullable SimEndpoint at(Address address) {
    return bound.get(address);
  }

  void bind(Address address, SimEndpoint endpoint) {
    if (bound.putIfAbsent(address, endpoint) != null) {
      throw new AddressUnavailableException(
          "the address " + address + " is bound already; bind another port, or 0 for any");
    }
  }

  void unbind(Address address, SimEndpoint endpoint) {
    bound.remove(address, endpoint);
  }
}
