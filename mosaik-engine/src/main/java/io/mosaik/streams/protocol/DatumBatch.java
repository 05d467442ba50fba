package io.mosaik.streams.protocol;

import io.mosaik.wire.BinaryReader;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.Frame;
import io.mosaik.wire.MalformedException;
import java.util.List;
import java.util.stream.IntStream;

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

  /** From here on it costs less to send a datum in two pieces than to copy it. */
  private static final int LONG_BYTES = 4 * 1024;

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

  /**
   * Makes the one frame of these datums, at least one and at most {@link #MAX_DATUMS}. A long one
   * that is alone stays where it was encoded: nothing more may be written to its writer.
   */
  public static Outgoing encode(long firstSequence, List<BinaryWriter> datums) {
    int count = datums.size();
    if (count == 1 && isLong(datums.getFirst())) {
      return encodeLong(firstSequence, datums.getFirst());
    }
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

  /** Whether a datum is not worth a copy, and its writer little more than the datum. */
  private static boolean isLong(BinaryWriter datum) {
    return datum.size() >= LONG_BYTES && datum.spareBytes() <= datum.size() / 8;
  }

  private static Outgoing encodeLong(long firstSequence, BinaryWriter datum) {
    int sizeBytes = datum.size();
    Frame frame =
        Frame.write(
            out -> {
              writeHeader(out, firstSequence, 1);
              out.varint(sizeBytes);
            },
            datum);
    var batch =
        new DatumBatch(firstSequence, datum.toReader(), new int[] {0}, new int[] {sizeBytes});
    return new Outgoing(batch, frame);
  }

  private static void writeHeader(BinaryWriter out, long firstSequence, int count) {
    out.u8(TAG).varint(firstSequence).varint(count);
  }

  void encode(BinaryWriter out) {
    writeHeader(out, firstSequence, count());
    for (int i = 0; i < count(); i++) {
      out.varint(sizeBytes(i)).raw(datum(i));
    }
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
        && count() == that.count()
        && IntStream.range(0, count())
            .allMatch(i -> datum(i).remainingView().equals(that.datum(i).remainingView()));
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
