package io.mosaik.architecture.violations.streams;

class HasSynchronizedBlocks {
  private final Object monitor = new Object();
  private int count;

  void add() {
    synchronized (monitor) {
      count++;
    }
  }

  int count() {
    return count;
  }
}
