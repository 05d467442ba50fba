package io.mosaik;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mosaik.id.NetworkId;
import io.mosaik.id.SecretKey;
import io.mosaik.runtime.Platform;
import io.mosaik.sim.World;
import io.mosaik.streams.Consumer;
import io.mosaik.streams.Producer;
import io.mosaik.transport.Address;
import io.mosaik.transport.Endpoint;
import io.mosaik.transport.PeerAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A node from its start to its end, in a simulated world. */
class NetworkLifecycleTest {

  record Data(int value) {}

  private static final NetworkId ID = NetworkId.of("example");

  private final World world = World.seeded(3);

  @AfterEach
  void nothingFailed() {
    assertThat(world.failures()).isEmpty();
    world.close();
  }

  @Test
  void what_was_sent_before_a_close_is_received() {
    Network n0 = start("n0");
    Network n1 = start("n1", n0.address());
    Producer<Data> producer = n0.streams().produce(Data.class);
    Consumer<Data> consumer = n1.streams().consume(Data.class);
    producer.when().subscribed().await();
    for (int i = 0; i < 500; i++) {
      producer.send(new Data(i));
    }

    n0.close();

    for (int i = 0; i < 500; i++) {
      assertThat(consumer.receive(Duration.ofSeconds(1))).isEqualTo(new Data(i));
    }
    assertThat(n1.discovery().catalog().get().size()).isZero();
  }

  @Test
  void a_close_takes_the_linger_and_little_more_and_a_second_one_nothing() {
    Network n0 = start("n0");
    Network n1 = start("n1", n0.address());
    world.runUntil(
        "they met", () -> n0.discovery().catalog().get().size() == 1, Duration.ofSeconds(3));
    world.run(Duration.ofSeconds(1));
    Duration before = world.now();

    n1.close();

    assertThat(world.now().minus(before))
        .isBetween(Duration.ofMillis(500), Duration.ofMillis(1500));
    Duration closed = world.now();
    n1.close();
    assertThat(n1.closeAsync()).isCompleted();
    assertThat(world.now()).isEqualTo(closed);
  }

  @Test
  void a_closed_node_says_so_to_who_still_asks_it() {
    Network n0 = start("n0");
    n0.close();

    assertThat(n0.discovery().dial(PeerAddress.parse("n1:4000")))
        .failsWithin(Duration.ZERO)
        .withThrowableThat()
        .havingRootCause()
        .withMessageContaining("this node has left");
  }

  @Test
  void a_node_starts_again_where_one_was_closed() {
    Network first = start("n0");
    PeerAddress address = first.address();
    first.close();

    Network second = start("n0");
    Network n1 = start("n1", second.address());

    assertThat(second.address()).isEqualTo(address);
    world.runUntil(
        "they meet", () -> n1.discovery().catalog().get().size() == 1, Duration.ofSeconds(3));
  }

  @Test
  void nodes_meet_only_if_they_know_the_same_secret() {
    Network n0 = world.network("n0", ID, node -> node.networkSecret("a secret"));
    Network n1 =
        world.network("n1", ID, node -> node.networkSecret("a secret").bootstrap(n0.address()));
    Network wrong =
        world.network("n2", ID, node -> node.networkSecret("a guess").bootstrap(n0.address()));
    Network without = start("n3", n0.address());

    world.run(Duration.ofSeconds(30));

    assertThat(n0.discovery().catalog().get().peers())
        .extracting("peerId")
        .containsExactly(n1.peerId());
    assertThat(wrong.discovery().catalog().get().size()).isZero();
    assertThat(without.discovery().catalog().get().size()).isZero();
  }

  @Test
  void a_start_that_fails_releases_the_host_and_says_why() {
    var released = new AtomicInteger();
    Host real = world.host("n0");
    Host broken =
        new Host() {
          @Override
          public Platform platform() {
            return real.platform();
          }

          @Override
          public Endpoint open(SecretKey key, Address bind, List<Address> advertise) {
            throw new IllegalStateException("the port is taken");
          }

          @Override
          public void release() {
            released.incrementAndGet();
          }
        };

    assertThatThrownBy(() -> Network.builder(ID).host(broken).start())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the port is taken");
    assertThat(released).hasValue(1);
  }

  private Network start(String name, PeerAddress... bootstrap) {
    return world.network(name, ID, node -> node.bootstrap(bootstrap));
  }
}
