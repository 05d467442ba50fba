package io.mosaik.architecture.violations.groups.raft;

import io.mosaik.architecture.violations.runtime.Strand;

class ImpureCore {
  void onTimer(Strand strand) {
    strand.execute(() -> {});
  }
}
