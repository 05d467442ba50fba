package io.mosaik.streams.flow;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The datums of a share group that wait for a member, in their order, apart by who wants them: so
 * that one whose takers are busy doesn't keep the others from those behind it.
 */
final class WaitingDatums {

  /** What a datum takes besides its bytes, roughly; so that empty ones are bounded, too. */
  static final int OVERHEAD_BYTES = 64;

  /** Beyond so many lanes, those that are empty are forgotten at once. */
  private static final int MAX_EMPTY = 64;

  private static final Comparator<Item> BY_NUMBER = Comparator.comparingLong(Item::number);

  private final List<Lane> lanes = new ArrayList<>();
  private int fresh;
  private long freshBytes;
  private int again;

  /**
   * A datum that waits.
   *
   * @param number in the order of the producer
   * @param again whether a member had it before, and did not say that it took it
   */
  record Item(long number, Encoded datum, boolean again) {

    /** What keeping it takes. */
    int sizeBytes() {
      return datum.sizeBytes() + OVERHEAD_BYTES;
    }

    Item handedBack() {
      return again ? this : new Item(number, datum, true);
    }
  }

  /** How many no member had yet. */
  int fresh() {
    return fresh;
  }

  /** Their bytes. */
  long freshBytes() {
    return freshBytes;
  }

  int size() {
    return fresh + again;
  }

  /**
   * Adds a datum whose number is larger than that of any other here.
   *
   * @param wanters a bit for each kind of members that want it
   */
  void add(long wanters, Item item) {
    lane(wanters).items.addLast(item);
    count(item, 1);
  }

  private Lane lane(long wanters) {
    for (Lane lane : lanes) {
      if (lane.wanters == wanters) {
        return lane;
      }
    }
    var added = new Lane(wanters);
    lanes.add(added);
    return added;
  }

  /**
   * Where the first datum waits that some of these want; null if there is none.
   *
   * @param open a bit for each kind of members that have room
   * @param alsoFresh whether one may be handed out that no member had yet
   */
  @Nullable Lane first(long open, boolean alsoFresh) {
    Lane first = null;
    for (Lane lane : lanes) {
      Item head = (lane.wanters & open) == 0 ? null : lane.items.peekFirst();
      if (head != null
          && (alsoFresh || head.again)
          && (first == null || head.number < first.head().number)) {
        first = lane;
      }
    }
    return first;
  }

  /** Takes the first datum of a lane out. */
  Item remove(Lane lane) {
    Item item = lane.items.removeFirst();
    count(item, -1);
    if (lane.items.isEmpty() && lanes.size() > MAX_EMPTY) {
      lanes.remove(lane);
    }
    return item;
  }

  /** Takes out the first that no member had yet; null if there is none. */
  @Nullable Item removeOldestFresh() {
    Lane oldest = null;
    Item found = null;
    for (Lane lane : lanes) {
      Item item = firstFresh(lane);
      if (item != null && (found == null || item.number < found.number)) {
        found = item;
        oldest = lane;
      }
    }
    if (oldest != null && found != null) {
      oldest.items.remove(found);
      count(found, -1);
    }
    return found;
  }

  private static @Nullable Item firstFresh(Lane lane) {
    for (Item item : lane.items) {
      if (!item.again) {
        return item;
      }
    }
    return null;
  }

  /** Takes all out, and returns them in order together with these. */
  List<Item> removeAll(Collection<Item> others) {
    var all = new ArrayList<Item>(others);
    lanes.forEach(lane -> all.addAll(lane.items));
    all.sort(BY_NUMBER);
    lanes.clear();
    fresh = 0;
    freshBytes = 0;
    again = 0;
    return all;
  }

  private void count(Item item, int sign) {
    if (item.again) {
      again += sign;
    } else {
      fresh += sign;
      freshBytes += (long) sign * item.sizeBytes();
    }
  }

  /** Datums that the same members want. */
  static final class Lane {

    private final long wanters;
    private final ArrayDeque<Item> items = new ArrayDeque<>();

    private Lane(long wanters) {
      this.wanters = wanters;
    }

    long wanters() {
      return wanters;
    }

    Item head() {
      return items.getFirst();
    }
  }
}
