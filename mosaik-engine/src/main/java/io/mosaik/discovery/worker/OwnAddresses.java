package io.mosaik.discovery.worker;

import io.mosaik.id.PeerId;
import io.mosaik.transport.Address;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Where this node can be reached: what its endpoint knows, then the hosts that neighbours see it
 * at, with the port it listens on. A neighbour's word counts for one host, at most four such hosts
 * are announced, and only literal addresses that can be meant for others; a wrong one costs a
 * dialler a candidate, nothing else. A pure core.
 */
final class OwnAddresses {

  private static final int MAX_OBSERVED = 4;
  private static final int MAX_ANNOUNCED = 16;
  private static final int MAX_OBSERVERS = 512;
  private static final Pattern IPV4 =
      Pattern.compile("(?:(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)\\.){3}(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)");
  private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){2,7}");

  private final Map<PeerId, String> observed = new TreeMap<>();

  /** Takes a neighbour's word. */
  void observed(PeerId by, String host) {
    if (isForOthers(host) && (observed.containsKey(by) || observed.size() < MAX_OBSERVERS)) {
      observed.put(by, host);
    }
  }

  /** The neighbour's word counts no more. */
  void forget(PeerId by) {
    observed.remove(by);
  }

  /** All of them, best first. */
  List<Address> all(List<Address> known) {
    var all = new LinkedHashSet<>(known);
    if (!known.isEmpty()) {
      int port = known.getFirst().port();
      observed.values().stream()
          .distinct()
          .limit(MAX_OBSERVED)
          .forEach(host -> all.add(new Address(host, port)));
    }
    var list = new ArrayList<>(all);
    return List.copyOf(list.subList(0, Math.min(MAX_ANNOUNCED, list.size())));
  }

  private static boolean isForOthers(String host) {
    if (IPV4.matcher(host).matches()) {
      return !host.startsWith("127.") && !host.startsWith("0.") && !host.startsWith("169.254.");
    }
    return IPV6.matcher(host).matches()
        && !host.equals("::1")
        && !host.equals("::")
        && !host.toLowerCase(java.util.Locale.ROOT).startsWith("fe80:");
  }
}
