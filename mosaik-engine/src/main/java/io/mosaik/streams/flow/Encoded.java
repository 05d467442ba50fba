package io.mosaik.streams.flow;

import io.mosaik.wire.BinaryWriter;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A datum that was accepted, on its way to the subscribers.
 *
 * @param bytes encoded, once for all of them
 * @param value as the application gave it, for criteria to look at
 * @param receipt hears to how many subscribers it was handed, once; null if nobody asks
 */
public record Encoded(BinaryWriter bytes, Object value, @Nullable IntConsumer receipt) {

  /** How many bytes it takes. */
  public int sizeBytes() {
    return bytes.size();
  }
}
