package io.mosaik.streams.flow;

import io.mosaik.streams.protocol.DatumBatch;
import io.mosaik.streams.protocol.StreamMessage.Accepted;
import io.mosaik.streams.protocol.StreamMessage.Credit;
import io.mosaik.streams.protocol.StreamMessage.From.Position;
import io.mosaik.wire.MalformedException;
import org.jspecify.annotations.Nullable;

/**
 * The consumer's account with one producer: what may wait for the application, what was granted,
 * and which datum comes next. It outlives the producer's single links, so that what waits from an
 * earlier link counts against the same bound, and a gap between two links is seen.
 */
public final class ReceiveWindow {

  private final int windowDatums;
  private final long windowBytes;
  private long receivedDatums;
  private long receivedBytes;
  private long linkDatums;
  private long linkBytes;
  private long grantedDatums;
  private long grantedBytes;
  private boolean accepted;
  private boolean everAccepted;
  private long incarnation;
  private long nextSequence;

  /**
   * @param windowDatums how many datums may wait, at least 1
   * @param windowBytes from how many bytes on nothing more is asked for; at least 1
   */
  public ReceiveWindow(int windowDatums, long windowBytes) {
    this.windowDatums = windowDatums;
    this.windowBytes = windowBytes;
  }

  /** A new link begins; returns the credit to ask with, given what was ever taken. */
  public Credit begin(long takenDatums, long takenBytes) {
    accepted = false;
    linkDatums = 0;
    linkBytes = 0;
    grantedDatums = Math.max(0, windowDatums - (receivedDatums - takenDatums));
    grantedBytes = Math.max(0, windowBytes - (receivedBytes - takenBytes));
    return new Credit(grantedDatums, grantedBytes);
  }

  /** The datum that would come next, or null if none was ever announced. */
  public @Nullable Position position() {
    return everAccepted ? new Position(incarnation, nextSequence) : null;
  }

  /** What came so far is of no use: no gap after it is told. */
  public void forget() {
    everAccepted = false;
  }

  /** What {@link #accepted} returns where numbers tell nothing. */
  public static final long UNKNOWN = -1;

  /**
   * The producer accepted; returns how many datums it numbered since the last one that came over an
   * earlier link: 0 if there was none, {@link #UNKNOWN} if it numbers anew.
   *
   * @throws MalformedException if it accepted before, or its numbers go back
   */
  public long accepted(Accepted message) {
    if (accepted) {
      throw new MalformedException("accepted twice");
    }
    accepted = true;
    boolean known = everAccepted && incarnation == message.incarnation();
    if (known && message.nextSequence() < nextSequence) {
      throw new MalformedException(
          "the next number is " + message.nextSequence() + " after " + nextSequence);
    }
    long missed = known ? message.nextSequence() - nextSequence : everAccepted ? UNKNOWN : 0;
    everAccepted = true;
    incarnation = message.incarnation();
    nextSequence = message.nextSequence();
    return missed;
  }

  /**
   * Datums came; returns how many were left out before them.
   *
   * @throws MalformedException if they were not asked for, or their numbers go back
   */
  public long received(DatumBatch batch) {
    int count = batch.count();
    long lastBytes = batch.sizeBytes(count - 1);
    long bytes = batch.sizeBytes(0, count);
    if (!accepted) {
      throw new MalformedException("data before the subscription was accepted");
    }
    if (linkDatums + count > grantedDatums || linkBytes + bytes - lastBytes >= grantedBytes) {
      throw new MalformedException(
          "data beyond the credit of " + grantedDatums + " datums, " + grantedBytes + " bytes");
    }
    if (batch.firstSequence() < nextSequence || batch.firstSequence() > Long.MAX_VALUE - count) {
      throw new MalformedException(batch + " where " + nextSequence + " is the next number");
    }
    long missed = batch.firstSequence() - nextSequence;
    nextSequence = batch.firstSequence() + count;
    linkDatums += count;
    linkBytes += bytes;
    receivedDatums += count;
    receivedBytes += bytes;
    return missed;
  }

  /** How much the application has to take until {@link #regrant} has something to say. */
  public int regrantStep() {
    return Math.max(1, windowDatums / 4);
  }

  /**
   * The application has taken so much in total; returns the credit to grant, or null while the
   * producer has enough left.
   */
  public @Nullable Credit regrant(long takenDatums, long takenBytes) {
    long datums = linkDatums + windowDatums - (receivedDatums - takenDatums);
    long bytes = linkBytes + windowBytes - (receivedBytes - takenBytes);
    boolean worthwhile =
        datums - grantedDatums >= regrantStep()
            || bytes - grantedBytes >= Math.max(1, windowBytes / 4);
    if (!worthwhile) {
      return null;
    }
    grantedDatums = Math.max(grantedDatums, datums);
    grantedBytes = Math.max(grantedBytes, bytes);
    return new Credit(grantedDatums, grantedBytes);
  }

  /** What was received and not taken yet. */
  public long waitingDatums(long takenDatums) {
    return receivedDatums - takenDatums;
  }
}
