package io.mosaik.architecture.violations.groups.bond;

import io.mosaik.architecture.violations.transport.Link;

class BondHandshake {
  void start(Link link) {
    link.close();
  }
}
