package io.mosaik.streams.flow;

import io.mosaik.wire.BinaryWriter;

/**
 * A datum that was accepted, on its way to the subscribers.
 *
 * @param bytes encoded, once for all of them
 * @param value as the application gave it, for criteria to look at
 */
public record Encoded(BinaryWriter bytes, Object value) {

  /** How many bytes it takes. */
  public int sizeBytes() {
    return bytes.size();
  }
}
