package io.mosaik.streams;

import io.mosaik.id.PeerId;

/**
 * A datum and where it came from.
 *
 * @param datum the value
 * @param producer who sent it
 * @param <T> the datums
 */
public record Received<T>(T datum, PeerId producer) {}
