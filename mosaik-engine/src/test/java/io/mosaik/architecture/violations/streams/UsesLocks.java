package io.mosaik.architecture.violations.streams;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;

class UsesLocks {
  final ReentrantLock lock = new ReentrantLock();
  final CountDownLatch latch = new CountDownLatch(1);
  final ArrayBlockingQueue<String> queue = new ArrayBlockingQueue<>(1);
}
