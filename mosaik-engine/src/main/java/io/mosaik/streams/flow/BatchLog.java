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

  void add(DatumBatch.Outgoing batch) {
    if (size() == ring.length) {
      grow();
    }
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
    Arrays.fill(larger, null);
    for (long number = first; number < end; number++) {
      larger[(int) (number & (larger.length - 1))] = ring[slot(number)];
    }
    ring = larger;
  }
}
