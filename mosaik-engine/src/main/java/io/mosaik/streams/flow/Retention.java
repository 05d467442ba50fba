package io.mosaik.streams.flow;

/**
 * How much of what was handed out is kept for who comes late: nothing is kept that any of these
 * bounds excludes.
 *
 * @param datums how many at most; {@link Long#MAX_VALUE} for no bound
 * @param bytes how many at most, with what it takes to keep them, see {@link Past}
 * @param ageNs for how long at least; {@link Long#MAX_VALUE} for no bound
 */
public record Retention(long datums, long bytes, long ageNs) {

  /** Nothing. */
  public static final Retention NONE = new Retention(0, 0, 0);

  /** Whether anything is kept at all. */
  public boolean isAny() {
    return datums > 0 && bytes > 0 && ageNs > 0;
  }

  /** Whether what is kept gets too old. */
  public boolean isTimed() {
    return isAny() && ageNs < Long.MAX_VALUE;
  }

  /** The same with another bound in bytes. */
  public Retention withBytes(long other) {
    return new Retention(datums, other, ageNs);
  }
}
