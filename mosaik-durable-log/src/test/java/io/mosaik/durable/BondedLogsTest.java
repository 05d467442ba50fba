package io.mosaik.durable;

import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.Network;
import io.mosaik.durable.processes.Ledger;
import io.mosaik.groups.Group;
import io.mosaik.groups.Group.Consistency;
import io.mosaik.groups.GroupKey;
import io.mosaik.groups.config.ConsensusConfig;
import io.mosaik.groups.config.QuorumPolicy;
import io.mosaik.id.NetworkId;
import io.mosaik.sim.Node;
import io.mosaik.sim.World;
import io.mosaik.transport.Address;
import io.mosaik.transport.PeerAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Logs in files under the policy by which members drop what was committed. */
class BondedLogsTest {

  private static final List<String> NAMES = List.of("n1", "n2", "n3");
  private static final PeerAddress FIRST = PeerAddress.of(new Address("n1", 4000));

  private static final ConsensusConfig CONFIG =
      ConsensusConfig.builder()
          .bootstrapExpect(NAMES.size())
          .quorumPolicy(QuorumPolicy.BONDED)
          .build();

  /** Three members, whose files outlive their nodes. */
  private static final class Members implements AutoCloseable {

    final World world;
    final Map<String, FaultyFiles> files = new LinkedHashMap<>();
    private final Map<String, Group<Long, Integer, Boolean, List<Long>>> groups =
        new LinkedHashMap<>();

    Members(long seed) {
      world = World.seeded(seed);
      for (String name : NAMES) {
        files.put(name, new FaultyFiles(seed));
        world.node(name).runs(this::join);
      }
    }

    private void join(Node node) {
      Network network =
          Network.builder(NetworkId.of("bonded"))
              .host(node.host())
              .secretKey(node.key())
              .bootstrap(FIRST)
              .start();
      groups.put(
          node.name(),
          network
              .groups()
              .withKey(GroupKey.of("ledger"))
              .stateMachine(new Ledger())
              .consensus(CONFIG)
              .storage(Logs.over(Objects.requireNonNull(files.get(node.name()))))
              .join());
    }

    Group<Long, Integer, Boolean, List<Long>> group(String name) {
      return Objects.requireNonNull(groups.get(name), name);
    }

    List<Long> numbers(String name) {
      return group(name).query(true, Consistency.WEAK).answer();
    }

    void awaitOneState() {
      world.runUntil(
          "all are online and have applied the same",
          () ->
              groups.values().stream()
                  .map(group -> group.status().get())
                  .allMatch(now -> now.online() && now.applied() == now.committed()),
          Duration.ofSeconds(60));
      world.run(Duration.ofSeconds(3));
      assertThat(NAMES.stream().map(this::numbers).distinct().toList()).hasSize(1);
    }

    @Override
    public void close() {
      world.close();
    }
  }

  @Test
  void what_was_committed_and_dropped_does_not_come_back_with_the_files() {
    for (long seed = 1; seed <= 2; seed++) {
      try (var members = new Members(seed)) {
        members.awaitOneState();
        members.group("n1").execute(1L);
        members.world.partition(Set.of("n1"), Set.of("n2", "n3"));
        members.world.run(Duration.ofSeconds(20));
        members.group("n1").execute(2L);
        members.group("n2").execute(3L);
        members.world.heal();
        members.awaitOneState();
        List<Long> agreed = members.numbers("n1");
        assertThat(agreed).as("seed %d", seed).isIn(List.of(1L, 2L), List.of(1L, 3L));

        NAMES.forEach(members.world::crash);
        members.files.values().forEach(FaultyFiles::crash);
        NAMES.forEach(members.world::restart);
        members.awaitOneState();
        assertThat(members.numbers("n3")).as("seed %d", seed).isEqualTo(agreed);
        members.group("n2").execute(4L);
        members.awaitOneState();
        assertThat(members.numbers("n1")).hasSize(3).contains(4L);
        assertThat(members.world.failures()).isEmpty();
      }
    }
  }
}
