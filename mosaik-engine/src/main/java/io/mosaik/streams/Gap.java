package io.mosaik.streams;

import io.mosaik.id.PeerId;

/**
 * Datums of a producer that never came: some were sent between the one before and the one after,
 * because the subscription was interrupted or the consumer was too slow. Of a consumer with
 * criteria it counts only datums that satisfy them.
 *
 * @param producer whose
 * @param missed how many, at the least
 * @param isExact whether it were exactly so many; not so where the producer has started again, or
 *     the consumer was away so long that the producer stopped counting for it
 */
public record Gap(PeerId producer, long missed, boolean isExact) {

  /** This gap and one that follows it without a datum in between. */
  Gap and(Gap next) {
    return new Gap(producer, missed + next.missed, isExact && next.isExact);
  }
}
