package io.mosaik.sample;

import static io.mosaik.sample.Limits.requireBetween;

import io.mosaik.streams.Datum;

/**
 * A reporter misses fills: matchers publish again what they have from there on. Streams deliver at
 * most once, so a reporter that came late or was cut off has to ask; the sequences tell it for
 * what.
 *
 * @param fromSequence the first fill that is missing
 */
@Datum("fill-requests")
public record FillRequest(long fromSequence) {

  /** Refuses what no fill can be numbered. */
  public FillRequest {
    requireBetween("sequence", fromSequence, 1, SequenceSet.HIGHEST);
  }
}
