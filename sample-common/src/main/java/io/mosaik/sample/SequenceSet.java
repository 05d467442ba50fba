package io.mosaik.sample;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which numbers of 1, 2, 3... have been seen. Numbers may come in any order and more than once;
 * {@link #add} says of each whether it is the first time, which makes at-least-once delivery count
 * once. What arrives nearly in order costs nearly nothing: seen numbers are kept as ranges, so a
 * number that never comes costs one range, not one entry per number after it.
 *
 * <p>The number of ranges is bounded. When a further gap would exceed the bound, the lowest gap is
 * given up: its numbers count as {@link #abandoned()} and will be refused like duplicates. The rule
 * looks at nothing but the numbers added, so replicas that add the same numbers in the same order
 * stay equal.
 *
 * <p>Not thread-safe.
 */
public final class SequenceSet {

  /** Highest number that may be added. */
  public static final long HIGHEST = Long.MAX_VALUE - 1;

  private final int maxRanges;

  /** First number of each range to its last; ranges neither overlap nor touch. */
  private final TreeMap<Long, Long> ranges = new TreeMap<>();

  private long size;
  private long duplicates;
  private long abandoned;

  /** A range of numbers, both ends included. */
  public record Range(long first, long last) {}

  /**
   * An empty set.
   *
   * @param maxRanges how many separate ranges are kept before the lowest gap is given up, at least
   *     2
   */
  public SequenceSet(int maxRanges) {
    if (maxRanges < 2) {
      throw new IllegalArgumentException("maxRanges is " + maxRanges + "; allowed: 2 or more");
    }
    this.maxRanges = maxRanges;
  }

  /**
   * Adds a number.
   *
   * @param number 1 to {@link #HIGHEST}
   * @return whether it was not there before; false also counts a duplicate
   */
  public boolean add(long number) {
    if (number < 1 || number > HIGHEST) {
      throw new IllegalArgumentException("number " + number + "; allowed: 1 to " + HIGHEST);
    }
    Map.Entry<Long, Long> below = ranges.floorEntry(number);
    if (below != null && number <= below.getValue()) {
      duplicates++;
      return false;
    }
    long first = below != null && below.getValue() == number - 1 ? below.getKey() : number;
    Long joined = ranges.remove(number + 1);
    ranges.put(first, joined != null ? joined : number);
    size++;
    if (ranges.size() > maxRanges) {
      giveUpLowestGap();
    }
    return true;
  }

  /**
   * Whether a number was added, or given up.
   *
   * @param number any number
   * @return whether {@link #add} would refuse it
   */
  public boolean contains(long number) {
    Map.Entry<Long, Long> below = ranges.floorEntry(number);
    return below != null && number <= below.getValue();
  }

  /**
   * The contiguous watermark.
   *
   * @return the highest number up to which all have been seen; 0 if 1 is missing
   */
  public long watermark() {
    Map.Entry<Long, Long> lowest = ranges.firstEntry();
    return lowest != null && lowest.getKey() == 1 ? lowest.getValue() : 0;
  }

  /**
   * The highest number seen.
   *
   * @return the highest number, 0 if there is none
   */
  public long highest() {
    Map.Entry<Long, Long> last = ranges.lastEntry();
    return last != null ? last.getValue() : 0;
  }

  /**
   * How many different numbers were added.
   *
   * @return the count, without those given up
   */
  public long size() {
    return size;
  }

  /**
   * How often {@link #add} refused a number.
   *
   * @return the count
   */
  public long duplicates() {
    return duplicates;
  }

  /**
   * How many numbers were given up because there were too many gaps.
   *
   * @return the count
   */
  public long abandoned() {
    return abandoned;
  }

  /**
   * What is missing below the highest number.
   *
   * @param limit how many gaps to return at most
   * @return the lowest gaps, ascending
   */
  public List<Range> gaps(int limit) {
    List<Range> gaps = new ArrayList<>();
    long next = 1;
    for (Map.Entry<Long, Long> range : ranges.entrySet()) {
      if (gaps.size() == limit) {
        break;
      }
      if (range.getKey() > next) {
        gaps.add(new Range(next, range.getKey() - 1));
      }
      next = range.getValue() + 1;
    }
    return gaps;
  }

  /**
   * The seen numbers as ranges.
   *
   * @return an unmodifiable view, first number of each range to its last, ascending
   */
  public Map<Long, Long> ranges() {
    return Collections.unmodifiableMap(ranges);
  }

  private void giveUpLowestGap() {
    Map.Entry<Long, Long> lowest = ranges.firstEntry();
    if (lowest.getKey() > 1) {
      abandoned += lowest.getKey() - 1;
      ranges.remove(lowest.getKey());
      ranges.put(1L, lowest.getValue());
    }
    if (ranges.size() > maxRanges) {
      Map.Entry<Long, Long> first = ranges.pollFirstEntry();
      Map.Entry<Long, Long> second = ranges.pollFirstEntry();
      abandoned += second.getKey() - first.getValue() - 1;
      ranges.put(first.getKey(), second.getValue());
    }
  }
}
