package io.mosaik.streams.flow;

import io.mosaik.streams.protocol.DatumBatch;
import io.mosaik.streams.protocol.StreamMessage.Credit;
import io.mosaik.wire.Frame;
import io.mosaik.wire.MalformedException;
import java.util.ArrayList;
import java.util.List;

/**
 * Hands the batches of a producer to its subscribers. There is one log of batches, whatever the
 * number of subscribers; each subscriber is a {@link Cursor} into it, which moves as its credit and
 * its link allow. How far it is behind the end of the log is its lag, and the lag is bounded: who
 * would exceed it meets the {@link Overflow} rule. So the log never holds more than the bound, and
 * a subscriber that stalls costs the others nothing.
 *
 * <p>Whole batches are sent as the frame that all share; only where a credit ends within a batch is
 * a part of it framed again.
 */
public final class FanOut {

  /** What becomes of a subscriber whose lag would exceed the bound. */
  public enum Overflow {
    /** It is given up, see {@link Output#overflowed}. */
    DISCONNECT,
    /** Nothing is appended before it has room, see {@link FanOut#roomDatums}. */
    WAIT,
    /** It misses its oldest datums, see {@link Output#skipped}. */
    SKIP_OLDEST
  }

  /** What the fan-out does to one subscriber. It must not call back. */
  public interface Output {

    /** Whether its link takes more now; if not, {@link FanOut#resume} says when it does again. */
    boolean isWritable();

    /** How many datums may leave for it now, whatever its credit. */
    default long allowedDatums() {
      return Long.MAX_VALUE;
    }

    /** While fewer bytes than this have left, another datum may; as {@link #allowedDatums}. */
    default long allowedBytes() {
      return Long.MAX_VALUE;
    }

    /** Something waits for it, and may not leave yet; {@link FanOut#resume} says when it may. */
    default void heldBack() {}

    /** Sends a frame of so many datums, which encoded are so many bytes. */
    void send(Frame frame, int datums, long bytes);

    /** Was left out so many datums. */
    void skipped(long datums);

    /** Is given up; so many datums that were appended were not sent to it. The last call. */
    void overflowed(long unsentDatums);
  }

  private final Overflow overflow;
  private final int maxLagDatums;
  private final long maxLagBytes;
  private final BatchLog log = new BatchLog();
  private final List<Cursor> cursors = new ArrayList<>();
  private long nextSequence;
  private long appendedBytes;

  /**
   * @param maxLagDatums how many datums may wait for one subscriber, at least 1
   * @param maxLagBytes how many bytes; one datum may always wait, however long
   */
  public FanOut(Overflow overflow, int maxLagDatums, long maxLagBytes) {
    this.overflow = overflow;
    this.maxLagDatums = maxLagDatums;
    this.maxLagBytes = maxLagBytes;
  }

  /** The number of the next datum that is appended. */
  public long nextSequence() {
    return nextSequence;
  }

  /** How many subscribers there are. */
  public int size() {
    return cursors.size();
  }

  /** How many batches are kept because a subscriber waits for them. */
  public int keptBatches() {
    return log.size();
  }

  /** How many bytes they take. */
  public long keptBytes() {
    return log.bytes();
  }

  /** Adds a subscriber, which gets what is appended from now on. */
  public Cursor subscribe(Credit credit, Output output) {
    credit.checkAhead(0, 0);
    var cursor = new Cursor(output, credit, log.end(), nextSequence, appendedBytes);
    cursors.add(cursor);
    return cursor;
  }

  /** Removes a subscriber; nothing more is sent to it. Without effect if it is gone. */
  public void unsubscribe(Cursor cursor) {
    if (cursors.remove(cursor)) {
      trim();
    }
  }

  /** How many datums may be appended now; with any other rule than WAIT there is no limit. */
  public int roomDatums() {
    if (overflow != Overflow.WAIT) {
      return Integer.MAX_VALUE;
    }
    int room = Integer.MAX_VALUE;
    for (Cursor cursor : cursors) {
      long lagDatums = nextSequence - cursor.sequence;
      boolean full = appendedBytes - cursor.passedBytes >= maxLagBytes;
      room = Math.min(room, full ? 0 : (int) Math.max(0, maxLagDatums - lagDatums));
    }
    return room;
  }

