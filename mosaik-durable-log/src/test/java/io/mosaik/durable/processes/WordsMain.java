package io.mosaik.durable.processes;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/**
 * Sends each line of its input to the others, a datagram each, says that it has, and prints what it
 * receives.
 */
final class WordsMain {

  private static final int MOST_BYTES = 1_000;

  private WordsMain() {}

  /** With its own address and those of the others. */
  public static void main(String[] args) throws IOException {
    try (var socket = new DatagramSocket(parse(args[0]))) {
      Thread.ofPlatform().daemon().start(() -> print(socket));
      System.out.println("ready");
      var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
        for (int i = 1; i < args.length; i++) {
          send(socket, new DatagramPacket(bytes, bytes.length, parse(args[i])));
        }
        System.out.println("said " + line);
      }
    }
  }

  private static void send(DatagramSocket socket, DatagramPacket packet) {
    try {
      socket.send(packet);
    } catch (IOException e) {
      System.out.println("error " + e.getMessage());
    }
  }

  private static void print(DatagramSocket socket) {
    var packet = new DatagramPacket(new byte[MOST_BYTES], MOST_BYTES);
    try {
      while (true) {
        socket.receive(packet);
        System.out.println(
            new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8));
        packet.setLength(MOST_BYTES);
      }
    } catch (IOException e) {
      // it ends
    }
  }

  private static InetSocketAddress parse(String address) {
    int colon = address.lastIndexOf(':');
    return new InetSocketAddress(
        address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
  }
}
