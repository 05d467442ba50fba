package io.mosaik.transport.quic;

import io.mosaik.transport.Address;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where a bound socket can be reached. */
final class LocalAddresses {

  private static final Logger LOG = LoggerFactory.getLogger(LocalAddresses.class);

  private LocalAddresses() {}

  /**
   * The address a socket is bound to; a wildcard stands for the addresses of all interfaces that
   * are up, or for loopback if there are no others. Advertised addresses come first; port 0 in them
   * is the bound port.
   */
  static List<Address> of(InetSocketAddress bound, List<Address> advertise) {
    Set<Address> all = new LinkedHashSet<>();
    for (Address address : advertise) {
      all.add(address.port() == 0 ? new Address(address.host(), bound.getPort()) : address);
    }
    for (InetAddress ip : expand(bound.getAddress())) {
      all.add(toAddress(ip, bound.getPort()));
    }
    return List.copyOf(all);
  }

  static Address toAddress(InetSocketAddress socket) {
    return toAddress(socket.getAddress(), socket.getPort());
  }

  private static Address toAddress(InetAddress ip, int port) {
    String host = ip.getHostAddress();
    int zone = host.indexOf('%');
    return new Address(zone < 0 ? host : host.substring(0, zone), port);
  }

  private static List<InetAddress> expand(InetAddress bound) {
    if (!bound.isAnyLocalAddress()) {
      return List.of(bound);
    }
    boolean onlyV4 = bound instanceof Inet4Address;
    List<InetAddress> found = new ArrayList<>();
    try {
      for (NetworkInterface nic : Collections.list(NetworkInterface.getNetworkInterfaces())) {
        if (nic.isUp() && !nic.isLoopback()) {
          for (InetAddress ip : Collections.list(nic.getInetAddresses())) {
            if (!ip.isLinkLocalAddress() && (!onlyV4 || ip instanceof Inet4Address)) {
              found.add(ip);
            }
          }
        }
      }
    } catch (SocketException e) {
      LOG.warn(
          "The machine's interfaces can't be listed, loopback is advertised: {}", e.toString());
    }
    if (found.isEmpty()) {
      found.add(InetAddress.getLoopbackAddress());
    }
    return found;
  }
}
