package io.mosaik.streams;

import io.mosaik.streams.flow.Encoded;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Where senders leave encoded datums for the producer's strand: bounded in datums and bytes, closed
 * once and for all. A place is taken before a datum is put there, in the same step that looks
 * whether the intake is open: so once it is closed and no place is taken, nothing is on its way.
 */
final class Intake {

  private static final long CLOSED = Long.MIN_VALUE;

  /** The low bits count datums, those above them bytes: both change in one step. */
  private static final int DATUM_BITS = 21;

  private static final long DATUMS = (1L << DATUM_BITS) - 1;

  private final int maxDatums;
  private final long maxBytes;
  private final AtomicLong places = new AtomicLong();
  private final Queue<Encoded> datums = new ConcurrentLinkedQueue<>();

  /**
   * @param maxDatums at most 1,048,576
   * @param maxBytes from how many bytes on nothing more is taken
   */
  Intake(int maxDatums, long maxBytes) {
    this.maxDatums = maxDatums;
    this.maxBytes = maxBytes;
  }

  private static long places(long datums, long bytes) {
    return bytes << DATUM_BITS | datums;
  }

  /** Takes a place if there is one; from any thread. A taken one is put or released next. */
  Offer reserve(int sizeBytes) {
    long taken = places.get();
    while (true) {
      if (taken < 0) {
        return Offer.CLOSED;
      }
      if ((taken & DATUMS) >= maxDatums || bytes(taken) >= maxBytes) {
        return Offer.FULL;
      }
      if (places.compareAndSet(taken, taken + places(1, sizeBytes))) {
        return Offer.TAKEN;
      }
      taken = places.get();
    }
  }

  private static long bytes(long taken) {
    return (taken & ~CLOSED) >>> DATUM_BITS;
  }

  /** How many bytes have a place; from any thread. */
  long bytes() {
    return bytes(places.get());
  }

  /** Puts a datum in its place. */
  void put(Encoded datum) {
    datums.add(datum);
  }

  /** Gives a place back. */
  void release(int sizeBytes) {
    places.addAndGet(-places(1, sizeBytes));
  }

  boolean isClosed() {
    return places.get() < 0;
  }

  /** Nothing is taken any more. */
  void close() {
    places.getAndUpdate(taken -> taken | CLOSED);
  }

  /** Whether it is closed and everything that was taken has been polled. */
  boolean isDrained() {
    return places.get() == CLOSED;
  }

  /** Moves datums to the list, in order, until one of the limits is reached; on the strand. */
  void poll(List<Encoded> into, int mostDatums, long mostBytes) {
    int polled = 0;
    long polledBytes = 0;
    while (polled < mostDatums) {
      Encoded next = datums.peek();
      if (next == null || (polled > 0 && polledBytes + next.sizeBytes() > mostBytes)) {
        break;
      }
      datums.remove();
      into.add(next);
      polled++;
      polledBytes += next.sizeBytes();
    }
    if (polled > 0) {
      places.addAndGet(-places(polled, polledBytes));
    }
  }
}
