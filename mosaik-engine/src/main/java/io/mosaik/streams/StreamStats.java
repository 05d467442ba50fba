package io.mosaik.streams;

/**
 * Totals of a producer or consumer since it was made. What arrived is counted alike on both ends.
 *
 * @param datums handed to subscribers (each counted) or received
 * @param bytes of those datums, encoded
 * @param dropped datums that were accepted and not delivered: at a producer because a subscriber
 *     was too slow or left, at a consumer because they could not be decoded
 * @param missed at a consumer: datums that a producer numbered and this consumer never got, because
 *     its subscription was interrupted or it was too slow; as far as their numbers tell, which they
 *     don't across a restart of the producer. Zero at a producer
 * @param gaps at a consumer: how often datums were missed, also where it is unknown how many, see
 *     {@link Gap}. Zero at a producer
 * @param unheard at a producer: datums that were accepted and, when their turn came, handed to
 *     nobody, because no consumer was there any more or none wanted them. Zero at a consumer
 * @param failed at a consumer: datums whose listener threw. Zero at a producer
 * @param replayed at a producer: those of {@code datums} that were sent before their subscriber
 *     came, and kept for it, see {@link ProducerBuilder#replay}. Zero at a consumer
 */
public record StreamStats(
    long datums,
    long bytes,
    long dropped,
    long missed,
    long gaps,
    long unheard,
    long failed,
    long replayed) {}
