package io.mosaik.transport;

/**
 * A host and a UDP port, not resolved.
 *
 * @param host a name or a literal IPv4 or IPv6 address, without brackets
 * @param port 1 to 65535, or 0 where any free port is meant
 */
public record Address(String host, int port) implements Comparable<Address> {

  /** Checks both parts. */
  public Address {
    if (host.isBlank() || host.chars().anyMatch(c -> c <= ' ' || "@,[]".indexOf(c) >= 0)) {
      throw new IllegalArgumentException(
          "'" + host + "' is no host; give a name or an IP address, as 'node1.example.org'");
    }
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("the port " + port + " is not between 0 and 65535");
    }
  }

  /**
   * Reads {@code host:port} or {@code [ipv6]:port}.
   *
   * @throws IllegalArgumentException that says what is wrong with it
   */
  public static Address parse(String text) {
    int colon = text.lastIndexOf(':');
    if (colon <= 0 || colon == text.length() - 1) {
      throw new IllegalArgumentException(
          "'" + text + "' is no address; give host:port, as '10.0.0.1:4000' or '[::1]:4000'");
    }
    String host = text.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    } else if (host.indexOf(':') >= 0) {
      throw new IllegalArgumentException(
          "'" + text + "' is no address; an IPv6 address needs brackets, as '[::1]:4000'");
    }
    int port;
    try {
      port = Integer.parseInt(text.substring(colon + 1));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "'" + text.substring(colon + 1) + "' in '" + text + "' is no port; give 0 to 65535", e);
    }
    return new Address(host, port);
  }

  @Override
  public int compareTo(Address other) {
    int byHost = host.compareTo(other.host);
    return byHost != 0 ? byHost : Integer.compare(port, other.port);
  }

  /** {@code host:port}, with brackets around an IPv6 address. */
  @Override
  public String toString() {
    return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
  }
}
