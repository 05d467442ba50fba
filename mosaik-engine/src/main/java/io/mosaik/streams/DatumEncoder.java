package io.mosaik.streams;

import io.mosaik.streams.protocol.DatumBatch;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.Codec;

/**
 * Encodes the datums of one producer, into buffers of the size that the last ones had. One that
 * comes out much too long is made to fit: what waits takes no more than twice what it counts for.
 * Thread-safe.
 */
final class DatumEncoder<T> {

  /** So short a buffer is never too long. */
  static final int LEAST_BYTES = 64;

  private final Codec<T> codec;
  private volatile int expectedBytes = LEAST_BYTES;

  DatumEncoder(Codec<T> codec) {
    this.codec = codec;
  }

  /**
   * Encodes a datum.
   *
   * @throws IllegalArgumentException if that takes more than {@link DatumBatch#MAX_DATUM_BYTES}
   */
  BinaryWriter encode(T datum) {
    int expected = expectedBytes;
    var out = new BinaryWriter(expected);
    codec.encode(datum, out);
    int sizeBytes = out.size();
    if (sizeBytes > DatumBatch.MAX_DATUM_BYTES) {
      throw new IllegalArgumentException(
          "the datum takes "
              + sizeBytes
              + " bytes encoded; at most "
              + DatumBatch.MAX_DATUM_BYTES
              + " are allowed, split it");
    }
    if (sizeBytes > expected) {
      expectedBytes = sizeBytes;
    } else if (sizeBytes < expected / 4) {
      expectedBytes = Math.max(LEAST_BYTES, expected / 2);
    }
    if (out.spareBytes() > Math.max(LEAST_BYTES, sizeBytes)) {
      out.trim();
    }
    return out;
  }
}
