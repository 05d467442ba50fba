package io.mosaik.architecture.violations.wire;

import io.mosaik.architecture.violations.groups.Clean;

class ImportsUp {
  Clean[] above = {};
}
