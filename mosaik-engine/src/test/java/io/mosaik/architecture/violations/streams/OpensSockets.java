package io.mosaik.architecture.violations.streams;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;

class OpensSockets {
  DatagramSocket old() throws IOException {
    return new DatagramSocket();
  }

  DatagramChannel channel() throws IOException {
    return DatagramChannel.open();
  }

  InetAddress lookUp(String host) throws IOException {
    return InetAddress.getByName(host);
  }

  InetSocketAddress lookUpToo(String host) {
    return new InetSocketAddress(host, 1);
  }
}
