package io.mosaik.sample.reporter;

import io.mosaik.sample.Fill;
import io.mosaik.sample.LatencyHistogram;
import io.mosaik.sample.Positions;
import io.mosaik.sample.SequenceSet;
import java.util.List;
import java.util.Map;

/**
 * Counts every fill once. Each matcher publishes every fill, so a reporter hears each as often as
 * there are matchers, in any order; the fill's sequence tells the first time from the others.
 *
 * <p>A plain class: time is passed in. Not thread-safe.
 */
final class FillLedger {

  /** How many separate gaps are remembered; beyond, the oldest is given up and shows as such. */
  private static final int MAX_GAPS = 10_000;

  private static final int SHOWN_GAPS = 10;

  private final SequenceSet seen = new SequenceSet(MAX_GAPS);
  private final Positions positions = new Positions();
  private final LatencyHistogram latency = new LatencyHistogram();
  private long askedFor;
  private long askedAtMicros;

  /**
   * What the ledger adds up to.
   *
   * @param fills how many different fills were counted
   * @param watermark all fills up to this sequence were counted
   * @param duplicates how many were heard again
   * @param abandoned how many sequences were given up because there were too many gaps
   * @param gaps the lowest sequences that are missing below the highest, ten at most
   * @param fillsDigest digest of the counted fills, equal to the book's if nothing is missing
   * @param latencyP50Micros median time from the taker's submission to its fill being counted here
   * @param latencyP99Micros the same, 99th percentile
   * @param latencyMaxMicros the same, longest
   * @param pairs volume and VWAP by pair
   * @param positions net position in lots by trader and pair
   */
  record Summary(
      long fills,
      long watermark,
      long duplicates,
      long abandoned,
      List<SequenceSet.Range> gaps,
      String fillsDigest,
      long latencyP50Micros,
      long latencyP99Micros,
      long latencyMaxMicros,
      Map<String, Positions.PairVolume> pairs,
      Map<String, Map<String, Long>> positions) {}

  /**
   * A fill was heard.
   *
   * @param fill the fill
   * @param nowMicros wall clock, microseconds since 1970
   * @return whether it was the first time
   */
  boolean add(Fill fill, long nowMicros) {
    if (!seen.add(fill.sequence())) {
      return false;
    }
    positions.add(fill);
    latency.record(nowMicros - fill.takerSubmittedAtMicros());
    return true;
  }

  /**
   * Which fill to ask the matchers for. The first that is missing is worth asking for when nothing
   * has filled its place for a while: it was published before this reporter was there, or on its
   * way when a connection broke, or it does not exist yet.
   *
   * @param nowMicros now
   * @param patienceMicros how long the first missing fill may stay missing before it is asked for,
   *     and how long to wait for the answer before asking again
   * @return its sequence, or 0 if it is not time to ask
   */
  long missing(long nowMicros, long patienceMicros) {
    long next = seen.watermark() + 1;
    if (next != askedFor) {
      askedFor = next;
      askedAtMicros = nowMicros;
      return 0;
    }
    if (nowMicros - askedAtMicros < patienceMicros) {
      return 0;
    }
    askedAtMicros = nowMicros;
    return next;
  }

  /** What was counted so far. */
  Summary summary() {
    return new Summary(
        seen.size(),
        seen.watermark(),
        seen.duplicates(),
        seen.abandoned(),
        seen.gaps(SHOWN_GAPS),
        positions.fillsDigest(),
        latency.percentileMicros(50),
        latency.percentileMicros(99),
        latency.maxMicros(),
        positions.volumes(),
        positions.positions());
  }
}
