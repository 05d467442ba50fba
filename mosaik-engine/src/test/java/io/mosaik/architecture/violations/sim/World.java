package io.mosaik.architecture.violations.sim;

import io.mosaik.architecture.violations.groups.Clean;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;

/** May see everything, and keeps its own seeded generators. */
public class World {
  final SplittableRandom random = new SplittableRandom(1);
  final Clean clean = new Clean();

  String result(CompletableFuture<String> done) {
    return done.join();
  }
}
