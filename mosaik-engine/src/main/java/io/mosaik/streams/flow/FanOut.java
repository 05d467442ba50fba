package io.mosaik.streams.flow;

import io.mosaik.streams.protocol.DatumBatch;
import io.mosaik.streams.protocol.StreamMessage.Credit;
import io.mosaik.wire.Frame;
import io.mosaik.wire.MalformedException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Hands the batches of a producer to its subscribers. There is one log of batches, whatever the
 * number of subscribers; each subscriber is a {@link Cursor} into it, which moves as its credit and
 * its link allow. How far it is behind the end of the log is its lag, and the lag is bounded: who
 * would exceed it meets the {@link Overflow} rule. So the log never holds more than the bound, and
 * a subscriber that stalls costs the others nothing.
 *
 * <p>What was sent to all may be kept for who comes late, as far as a {@link Retention} goes. Who
 * begins there is behind from the outset: it catches up, and may be as far behind as the past
 * reaches, until it comes within half of the bound that holds for everyone.
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
  private final @Nullable Past past;
  private final List<Cursor> cursors = new ArrayList<>();
  private long nextSequence;
  private long appendedBytes;

  /**
   * @param maxLagDatums how many datums may wait for one subscriber, at least 1
   * @param maxLagBytes how many bytes; one datum may always wait, however long
   */
  public FanOut(Overflow overflow, int maxLagDatums, long maxLagBytes) {
    this(overflow, maxLagDatums, maxLagBytes, Retention.NONE);
  }

  /**
   * @param maxLagDatums how many datums may wait for one subscriber, at least 1
   * @param maxLagBytes how many bytes; one datum may always wait, however long
   * @param retention what is kept besides
   */
  public FanOut(Overflow overflow, int maxLagDatums, long maxLagBytes, Retention retention) {
    this.overflow = overflow;
    this.maxLagDatums = maxLagDatums;
    this.maxLagBytes = maxLagBytes;
    past = retention.isAny() ? new Past(log, retention) : null;
  }

  /** The number of the next datum that is appended. */
  public long nextSequence() {
    return nextSequence;
  }

  /** How many subscribers there are. */
  public int size() {
    return cursors.size();
  }

  /** How many batches are kept, because a subscriber waits for them or for who comes late. */
  public int keptBatches() {
    return log.size();
  }

  /** Whether no subscriber waits for anything that was appended. */
  public boolean isDrained() {
    for (Cursor cursor : cursors) {
      if (cursor.sequence < nextSequence) {
        return false;
      }
    }
    return true;
  }

  /** Whether anything is kept for who comes late. */
  boolean keepsPast() {
    return past != null;
  }

  /** The number of the first datum that one who comes now can still get. */
  public long earliest() {
    return past == null ? nextSequence : past.sequence();
  }

  /** How many bytes are kept for who comes late, with what it takes to keep them. */
  public long pastBytes() {
    return past == null ? 0 : past.bytes();
  }

  /** A batch that is kept for who comes late, by its number in the log; null at the end of it. */
  @Nullable DatumBatch pastBatch(long number) {
    return number == log.end() ? null : log.get(number).batch();
  }

  /** The number in the log of the first batch that is kept for who comes late. */
  long firstPastBatch() {
    return past == null ? log.end() : past.batch();
  }

  /** Time has passed: what has become too old is kept no more. */
  public void tick(long nowNs) {
    if (past != null) {
      past.tick(nowNs);
      giveUpWhoIsOver();
      trim();
    }
  }

  /** Keeps nothing that no subscriber waits for, until more is appended. */
  public void forgetPast() {
    if (past != null) {
      past.clear();
      giveUpWhoIsOver();
      trim();
    }
  }

  /** How many bytes they take. */
  public long keptBytes() {
    return log.bytes();
  }

  /** Adds a subscriber, which gets what is appended from now on. */
  public Cursor subscribe(Credit credit, Output output) {
    return subscribe(nextSequence, credit, output);
  }

  /**
   * Adds a subscriber, which gets what is kept from some datum on, and what is appended. Nothing is
   * sent before {@link #resume}.
   *
   * @param from the number of the datum, from {@link #earliest} to {@link #nextSequence}
   */
  public Cursor subscribe(long from, Credit credit, Output output) {
    if (from < earliest() || from > nextSequence) {
      throw new IllegalArgumentException(
          "from " + from + ", where " + earliest() + " to " + nextSequence + " are kept");
    }
    credit.checkAhead(0, 0);
    var cursor = new Cursor(output, credit, nextSequence);
    place(cursor, from);
    cursors.add(cursor);
    return cursor;
  }

  /**
   * Adds a subscriber, which gets what is appended from now on, after something else: nothing is
   * sent before {@link #resume}, and until it has caught up, it may be as far behind as the past
   * reaches.
   */
  public Cursor subscribeBehind(Credit credit, Output output) {
    Cursor cursor = subscribe(nextSequence, credit, output);
    cursor.catchingUp = true;
    return cursor;
  }

  private void place(Cursor cursor, long from) {
    cursor.sequence = from;
    if (from == nextSequence) {
      cursor.batch = log.end();
      cursor.passedBytes = appendedBytes;
    } else {
      cursor.batch = log.find(from);
      DatumBatch batch = log.get(cursor.batch).batch();
      cursor.passedBytes =
          log.offsetBytes(cursor.batch) + batch.sizeBytes(0, (int) (from - batch.firstSequence()));
      cursor.catchingUp = true;
      settle(cursor);
    }
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
      long mostDatums = maxLagDatums;
      long mostBytes = maxLagBytes;
      if (cursor.catchingUp && past != null) {
        mostDatums = Math.max(mostDatums, past.maxDatums());
        mostBytes = Math.max(mostBytes, past.maxBytes());
      }
      boolean full = appendedBytes - cursor.passedBytes >= mostBytes;
      long left = full ? 0 : Math.max(0, mostDatums - (nextSequence - cursor.sequence));
      room = (int) Math.min(room, left);
    }
    return room;
  }

  /** Takes a batch that begins with {@link #nextSequence} and sends it to all who may have it. */
  public void append(DatumBatch.Outgoing batch) {
    if (batch.batch().firstSequence() != nextSequence) {
      throw new IllegalArgumentException(
          batch.batch() + " where " + nextSequence + " is the next number");
    }
    log.add(batch, appendedBytes);
    nextSequence += batch.batch().count();
    appendedBytes += batch.batch().sizeBytes(0, batch.batch().count());
    if (past != null) {
      past.added(batch);
    }
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

  private void giveUpWhoIsOver() {
    for (Cursor cursor : cursors) {
      boolean unused = isOver(cursor) && overflow(cursor);
    }
    cursors.removeIf(cursor -> cursor.givenUp);
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
      if (cursor.catchingUp) {
        settle(cursor);
      }
    }
  }

  /** Who has come near enough is one of those who get what is new. */
  private void settle(Cursor cursor) {
    cursor.catchingUp =
        cursor.sequence < nextSequence
            && (nextSequence - cursor.sequence > maxLagDatums / 2
                || appendedBytes - cursor.passedBytes > maxLagBytes / 2);
  }

  private boolean isOver(Cursor cursor) {
    long lagDatums = nextSequence - cursor.sequence;
    boolean behind =
        lagDatums > maxLagDatums
            || (lagDatums > 1 && appendedBytes - cursor.passedBytes > maxLagBytes);
    return behind && !(cursor.catchingUp && past != null && cursor.sequence >= past.sequence());
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
    long needed = firstPastBatch();
    for (Cursor cursor : cursors) {
      needed = Math.min(needed, cursor.batch);
    }
    log.forgetBefore(needed);
  }

  /** One subscriber's place in the log. */
  public static final class Cursor {

    private final Output output;
    private final long joinedAt;
    private Credit credit;
    private long batch;
    private long sequence;
    private long passedBytes;
    private long sentDatums;
    private long sentBytes;
    private boolean givenUp;
    private boolean catchingUp;

    private Cursor(Output output, Credit credit, long joinedAt) {
      this.output = output;
      this.credit = credit;
      this.joinedAt = joinedAt;
    }

    /** The number of the next datum that it gets. */
    public long sequence() {
      return sequence;
    }

    /** Whether the next datum that it gets was appended before it came. */
    public boolean isReplayed() {
      return sequence < joinedAt;
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
