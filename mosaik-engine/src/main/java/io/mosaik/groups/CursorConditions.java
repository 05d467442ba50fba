package io.mosaik.groups;

/**
 * Conditions on a position in the log that moves: the committed one, or the applied one. It moves
 * back only where a log is given up for another one.
 */
public interface CursorConditions {

  /** It is at this position or beyond: met with where it is. */
  GroupCondition<Long> reaches(long position);

  /** It is beyond where it was at the time of this call: met with where it is. */
  GroupCondition<Long> advanced();

  /** What was committed or applied was taken back since this call: met with the last time. */
  GroupCondition<Reversion> reverted();

  /** It has advanced, or was reverted, since this call: met with where it is. */
  GroupCondition<Long> changed();
}
