package io.mosaik.groups;

import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.Network;
import io.mosaik.groups.Group.Consistency;
import io.mosaik.groups.Group.Executed;
import io.mosaik.groups.config.ConsensusConfig;
import io.mosaik.groups.log.Entry;
import io.mosaik.id.NetworkId;
import io.mosaik.transport.Address;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The same groups on the machine's own threads and sockets. */
class GroupsOverQuicTest {

  /** On a machine that does much else. */
  private static final Duration PATIENT = Duration.ofSeconds(60);

  private static final ConsensusConfig QUICK =
      ConsensusConfig.builder()
          .heartbeatInterval(Duration.ofMillis(200))
          .heartbeatJitter(Duration.ofMillis(50))
          .maxMissedHeartbeats(10)
          .electionTimeout(Duration.ofMillis(800))
          .electionTimeoutJitter(Duration.ofMillis(400))
          .bootstrapDelay(Duration.ofMillis(300))
          .bootstrapExpect(3)
          .build();

  /** The length of a text takes a few bytes of its own. */
  private static final int LENGTH_BYTES = 4;

  private final List<Network> nodes = new ArrayList<>();
  private final List<Group<String, Integer, String, String>> groups = new ArrayList<>();

  private void join() {
    var builder =
        Network.builder(NetworkId.of("groups-over-quic")).bind(new Address("127.0.0.1", 0));
    if (!nodes.isEmpty()) {
      builder.bootstrap(nodes.getFirst().address());
    }
    Network node = builder.start();
    nodes.add(node);
    groups.add(
        node.groups().withKey(GroupWorld.KEY).stateMachine(new Journal()).consensus(QUICK).join());
  }

  @AfterEach
  void close() {
    nodes.forEach(Network::close);
  }

  @Test
  @Timeout(60)
  void three_nodes_replicate_and_survive_the_departure_of_their_leader() throws Exception {
    for (int i = 0; i < 3; i++) {
      join();
    }
    for (var group : groups) {
      group.when().isOnline().future().get(30, TimeUnit.SECONDS);
    }
    List<CompletableFuture<Executed<Integer>>> futures = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      for (int node = 0; node < 3; node++) {
        futures.add(groups.get(node).executeAsync(node + "-" + i));
      }
    }
    for (var future : futures) {
      future.get(20, TimeUnit.SECONDS);
    }
    String first = groups.get(0).query("", Consistency.STRONG).answer();
    assertThat(first.split(",")).hasSize(1_500).doesNotHaveDuplicates();
    for (var group : groups) {
      assertThat(group.query("", Consistency.STRONG).answer()).isEqualTo(first);
      assertThat(group.bonds()).hasSize(2);
    }

    int leading = groups.get(0).isLeader() ? 0 : groups.get(1).isLeader() ? 1 : 2;
    nodes.get(leading).close();
    Group<String, Integer, String, String> other = groups.get((leading + 1) % 3);
    assertThat(other.execute("after", PATIENT).result()).isEqualTo(1_501);
  }

  /** From a follower, so that the command travels twice: to the leader, and from it. */
  @Test
  @Timeout(60)
  void a_command_and_a_batch_at_the_size_limit_are_replicated() throws Exception {
    for (int i = 0; i < 3; i++) {
      join();
    }
    for (var group : groups) {
      group.when().isOnline().future().get(30, TimeUnit.SECONDS);
    }
    Group<String, Integer, String, String> follower =
        groups.stream().filter(group -> !group.isLeader()).findFirst().orElseThrow();
    String largest = "x".repeat(Entry.MAX_COMMAND_BYTES - LENGTH_BYTES);
    assertThat(follower.execute("small", PATIENT).result()).isEqualTo(1);
    assertThat(follower.execute(largest, PATIENT).result()).isEqualTo(2);
    String eighth = "y".repeat(Entry.MAX_COMMAND_BYTES / 8 - LENGTH_BYTES);
    var batch = follower.executeAll(Collections.nCopies(8, eighth), PATIENT);
    assertThat(batch).extracting(each -> each.orThrow().result()).last().isEqualTo(10);
    assertThat(follower.execute("after", PATIENT).result()).isEqualTo(11);
    for (var group : groups) {
      assertThat(group.query("", Consistency.STRONG).answer())
          .isEqualTo(String.join(",", all(largest, eighth)));
    }
  }

  private static List<String> all(String largest, String eighth) {
    var lines = new ArrayList<String>(List.of("small", largest));
    lines.addAll(Collections.nCopies(8, eighth));
    lines.add("after");
    return lines;
  }
}
