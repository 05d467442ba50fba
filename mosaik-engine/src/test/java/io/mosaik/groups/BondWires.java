package io.mosaik.groups;

import io.mosaik.groups.bond.BondCloseReasons;
import io.mosaik.sim.World;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What befalls the connections that bonds are made on, as a world's trace tells it: whether a fault
 * that a test wants has come about.
 */
final class BondWires {

  private record Dial(String from, String to, long number) {

    String pair() {
      return from.compareTo(to) < 0 ? from + "-" + to : to + "-" + from;
    }
  }

  private final List<Dial> pending = new ArrayList<>();

  /** The latest dial of each pair that has arrived. */
  private final Map<String, Long> arrived = new TreeMap<>();

  private long dials;
  private int superfluous;
  private int crossed;

  /** Watches a world from now on. */
  BondWires(World world) {
    world.trace().tellTo(this::see);
  }

  /** How many connections were closed because there was a bond between the two already. */
  int superfluous() {
    return superfluous;
  }

  /** How many connections of two members arrived after one that was dialled later. */
  int crossed() {
    return crossed;
  }

  /**
   * A line is a time, a node, an arrow, the other node, a protocol, what happened, and a number.
   */
  private void see(String line) {
    if (!line.contains(GroupsModule.ALPN)) {
      return;
    }
    String[] words = line.split(" ", -1);
    boolean dialler = words[2].equals("->");
    switch (words[5]) {
      case "opened" -> pending.add(new Dial(words[1], words[3], ++dials));
      case "accepted" -> arrived(take(words[3], words[1]));
      case "closed" -> {
        if (words[6].equals(Long.toString(BondCloseReasons.ALREADY_BONDED.code()))) {
          superfluous++;
        }
        if (dialler) {
          take(words[1], words[3]); // in case it never arrived
        }
      }
      default -> {}
    }
  }

  private List<Dial> take(String from, String to) {
    for (Dial dial : pending) {
      if (dial.from.equals(from) && dial.to.equals(to)) {
        pending.remove(dial);
        return List.of(dial);
      }
    }
    return List.of();
  }

  private void arrived(List<Dial> dialled) {
    for (Dial dial : dialled) {
      if (arrived.merge(dial.pair(), dial.number, Math::max) > dial.number) {
        crossed++;
      }
    }
  }
}
