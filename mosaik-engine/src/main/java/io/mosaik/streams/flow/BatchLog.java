package io.mosaik.streams.flow;

import io.mosaik.streams.protocol.DatumBatch;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The batches that some subscriber still waits for, each under its running number: a ring that
 * grows when it has to and forgets from the front.
 */
final class BatchLog {

  private DatumBatch.@Nullable Outgoing[] ring = new DatumBatch.Outgoing[16];
  private long[] offsets = new long[ring.length];
  private long first;
  private long bytes;
  private long end;

  /** The number that the next batch gets. */
  long end() {
    return end;
  }

  int size() {
    return (int) (end - first);
  }

  /**
   * Adds a batch.
   *
   * @param offsetBytes how many bytes of datums came before it since the beginning
   */
  void add(DatumBatch.Outgoing batch, long offsetBytes) {
    if (size() == ring.length) {
      grow();
    }
    offsets[slot(end)] = offsetBytes;
    ring[slot(end++)] = batch;
    bytes += batch.frame().wireBytes();
  }

  /** How many bytes the frames of all batches take. */
  long bytes() {
    return bytes;
  }

  DatumBatch.Outgoing get(long number) {
    DatumBatch.Outgoing batch = number < first || number >= end ? null : ring[slot(number)];
    if (batch == null) {
      throw new IllegalStateException("batch " + number + " of " + first + " to " + end);
    }
    return batch;
  }

  /** How many bytes of datums came before the batch. */
  long offsetBytes(long number) {
    return offsets[slot(number)];
  }

  /**
   * The number of the batch that a datum is in.
   *
   * @param sequence the number of a datum that is here
   */
  long find(long sequence) {
    long low = first;
    long high = end - 1;
    while (low < high) {
      long middle = (low + high + 1) >>> 1;
      if (get(middle).batch().firstSequence() <= sequence) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  /** Forgets all before the given number. */
  void forgetBefore(long number) {
    while (first < number) {
      bytes -= get(first).frame().wireBytes();
      ring[slot(first++)] = null;
    }
  }

  private int slot(long number) {
    return (int) (number & (ring.length - 1));
  }

  private void grow() {
    var larger = Arrays.copyOf(ring, ring.length * 2);
    var largerOffsets = new long[larger.length];
    Arrays.fill(larger, null);
    for (long number = first; number < end; number++) {
      int slot = (int) (number & (larger.length - 1));
      larger[slot] = ring[slot(number)];
      largerOffsets[slot] = offsets[slot(number)];
    }
    ring = larger;
    offsets = largerOffsets;
  }
}
