package io.mosaik.streams;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Keeps what happens again and again from filling the log: the first time is told, and then one in
 * a minute, with how often it happened since the one before. For one strand.
 */
final class Repeats {

  /** At most one telling of the same in this time. */
  static final Duration PAUSE = Duration.ofMinutes(1);

  /** How many different things are remembered; beyond that, the one silent longest is forgotten. */
  private static final int MAX_REMEMBERED = 256;

  private final Map<Object, Occasion> occasions = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * Something has happened.
   *
   * @param what equal to what it was the last time, if it is the same
   * @return how often, since it was told, this time included; 0 if it is not to be told now
   */
  long happened(Object what, long nowNs) {
    Occasion known = occasions.get(what);
    if (known == null) {
      if (occasions.size() >= MAX_REMEMBERED) {
        occasions.remove(occasions.keySet().iterator().next());
      }
      occasions.put(what, new Occasion(nowNs));
      return 1;
    }
    known.untold++;
    if (nowNs - known.toldNs < PAUSE.toNanos()) {
      return 0;
    }
    long times = known.untold;
    known.untold = 0;
    known.toldNs = nowNs;
    return times;
  }

  /** What a line of the log adds where it tells of so many at once; empty for one. */
  static String since(long times) {
    return times == 1 ? "" : ", " + times + " times since this was told";
  }

  private static final class Occasion {

    private long toldNs;
    private long untold;

    Occasion(long toldNs) {
      this.toldNs = toldNs;
    }
  }
}
