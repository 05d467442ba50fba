package io.mosaik.streams;

import io.mosaik.id.PeerId;

/**
 * A datum that the consumer's codec could not decode.
 *
 * @param bytes as they came, the handler's own to keep
 * @param producer who sent it
 * @param error what the codec threw
 */
public record Undecodable(byte[] bytes, PeerId producer, Throwable error) {}
