package io.mosaik.architecture;

import io.mosaik.runtime.Platform;

/** Breaks the rule on purpose: a platform is the engine's own affair. */
class LooksInside {
  long now(Platform platform) {
    return platform.clock().nanoTime();
  }
}
