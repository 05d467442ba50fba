package io.mosaik.architecture.violations.streams;

class LeavesANote {
  int half(int whole) {
    // TODO: the rest
    return whole / 2;
  }
}
