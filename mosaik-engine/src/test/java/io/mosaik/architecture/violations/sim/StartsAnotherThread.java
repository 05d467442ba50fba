package io.mosaik.architecture.violations.sim;

class StartsAnotherThread {
  final Thread caller = Thread.currentThread();

  Thread another(Runnable task) {
    return Thread.startVirtualThread(task);
  }
}
