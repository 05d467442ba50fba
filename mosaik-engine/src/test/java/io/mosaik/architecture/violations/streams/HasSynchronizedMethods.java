package io.mosaik.architecture.violations.streams;

class HasSynchronizedMethods {
  private int count;

  synchronized void add() {
    count++;
  }

  synchronized int count() {
    return count;
  }
}
