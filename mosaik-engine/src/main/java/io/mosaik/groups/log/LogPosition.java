package io.mosaik.groups.log;

import io.mosaik.wire.BinaryReader;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.Codec;
import io.mosaik.wire.MalformedException;

/**
 * A place in a log. Two logs of one lineage that share a position share everything before it
 * (Ongaro's dissertation §3.5, the log matching property). Ordered by term, then index, which is
 * the order in which logs are up to date (§3.6.1).
 *
 * @param term the term of the leader that made the entry; 0 before the first entry
 * @param index the number of the entry, from 1 on; 0 before the first entry
 */
public record LogPosition(long term, long index) implements Comparable<LogPosition> {

  /** The largest term or index that is accepted: sums of two of them don't overflow. */
  public static final long MAX = Long.MAX_VALUE / 4;

  /** Before the first entry. */
  public static final LogPosition START = new LogPosition(0, 0);

  /** Two counts; a term or index above {@link #MAX} is malformed. */
  public static final Codec<LogPosition> CODEC =
      new Codec<>() {
        @Override
        public void encode(LogPosition position, BinaryWriter out) {
          out.varint(position.term).varint(position.index);
        }

        @Override
        public LogPosition decode(BinaryReader in) {
          return new LogPosition(readNumber(in, "term"), readNumber(in, "index"));
        }
      };

  /**
   * Checks its numbers.
   *
   * @throws IllegalArgumentException if one is negative or above {@link #MAX}
   */
  public LogPosition {
    if (term < 0 || term > MAX || index < 0 || index > MAX) {
      throw new IllegalArgumentException(
          "term " + term + ", index " + index + ": both are from 0 to " + MAX);
    }
  }

  /**
   * Reads a term, index or other number of a log.
   *
   * @param what its name, for the error
   * @throws MalformedException if it is above {@link #MAX}
   */
  public static long readNumber(BinaryReader in, String what) {
    long value = in.varint();
    if (value > MAX) {
      throw new MalformedException(what + " " + value + " is above " + MAX);
    }
    return value;
  }

  /** Whether a log that ends here is at least as up to date as one that ends there (§3.6.1). */
  public boolean isAtLeastAsUpToDateAs(LogPosition other) {
    return compareTo(other) >= 0;
  }

  @Override
  public int compareTo(LogPosition other) {
    int byTerm = Long.compare(term, other.term);
    return byTerm != 0 ? byTerm : Long.compare(index, other.index);
  }

  /** As {@code term/index}. */
  @Override
  public String toString() {
    return term + "/" + index;
  }
}
