package io.mosaik.streams;

/**
 * Totals of a producer or consumer since it was made.
 *
 * @param datums handed to subscribers (each counted) or received
 * @param bytes of those datums, encoded
 * @param dropped datums that were accepted and not delivered, because a subscriber was disconnected
 *     or an element could not be decoded
 */
public record StreamStats(long datums, long bytes, long dropped) {}
