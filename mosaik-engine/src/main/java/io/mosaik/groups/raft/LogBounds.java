package io.mosaik.groups.raft;

/**
 * How much of the log a member holds, and what happens before it is more. A log is counted by its
 * entries and by their bytes on the wire; whichever comes first decides.
 *
 * @param cutEntries a leader asks for a snapshot when the log has grown by so many entries since
 *     the last; {@code Long.MAX_VALUE} for never
 * @param cutBytes the same in bytes
 * @param keptEntries so many entries before a snapshot are kept, for those who are a little behind
 * @param keptBytes and no more than so many bytes of them
 * @param mostEntries a member takes no commands while it holds so many entries, and no entries from
 *     others if its own machine keeps them there (N7)
 * @param mostBytes the same in bytes
 */
public record LogBounds(
    long cutEntries,
    long cutBytes,
    long keptEntries,
    long keptBytes,
    long mostEntries,
    long mostBytes) {

  /** A log that is kept whole, whatever it grows to. */
  public static final LogBounds NONE = whole(Long.MAX_VALUE, Long.MAX_VALUE);

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if one is out of its range
   */
  public LogBounds {
    if (cutEntries < 1
        || cutBytes < 1
        || keptEntries < 0
        || keptBytes < 0
        || mostEntries < 1
        || mostBytes < 1) {
      throw new IllegalArgumentException(
          "the bounds of a log are positive: cut at %,d entries or %,d bytes, %,d and %,d kept, at most %,d and %,d"
              .formatted(cutEntries, cutBytes, keptEntries, keptBytes, mostEntries, mostBytes));
    }
  }

  /** Those of a log that is never cut. */
  public static LogBounds whole(long mostEntries, long mostBytes) {
    return new LogBounds(Long.MAX_VALUE, Long.MAX_VALUE, 0, 0, mostEntries, mostBytes);
  }
}
