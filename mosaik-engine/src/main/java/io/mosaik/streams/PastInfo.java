package io.mosaik.streams;

/**
 * What a producer keeps for consumers that come late or come back, see {@link
 * ProducerBuilder#replay}.
 *
 * @param datums how many one could get who came now and wanted all
 * @param bytes what they take, with what it takes to keep them, and what is kept besides for
 *     consumers with criteria
 */
public record PastInfo(long datums, long bytes) {}
