package io.mosaik.streams.flow;

import io.mosaik.streams.protocol.DatumBatch;
import java.util.ArrayDeque;

/**
 * How far back a {@link BatchLog} is kept for who comes late. It holds no bytes of its own: it says
 * which batch of the log is the first that is kept, and which datum of it. The count is exact;
 * bytes and age are those of whole batches.
 */
final class Past {

  /** What a batch takes besides its bytes: the objects that it is made of. */
  static final long BATCH_OVERHEAD_BYTES = 256;

  /** What each of its datums takes besides its bytes. */
  static final long DATUM_OVERHEAD_BYTES = 8;

  private final BatchLog log;
  private final Retention retention;
  private final ArrayDeque<Mark> marks = new ArrayDeque<>();
  private long batch;
  private long sequence;
  private long end;
  private long bytes;

  Past(BatchLog log, Retention retention) {
    this.log = log;
    this.retention = retention;
  }

  /** The number of the first batch that is kept, or the end of the log. */
  long batch() {
    return batch;
  }

  /** The number of the first datum that is kept, or of the next one there will be. */
  long sequence() {
    return sequence;
  }

  /** How many datums are kept. */
  long datums() {
    return end - sequence;
  }

  /** How many bytes they take. */
  long bytes() {
    return bytes;
  }

  /** How far behind someone may be who reads it. */
  long maxDatums() {
    return retention.datums();
  }

  /** How many bytes behind. */
  long maxBytes() {
    return retention.bytes();
  }

  /** A batch was added to the log. */
  void added(DatumBatch.Outgoing added) {
    end = added.batch().firstSequence() + added.batch().count();
    bytes += heldBytes(added);
    while (batch < log.end() && (bytes > retention.bytes() || isBeyondCount())) {
      dropFirst();
    }
    limitToCount();
  }

  private boolean isBeyondCount() {
    DatumBatch first = log.get(batch).batch();
    return end - (first.firstSequence() + first.count()) >= retention.datums();
  }

  private void dropFirst() {
    bytes -= heldBytes(log.get(batch));
    batch++;
  }

  private void limitToCount() {
    long first = batch == log.end() ? end : log.get(batch).batch().firstSequence();
    sequence = Math.max(first, end - Math.min(end, retention.datums()));
  }

  private static long heldBytes(DatumBatch.Outgoing of) {
    return of.frame().heldBytes()
        + BATCH_OVERHEAD_BYTES
        + DATUM_OVERHEAD_BYTES * of.batch().count();
  }

  /**
   * Time has passed: what was added since the last call is taken to be as old as this one, and what
   * has become too old is kept no more.
   */
  void tick(long nowNs) {
    if (marks.isEmpty() || marks.getLast().batch < log.end()) {
      marks.add(new Mark(log.end(), nowNs));
    }
    while (!marks.isEmpty() && nowNs - marks.getFirst().timeNs >= retention.ageNs()) {
      long old = marks.removeFirst().batch;
      while (batch < old) {
        dropFirst();
      }
    }
    limitToCount();
  }

  /** Keeps nothing of what there is. */
  void clear() {
    while (batch < log.end()) {
      dropFirst();
    }
    marks.clear();
    limitToCount();
  }

  /**
   * When the log was so long.
   *
   * @param batch the number that the next batch had
   * @param timeNs the time
   */
  private record Mark(long batch, long timeNs) {}
}
