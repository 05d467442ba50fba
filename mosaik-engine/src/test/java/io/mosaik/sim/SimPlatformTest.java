package io.mosaik.sim;

import io.mosaik.runtime.Platform;
import io.mosaik.runtime.PlatformContract;

class SimPlatformTest extends PlatformContract {

  private final World world = World.seeded(7);

  @Override
  protected Platform open() {
    return world.host("n1").platform();
  }

  @Override
  protected void shut() {
    world.close();
  }
}
