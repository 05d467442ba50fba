package io.mosaik.durable.processes;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Cuts between hosts, at random. Each kind comes once before any comes again, so that also a short
 * run has seen them all. They add up until they are mended.
 */
final class Cuts {

  /** What is cut. */
  private enum Kind {
    /** One or two hosts lose their cable. */
    UNPLUGGED,
    /** What one sends to another. */
    ONE_PATH_ONE_WAY,
    /** All that one sends. */
    MUTE,
    /** All that is sent to one. */
    DEAF,
    /** All between two halves. */
    HALVES,
    /** All between two halves, but for one host that both see. */
    HALVES_WITH_A_BRIDGE
  }

  private final Hosts hosts;
  private final Random random;
  private final Queue<Kind> deck = new ArrayDeque<>();
  private final Map<Kind, Integer> made = new EnumMap<>(Kind.class);

  Cuts(Hosts hosts, Random random) {
    this.hosts = hosts;
    this.random = random;
  }

  /** One more. */
  void cut() throws IOException {
    if (deck.isEmpty()) {
      List<Kind> kinds = Arrays.asList(Kind.values());
      Collections.shuffle(kinds, random);
      deck.addAll(kinds);
    }
    Kind kind = deck.remove();
    made.merge(kind, 1, Integer::sum);
    List<Integer> all = shuffled();
    int one = all.getFirst();
    List<Integer> others = all.subList(1, all.size());
    int half = all.size() / 2;
    switch (kind) {
      case UNPLUGGED -> {
        for (int host : all.subList(0, 1 + random.nextInt(2))) {
          hosts.unplug(host);
        }
      }
      case ONE_PATH_ONE_WAY -> hosts.cut(one, others.getFirst());
      case MUTE -> cut(List.of(one), others);
      case DEAF -> cut(others, List.of(one));
      case HALVES -> part(all.subList(0, half), all.subList(half, all.size()));
      case HALVES_WITH_A_BRIDGE ->
          part(others.subList(0, half), others.subList(half, others.size()));
    }
  }

  private List<Integer> shuffled() {
    List<Integer> all =
        Arrays.asList(IntStream.range(0, hosts.count()).boxed().toArray(Integer[]::new));
    Collections.shuffle(all, random);
    return all;
  }

  private void part(List<Integer> some, List<Integer> rest) throws IOException {
    cut(some, rest);
    cut(rest, some);
  }

  private void cut(List<Integer> from, List<Integer> to) throws IOException {
    for (int sender : from) {
      for (int receiver : to) {
        hosts.cut(sender, receiver);
      }
    }
  }

  void mend() throws IOException {
    hosts.mend();
  }

  /** How many of each kind there were. */
  @Override
  public String toString() {
    return made.toString();
  }
}
