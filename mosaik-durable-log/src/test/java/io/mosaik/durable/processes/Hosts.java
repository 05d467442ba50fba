package io.mosaik.durable.processes;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;

/** Where members run. */
interface Hosts extends AutoCloseable {

  /** How many members they take. */
  int count();

  /** The address of a member, as host:port. */
  String address(int member);

  /** What comes before the command of its process; may be nothing. */
  List<String> prefix(int member);

  /** Whether what lies between hosts can be cut. */
  boolean canCut();

  /** Takes a host's cable out, which the host can see. */
  void unplug(int member) throws IOException;

  /** What one host sends to another gets lost from now on, which neither can see. */
  void cut(int from, int to) throws IOException;

  /** Undoes all of that. */
  void mend() throws IOException;

  @Override
  void close() throws IOException;

  /** All on this host's loopback, at free ports. */
  static Hosts loopback(int count) {
    List<String> addresses = freeAddresses(count);
    return new Hosts() {
      @Override
      public int count() {
        return count;
      }

      @Override
      public String address(int member) {
        return addresses.get(member);
      }

      @Override
      public List<String> prefix(int member) {
        return List.of();
      }

      @Override
      public boolean canCut() {
        return false;
      }

      @Override
      public void unplug(int member) {
        throw new UnsupportedOperationException("the loopback has no cable");
      }

      @Override
      public void cut(int from, int to) {
        throw new UnsupportedOperationException("the loopback can't be cut");
      }

      @Override
      public void mend() {}

      @Override
      public void close() {}
    };
  }

  private static List<String> freeAddresses(int count) {
    var sockets = new ArrayList<DatagramSocket>();
    try {
      var addresses = new ArrayList<String>();
      for (int i = 0; i < count; i++) {
        var socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        sockets.add(socket);
        addresses.add("127.0.0.1:" + socket.getLocalPort());
      }
      return addresses;
    } catch (SocketException e) {
      throw new IllegalStateException(e);
    } finally {
      sockets.forEach(DatagramSocket::close);
    }
  }
}
