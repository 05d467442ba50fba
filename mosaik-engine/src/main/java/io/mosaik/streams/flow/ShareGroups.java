package io.mosaik.streams.flow;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The share groups of one producer, by name. One whose last member has left keeps what it has for
 * {@link #LINGER_NS}, for who comes back.
 */
public final class ShareGroups {

  /** How many groups a producer serves at a time. */
  public static final int MAX_GROUPS = 16;

  /** How long a group without members keeps what it has. */
  public static final long LINGER_NS = Selections.LINGER_NS;

  /** A group may keep this part of the bytes that the producer may keep for its consumers. */
  private static final int BYTES_SHARE = 4;

  private final FanOut.Overflow overflow;
  private final int maxWaitingDatums;
  private final long maxBytes;
  private final Map<String, Entry> byName = new LinkedHashMap<>();
  private Consumer<Encoded> losses = datum -> {};

  ShareGroups(FanOut.Overflow overflow, int maxWaitingDatums, long maxBytes) {
    this.overflow = overflow;
    this.maxWaitingDatums = maxWaitingDatums;
    this.maxBytes = maxBytes / BYTES_SHARE;
  }

  /** Who hears of each datum that was taken for a group and that no member gets. */
  public void onLoss(Consumer<Encoded> listener) {
    losses = listener;
  }

  /** The names of the groups there are. */
  public Set<String> names() {
    return byName.keySet();
  }

  /** The group of this name, a new one if need be; null if there are {@link #MAX_GROUPS}. */
  public @Nullable ShareGroup find(String name) {
    Entry known = byName.get(name);
    if (known != null) {
      return known.group;
    }
    if (byName.size() >= MAX_GROUPS) {
      return null;
    }
    var added = new ShareGroup(overflow, maxWaitingDatums, maxBytes, datum -> losses.accept(datum));
    byName.put(name, new Entry(added));
    return added;
  }

  /** A group has lost a member; if it was the last, {@link #expire} gives it up in time. */
  public void left(String name, long nowNs) {
    Entry entry = byName.get(name);
    if (entry != null) {
      entry.emptySinceNs = nowNs;
    }
  }

  /**
   * Gives up what nobody came back for.
   *
   * @return whether there are other groups without members
   */
  boolean expire(long nowNs) {
    byName
        .values()
        .removeIf(entry -> {
          boolean over = entry.group.size() == 0 && nowNs - entry.emptySinceNs >= LINGER_NS;
          if (over) {
            entry.group.loseAll();
          }
          return over;
        });
    return byName.values().stream().anyMatch(entry -> entry.group.size() == 0);
  }

  /** How many groups there are, those without members included. */
  public int size() {
    return byName.size();
  }

  /** How many groups have members: so many get each datum. */
  public int audience() {
    int count = 0;
    for (Entry entry : byName.values()) {
      count += entry.group.size() > 0 ? 1 : 0;
    }
    return count;
  }

  void append(List<Encoded> datums, int[] handed) {
    for (Entry entry : byName.values()) {
      entry.group.append(datums, handed);
    }
  }

  int roomDatums() {
    int room = Integer.MAX_VALUE;
    for (Entry entry : byName.values()) {
      room = Math.min(room, entry.group.roomDatums());
    }
    return room;
  }

  boolean isDrained() {
    return byName.values().stream().allMatch(entry -> entry.group.isDrained());
  }

  long keptBytes() {
    return byName.values().stream().mapToLong(entry -> entry.group.keptBytes()).sum();
  }

  /** The producer is over: nothing more is handed out, and what waits is lost. */
  public void close() {
    byName.values().forEach(entry -> entry.group.close());
  }

  private static final class Entry {

    private final ShareGroup group;
    private long emptySinceNs;

    Entry(ShareGroup group) {
      this.group = group;
    }
  }
}
