package io.mosaik.architecture.violations.streams;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

class StartsThreads {
  Thread byHand(Runnable task) {
    return Thread.ofVirtual().start(task);
  }

  ExecutorService byPool() {
    return Executors.newVirtualThreadPerTaskExecutor();
  }
}
