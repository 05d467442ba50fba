package io.mosaik.discovery.rtt;

/**
 * A smoothed round-trip time (RFC 6298 §2): SRTT moves by an eighth of each sample's error, RTTVAR
 * by a quarter. Immutable.
 *
 * @param smoothedNs SRTT
 * @param variationNs RTTVAR
 */
public record RttEstimator(long smoothedNs, long variationNs) {

  /** The first sample R: SRTT = R, RTTVAR = R/2 (§2.2). */
  public static RttEstimator first(long sampleNs) {
    checkSample(sampleNs);
    return new RttEstimator(sampleNs, sampleNs / 2);
  }

  /** A further sample (§2.3): RTTVAR first, from the SRTT before it. */
  public RttEstimator next(long sampleNs) {
    checkSample(sampleNs);
    long errorNs = Math.abs(smoothedNs - sampleNs);
    return new RttEstimator(
        smoothedNs + (sampleNs - smoothedNs) / 8, variationNs + (errorNs - variationNs) / 4);
  }

  private static void checkSample(long sampleNs) {
    if (sampleNs < 0) {
      throw new IllegalArgumentException("a round trip can't take " + sampleNs + " ns");
    }
  }
}