  /** Takes a batch that begins with {@link #nextSequence} and sends it to all who may have it. */
  public void append(DatumBatch.Outgoing batch) {
    if (batch.batch().firstSequence() != nextSequence) {
      throw new IllegalArgumentException(
          batch.batch() + " where " + nextSequence + " is the next number");
    }
    log.add(batch);
    nextSequence += batch.batch().count();
    appendedBytes += batch.batch().sizeBytes(0, batch.batch().count());
    boolean gaveUp = false;
    for (Cursor cursor : cursors) {
      advance(cursor);
      gaveUp |= isOver(cursor) && overflow(cursor);
    }
    if (gaveUp) {
      cursors.removeIf(cursor -> cursor.givenUp);
    }
    trim();
  }

  /**
   * Takes a subscriber's new credit and sends what it allows.
   *
   * @throws MalformedException if it is smaller than before, or larger than may be asked for
   */
  public void credit(Cursor cursor, Credit credit) {
    if (credit.datums() < cursor.credit.datums() || credit.bytes() < cursor.credit.bytes()) {
      throw new MalformedException("a credit that takes back an earlier one");
    }
    credit.checkAhead(cursor.sentDatums, cursor.sentBytes);
    cursor.credit = credit;
    resume(cursor);
  }

  /** The subscriber's link takes more again: sends what waits for it. */
  public void resume(Cursor cursor) {
    advance(cursor);
    trim();
  }

  /** Counts datums that are not kept, because there is nobody to wait for them. */
  public void pass(int datums) {
    if (!cursors.isEmpty()) {
      throw new IllegalStateException("passed over while someone is subscribed");
    }
    nextSequence += datums;
  }

  private void advance(Cursor cursor) {
    while (cursor.sequence < nextSequence && cursor.output.isWritable()) {
      DatumBatch.Outgoing outgoing = log.get(cursor.batch);
      DatumBatch batch = outgoing.batch();
      int from = (int) (cursor.sequence - batch.firstSequence());
      int to = from;
      long bytes = 0;
      long datumsLeft = cursor.credit.datums() - cursor.sentDatums;
      long bytesLeft = cursor.credit.bytes() - cursor.sentBytes;
      if (datumsLeft <= 0 || bytesLeft <= 0) {
        return;
      }
      datumsLeft = Math.min(datumsLeft, cursor.output.allowedDatums());
      bytesLeft = Math.min(bytesLeft, cursor.output.allowedBytes());
      while (to < batch.count() && to - from < datumsLeft && bytes < bytesLeft) {
        bytes += batch.sizeBytes(to++);
      }
      if (to == from) {
        cursor.output.heldBack();
        return;
      }
      cursor.output.send(outgoing.frame(from, to), to - from, bytes);
      cursor.sentDatums += to - from;
      cursor.sentBytes += bytes;
      cursor.pass(to - from, bytes, to == batch.count());
    }
  }

  private boolean isOver(Cursor cursor) {
    long lagDatums = nextSequence - cursor.sequence;
    return lagDatums > maxLagDatums
        || (lagDatums > 1 && appendedBytes - cursor.passedBytes > maxLagBytes);
  }

  /** Returns whether the subscriber is given up. */
  private boolean overflow(Cursor cursor) {
    return switch (overflow) {
      case DISCONNECT -> {
        cursor.givenUp = true;
        cursor.output.overflowed(nextSequence - cursor.sequence);
        yield true;
      }
      case SKIP_OLDEST -> {
        long before = cursor.sequence;
        while (isOver(cursor)) {
          DatumBatch batch = log.get(cursor.batch).batch();
          int at = (int) (cursor.sequence - batch.firstSequence());
          cursor.pass(1, batch.sizeBytes(at), at + 1 == batch.count());
        }
        cursor.output.skipped(cursor.sequence - before);
        yield false;
      }
      case WAIT -> false; // what was appended was asked for by roomDatums
    };
  }

  private void trim() {
    long needed = log.end();
    for (Cursor cursor : cursors) {
      needed = Math.min(needed, cursor.batch);
    }
    log.forgetBefore(needed);
  }

  /** One subscriber's place in the log. */
  public static final class Cursor {

    private final Output output;
    private Credit credit;
    private long batch;
    private long sequence;
    private long passedBytes;
    private long sentDatums;
    private long sentBytes;
    private boolean givenUp;

    private Cursor(Output output, Credit credit, long batch, long sequence, long passedBytes) {
      this.output = output;
      this.credit = credit;
      this.batch = batch;
      this.sequence = sequence;
      this.passedBytes = passedBytes;
    }

    /** The number of the next datum that it gets. */
    public long sequence() {
      return sequence;
    }

    private void pass(int datums, long bytes, boolean endsBatch) {
      sequence += datums;
      passedBytes += bytes;
      if (endsBatch) {
        batch++;
      }
    }
  }
}
