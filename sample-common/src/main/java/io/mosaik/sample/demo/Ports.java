package io.mosaik.sample.demo;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;

/**
 * Finds free ports on the loopback interface. They lie below the range from which operating systems
 * choose ports for outgoing connections, so that none is taken between now and the moment a node
 * binds it.
 */
final class Ports {

  private static final int LOWEST = 20_000;
  private static final int COUNT = 10_000;
  private static final int ATTEMPTS = 1_000;

  private final Random random = new Random();
  private final Set<Integer> given = new HashSet<>();

  /** A port that is free for TCP and UDP and was not given out before. */
  int next() {
    for (int i = 0; i < ATTEMPTS; i++) {
      int port = LOWEST + random.nextInt(COUNT);
      if (!given.contains(port) && isFree(port)) {
        given.add(port);
        return port;
      }
    }
    throw new DemoException(
        "found no free port among "
            + ATTEMPTS
            + " tried on the loopback interface from "
            + LOWEST
            + " on; stop what uses them");
  }

  private static boolean isFree(int port) {
    var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    try (var tcp = new ServerSocket();
        var udp = new DatagramSocket(null)) {
      tcp.bind(address);
      udp.bind(address);
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
