package io.mosaik.sim;

import io.mosaik.id.SecretKey;
import io.mosaik.transport.Address;
import io.mosaik.transport.Endpoint;
import io.mosaik.transport.EndpointContract;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;

class SimEndpointTest extends EndpointContract {

  private final World world = World.seeded(11);

  @Override
  protected Endpoint openEndpoint(SecretKey key) {
    String name = "n" + (world.nodes().size() + 1);
    return world.host(name).open(key, new Address("0.0.0.0", 0), List.of());
  }

  @Override
  protected Address nobody() {
    return new Address(world.node("empty").name(), 4000);
  }

  @Override
  protected void letHappenUntil(BooleanSupplier condition) {
    world.runUntil(condition, Duration.ofSeconds(20));
  }

  @Override
  protected void letHappen(Duration time) {
    world.run(time);
  }
}
