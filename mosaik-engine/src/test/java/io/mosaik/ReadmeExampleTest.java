package io.mosaik;

import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.id.NetworkId;
import io.mosaik.sim.World;
import io.mosaik.streams.Consumer;
import io.mosaik.streams.Producer;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * Three nodes, one producer, two consumers: as one would write it who has read the README alone.
 */
class ReadmeExampleTest {

  record Data1(int value) {}

  @Test
  void three_nodes_over_quic() {
    var id = NetworkId.of("example");

    try (Network n0 = Network.builder(id).start();
        Network n1 = Network.builder(id).bootstrap(n0.address()).start();
        Network n2 = Network.builder(id).bootstrap(n0.address()).start()) {
      Producer<Data1> p0 = n0.streams().produce(Data1.class);
      Consumer<Data1> c1 = n1.streams().consume(Data1.class);
      Consumer<Data1> c2 = n2.streams().consume(Data1.class);

      // await topology formation
      p0.when().subscribed().minimumOf(2).await();

      p0.send(new Data1(42));

      assertThat(c1.receive()).isEqualTo(new Data1(42));
      assertThat(c2.receive()).isEqualTo(new Data1(42));
    }
  }

  @Test
  void three_nodes_in_a_simulated_world() {
    var id = NetworkId.of("example");

    try (World world = World.seeded(42);
        Network n0 = Network.builder(id).host(world.host("n0")).start();
        Network n1 = Network.builder(id).host(world.host("n1")).bootstrap(n0.address()).start();
        Network n2 = Network.builder(id).host(world.host("n2")).bootstrap(n0.address()).start()) {
      Producer<Data1> p0 = n0.streams().produce(Data1.class);
      Consumer<Data1> c1 = n1.streams().consume(Data1.class);
      Consumer<Data1> c2 = n2.streams().consume(Data1.class);

      p0.when().subscribed().minimumOf(2).await();

      p0.send(new Data1(42));

      assertThat(c1.receive()).isEqualTo(new Data1(42));
      assertThat(c2.receive()).isEqualTo(new Data1(42));
      assertThat(world.now()).isLessThan(Duration.ofSeconds(3));
      assertThat(world.failures()).isEmpty();
    }
  }
}
