package io.mosaik.architecture.violations.transport.quic;

import java.net.DatagramSocket;
import java.net.SocketException;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.ReentrantLock;

/** May do all of this, for it is a door. */
class RealEndpoint {
  final ReentrantLock lock = new ReentrantLock();
  final SplittableRandom random = new SplittableRandom(ThreadLocalRandom.current().nextLong());

  DatagramSocket open() throws SocketException {
    return new DatagramSocket();
  }

  Thread start() {
    return Thread.startVirtualThread(() -> {});
  }

  long now() {
    return System.nanoTime();
  }

  synchronized String await(CompletableFuture<String> future) {
    return future.join();
  }
}
