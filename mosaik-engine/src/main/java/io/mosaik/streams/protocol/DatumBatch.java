package io.mosaik.streams.protocol;

import io.mosaik.wire.BinaryReader;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.Frame;
import io.mosaik.wire.MalformedException;
import java.util.Arrays;
import java.util.List;

/**
 * Some datums of a stream that follow each other: the message that carries data. The datums stay
 * encoded and where they are; {@link #datum} reads one without a copy. Immutable, shared by
 * threads.
 */
public final class DatumBatch implements StreamMessage {

  /** The most datums of one batch. */
  public static final int MAX_DATUMS = 8_192;

  /** The longest datum, encoded, that fits a frame of 16 MiB. */
  public static final int MAX_DATUM_BYTES = 16 * 1024 * 1024 - 64;

  static final int TAG = 4;

  /** What comes before the datums, and room for the writer's last one to look for. */
  private static final int MAX_HEADER_BYTES = 32;

  private final long firstSequence;
  private final BinaryReader body;
  private final int[] starts;
  private final int[] ends;

  private DatumBatch(long firstSequence, BinaryReader body, int[] starts, int[] ends) {
    this.firstSequence = firstSequence;
    this.body = body;
    this.starts = starts;
    this.ends = ends;
  }

  /**
   * Reads a batch; all lengths are checked, the datums themselves are not looked at.
   *
   * @param in after the tag; all of it is taken
   */
  static DatumBatch decode(BinaryReader in) {
    long firstSequence = in.varint();
    int count = in.count(MAX_DATUMS, 1);
    if (count == 0) {
      throw new MalformedException("a batch without datums");
    }
    BinaryReader body = in.view(0, in.remaining());
    int total = in.remaining();
    var starts = new int[count];
    var ends = new int[count];
    for (int i = 0; i < count; i++) {
      long length = in.varint();
      starts[i] = total - in.remaining();
      if (length > in.remaining()) {
        throw new MalformedException(
            "a datum of " + length + " bytes, " + in.remaining() + " are left");
      }
      BinaryReader skipped = in.slice((int) length);
      ends[i] = starts[i] + skipped.remaining();
    }
    in.expectEnd();
    return new DatumBatch(firstSequence, body, starts, ends);
  }

  /** Makes the one frame of these datums, at least one and at most {@link #MAX_DATUMS}. */
  public static Outgoing encode(long firstSequence, List<BinaryWriter> datums) {
    int count = datums.size();
    int bodyBytes = 0;
    var starts = new int[count];
    var ends = new int[count];
    for (int i = 0; i < count; i++) {
      int sizeBytes = datums.get(i).size();
      starts[i] = bodyBytes + BinaryWriter.varintBytes(sizeBytes);
      bodyBytes = starts[i] + sizeBytes;
      ends[i] = bodyBytes;
    }
    Frame frame =
        Frame.write(
            bodyBytes + MAX_HEADER_BYTES,
            out -> {
              writeHeader(out, firstSequence, count);
              for (BinaryWriter datum : datums) {
                out.varint(datum.size()).raw(datum);
              }
            });
    BinaryReader payload = frame.payload();
    BinaryReader body = payload.view(payload.remaining() - bodyBytes, bodyBytes);
    return new Outgoing(new DatumBatch(firstSequence, body, starts, ends), frame);
  }

  private static void writeHeader(BinaryWriter out, long firstSequence, int count) {
    out.u8(TAG).varint(firstSequence).varint(count);
  }

  void encode(BinaryWriter out) {
    writeHeader(out, firstSequence, count());
    out.raw(body);
  }

  /** The number of the first datum in its stream. */
  public long firstSequence() {
    return firstSequence;
  }

  /** How many datums, at least one. */
  public int count() {
    return starts.length;
  }

  /** The encoded length of a datum, without its length prefix. */
  public int sizeBytes(int index) {
    return ends[index] - starts[index];
  }

  /** The encoded length of some datums, without their length prefixes. */
  public long sizeBytes(int from, int to) {
    long bytes = 0;
    for (int i = from; i < to; i++) {
      bytes += sizeBytes(i);
    }
    return bytes;
  }

  /** A new reader over a datum. */
  public BinaryReader datum(int index) {
    return body.view(starts[index], sizeBytes(index));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof DatumBatch that
        && firstSequence == that.firstSequence
        && Arrays.equals(starts, that.starts)
        && Arrays.equals(ends, that.ends)
        && body.remainingView().equals(that.body.remainingView());
  }

  @Override
  public int hashCode() {
    return Long.hashCode(firstSequence) * 31 + count();
  }

  @Override
  public String toString() {
    return count() + " datums from " + firstSequence;
  }

  /**
   * A batch on its way out, with the frame that all who get the whole of it share.
   *
   * @param batch the datums
   * @param frame of all of them
   */
  public record Outgoing(DatumBatch batch, Frame frame) {

    /** The frame of some of the datums; the shared one if these are all. */
    public Frame frame(int from, int to) {
      if (from == 0 && to == batch.count()) {
        return frame;
      }
      int bodyFrom = from == 0 ? 0 : batch.ends[from - 1];
      int bodyBytes = batch.ends[to - 1] - bodyFrom;
      return Frame.write(
          bodyBytes + MAX_HEADER_BYTES,
          out -> {
            writeHeader(out, batch.firstSequence + from, to - from);
            out.raw(batch.body.view(bodyFrom, bodyBytes));
          });
    }
  }
}
