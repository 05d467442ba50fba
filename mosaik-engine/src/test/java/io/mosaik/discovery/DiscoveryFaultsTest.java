package io.mosaik.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.Network;
import io.mosaik.id.PeerId;
import io.mosaik.sim.World;
import io.mosaik.transport.PeerAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Random crashes, restarts, cuts and departures: when they end, all see all that live. */
class DiscoveryFaultsTest {

  private static final int NODES = 5;
  private static final int SEEDS = 60;

  @Test
  void whatever_happened_all_see_all_in_the_end() {
    World.forSeeds(1000, SEEDS, DiscoveryFaultsTest::scenario);
  }

  private static void scenario(World world) {
    Map<String, Network> nodes = new LinkedHashMap<>();
    for (int i = 0; i < NODES; i++) {
      start(world, nodes, "n" + i);
    }
    for (int step = 0; step < 12; step++) {
      world.run(Duration.ofMillis(world.random().nextInt(8_000)));
      String a = "n" + world.random().nextInt(NODES);
      String b = "n" + world.random().nextInt(NODES);
      switch (world.random().nextInt(6)) {
        case 0 -> world.isolate(a);
        case 1 -> world.partition(Set.of(a), Set.of(a.equals(b) ? "n9" : b));
        case 2 -> world.heal();
        case 3 -> crash(world, nodes, a);
        case 4 -> restart(world, nodes, a);
        default -> {
          if (!a.equals(b)) {
            world.cutOneWay(a, b);
          }
        }
      }
    }
    world.heal();
    for (int i = 0; i < NODES; i++) {
      restart(world, nodes, "n" + i);
    }
    world.runUntil("all see all", () -> allSeeAll(nodes), Duration.ofSeconds(30));
    world.run(Duration.ofMinutes(1));
    assertThat(allSeeAll(nodes)).isTrue();
    assertThat(world.failures()).isEmpty();
  }

  private static void crash(World world, Map<String, Network> nodes, String name) {
    if (nodes.remove(name) != null) {
      world.crash(name);
    }
  }

  private static void restart(World world, Map<String, Network> nodes, String name) {
    if (!nodes.containsKey(name)) {
      world.restart(name);
      start(world, nodes, name);
    }
  }

  private static void start(World world, Map<String, Network> nodes, String name) {
    nodes.put(name, world.network(name, node -> node.bootstrap(PeerAddress.parse("n0:4000"))));
  }

  private static boolean allSeeAll(Map<String, Network> nodes) {
    Set<PeerId> all = nodes.values().stream().map(Network::peerId).collect(Collectors.toSet());
    return nodes.values().stream()
        .allMatch(node -> {
          List<PeerId> seen =
              node.discovery().catalog().get().peers().stream().map(PeerEntry::peerId).toList();
          return seen.size() == all.size() - 1
              && all.containsAll(seen)
              && !seen.contains(node.peerId());
        });
  }
}
