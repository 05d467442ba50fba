package io.mosaik.architecture.violations.streams;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

class MakesGenerators {
  RandomGenerator seeded() {
    return new SplittableRandom(1);
  }
}
