package io.mosaik.streams.flow;

import io.mosaik.streams.criteria.Criteria;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What the members of a share group want: for each distinct criteria a bit. */
final class Interests {

  /** How many different criteria the members of a group may have. */
  static final int MOST = 62;

  private final List<Interest> all = new ArrayList<>();

  /**
   * The interest of these criteria, a new one if need be; null if there are {@link #MOST}.
   *
   * @param criteria null for everything
   * @param matcher what they say of a datum; if it throws, the datum is not among them
   */
  @Nullable Interest find(@Nullable Criteria criteria, Predicate<Object> matcher) {
    for (Interest interest : all) {
      if (Objects.equals(interest.criteria, criteria)) {
        return interest;
      }
    }
    if (all.size() >= MOST) {
      return null;
    }
    var added = new Interest(criteria, matcher);
    all.add(added);
    return added;
  }

  /** Forgets those of nobody; the bits of the others change. */
  void forgetUnused() {
    all.removeIf(interest -> interest.members == 0);
    for (int i = 0; i < all.size(); i++) {
      all.get(i).bit = 1L << i;
    }
  }

  /** The bits of those that want a datum. */
  long wanters(Object value) {
    long wanters = 0;
    for (Interest interest : all) {
      if (interest.wants(value)) {
        wanters |= interest.bit;
      }
    }
    return wanters;
  }

  /** What members want that have the same criteria. */
  static final class Interest {

    private final @Nullable Criteria criteria;
    private final Predicate<Object> matcher;
    private int members;
    private long bit;

    private Interest(@Nullable Criteria criteria, Predicate<Object> matcher) {
      this.criteria = criteria;
      this.matcher = matcher;
    }

    long bit() {
      return bit;
    }

    /** A member more; returns how many there are. */
    int enter() {
      return ++members;
    }

    void leave() {
      members--;
    }

    private boolean wants(Object value) {
      try {
        return matcher.test(value);
      } catch (Throwable notOne) {
        return false;
      }
    }
  }
}
