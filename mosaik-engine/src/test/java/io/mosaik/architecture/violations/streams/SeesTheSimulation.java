package io.mosaik.architecture.violations.streams;

import io.mosaik.architecture.violations.sim.World;

class SeesTheSimulation {
  final World world = new World();
}
