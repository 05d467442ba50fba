package io.mosaik.streams.flow;

import io.mosaik.streams.flow.WaitingDatums.Item;
import io.mosaik.streams.protocol.DatumBatch;
import io.mosaik.streams.protocol.StreamMessage.Credit;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.MalformedException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** One member of a {@link ShareGroup}: what it has, and how much more it may be given. */
public final class ShareMember {

  private static final int BATCH_BYTES = 64 * 1024;

  private final FanOut.Output output;
  private final Interests.Interest interest;
  private final ArrayDeque<Item> outstanding = new ArrayDeque<>();
  private final List<BinaryWriter> batch = new ArrayList<>();
  private Credit credit;
  private long sentDatums;
  private long sentBytes;
  private long takenDatums;
  private long batchBytes;
  private long roomDatums;
  private long roomBytes;
  private boolean heldBack;
  private boolean gone;

  ShareMember(FanOut.Output output, Interests.Interest interest, Credit credit) {
    this.output = output;
    this.interest = interest;
    this.credit = credit;
  }

  FanOut.Output output() {
    return output;
  }

  Interests.Interest interest() {
    return interest;
  }

  boolean isGone() {
    return gone;
  }

  /** How many datums it has. */
  int outstanding() {
    return outstanding.size();
  }

  /** Takes leave; returns what it has. */
  List<Item> leave() {
    gone = true;
    interest.leave();
    List<Item> left = List.copyOf(outstanding);
    outstanding.clear();
    return left;
  }

  /**
   * Takes its new credit.
   *
   * @throws MalformedException if it is smaller than before, or larger than may be asked for
   */
  void credit(Credit next) {
    if (next.datums() < credit.datums() || next.bytes() < credit.bytes()) {
      throw new MalformedException("a credit that takes back an earlier one");
    }
    next.checkAhead(sentDatums, sentBytes);
    credit = next;
  }

  /**
   * How many more its application has taken than was known.
   *
   * @param datums in all
   * @throws MalformedException if these are fewer than before, or more than it was sent
   */
  long untold(long datums) {
    if (datums < takenDatums || datums > sentDatums) {
      throw new MalformedException(
          datums + " datums taken of " + sentDatums + ", after " + takenDatums);
    }
    return datums - takenDatums;
  }

  /** Its application has taken its first datum. */
  Item take() {
    takenDatums++;
    return outstanding.removeFirst();
  }

  /** Looks how much may be sent in one frame. */
  void refresh() {
    long creditDatums = credit.datums() - sentDatums;
    long creditBytes = credit.bytes() - sentBytes;
    heldBack = false;
    if (creditDatums <= 0 || creditBytes <= 0 || !output.isWritable()) {
      roomDatums = 0;
      return;
    }
    long allowedDatums = output.allowedDatums();
    long allowedBytes = output.allowedBytes();
    roomDatums = Math.min(allowedDatums, Math.min(creditDatums, DatumBatch.MAX_DATUMS));
    roomBytes = Math.min(allowedBytes, Math.min(creditBytes, BATCH_BYTES));
    heldBack = !hasRoom();
  }

  boolean hasRoom() {
    return roomDatums > 0 && roomBytes > 0;
  }

  /** Gives it a datum, which it has room for, with the next {@link #flush}. */
  void give(Item item) {
    outstanding.addLast(item);
    int sizeBytes = item.datum().sizeBytes();
    batch.add(item.datum().bytes());
    batchBytes += sizeBytes;
    roomDatums--;
    roomBytes -= sizeBytes;
  }

  /** Sends what it was given as one frame. */
  void flush() {
    if (!batch.isEmpty()) {
      DatumBatch.Outgoing outgoing = DatumBatch.encode(sentDatums, batch);
      int datums = batch.size();
      long bytes = batchBytes;
      sentDatums += datums;
      sentBytes += bytes;
      batch.clear();
      batchBytes = 0;
      output.send(outgoing.frame(), datums, bytes);
    }
  }

  /** Something waits that it might get if it were allowed to. */
  void noteHeldBack() {
    if (heldBack) {
      heldBack = false;
      output.heldBack();
    }
  }
}
