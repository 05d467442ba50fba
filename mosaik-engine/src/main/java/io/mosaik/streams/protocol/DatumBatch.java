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

  /** Datums that are so long on average cost less to send from where they are than to copy. */
  private static final int LONG_BYTES = 512;

  /** What comes before the datums, and room for the writer's last one to look for. */
  private static final int MAX_HEADER_BYTES = 32;

  /** The length prefix of a datum. */
  private static final int MAX_PREFIX_BYTES = 4;

  private final long firstSequence;
  private final Datums datums;

  private DatumBatch(long firstSequence, Datums datums) {
    this.firstSequence = firstSequence;
    this.datums = datums;
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
    return new DatumBatch(firstSequence, new Joined(body, starts, ends));
  }

  /**
   * Makes the one frame of these datums, at least one and at most {@link #MAX_DATUMS}. Long ones
   * stay where they were encoded: nothing more may be written to their writers.
   */
  public static Outgoing encode(long firstSequence, List<BinaryWriter> datums) {
    if (areLong(datums)) {
      return gather(firstSequence, datums);
    }
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
    return new Outgoing(new DatumBatch(firstSequence, new Joined(body, starts, ends)), frame);
  }

  private static boolean areLong(List<BinaryWriter> datums) {
    long bytes = 0;
    for (BinaryWriter datum : datums) {
      bytes += datum.size();
    }
    return bytes >= (long) LONG_BYTES * datums.size();
  }

  private static Outgoing gather(long firstSequence, List<BinaryWriter> datums) {
    var each = new BinaryReader[datums.size()];
    for (int i = 0; i < each.length; i++) {
      each[i] = keep(datums.get(i));
    }
    var batch = new DatumBatch(firstSequence, new Scattered(each));
    return new Outgoing(batch, batch.gather(0, each.length));
  }

  /** A datum where it is; a copy of it if more than an eighth of its room is unused. */
  private static BinaryReader keep(BinaryWriter datum) {
    return datum.spareBytes() <= datum.size() / 8
        ? datum.toReader()
        : new BinaryReader(datum.toByteArray());
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

  /** The frame of some of the datums, which stay where they are. */
  private Frame gather(int from, int to) {
    int count = to - from;
    return Frame.gather(
        MAX_HEADER_BYTES + count * MAX_PREFIX_BYTES,
        count,
        frame -> {
          writeHeader(frame.out(), firstSequence + from, count);
          for (int i = from; i < to; i++) {
            frame.out().varint(sizeBytes(i));
            frame.refer(datum(i));
          }
        });
  }

  /** The frame of some of the datums. */
  private Frame frame(int from, int to) {
    return switch (datums) {
      case Scattered scattered -> gather(from, to);
      case Joined joined -> {
        BinaryReader body = joined.body(from, to);
        yield Frame.write(
            body.remaining() + MAX_HEADER_BYTES,
            out -> {
              writeHeader(out, firstSequence + from, to - from);
              out.raw(body);
            });
      }
    };
  }

  /** The number of the first datum in its stream. */
  public long firstSequence() {
    return firstSequence;
  }

  /** How many datums, at least one. */
  public int count() {
    return datums.count();
  }

  /** The encoded length of a datum, without its length prefix. */
  public int sizeBytes(int index) {
    return datums.sizeBytes(index);
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
    return datums.datum(index);
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
      return from == 0 && to == batch.count() ? frame : batch.frame(from, to);
    }
  }

  /** Where the datums lie. */
  private sealed interface Datums {

    int count();

    int sizeBytes(int index);

    BinaryReader datum(int index);
  }

  /**
   * One behind the other, as in a frame, each after its length.
   *
   * @param starts where each begins, after its length
   * @param ends where each ends
   */
  private record Joined(BinaryReader body, int[] starts, int[] ends) implements Datums {

    @Override
    public int count() {
      return starts.length;
    }

    @Override
    public int sizeBytes(int index) {
      return ends[index] - starts[index];
    }

    @Override
    public BinaryReader datum(int index) {
      return body.view(starts[index], sizeBytes(index));
    }

    /** Some of them, with their lengths. */
    private BinaryReader body(int from, int to) {
      int start = from == 0 ? 0 : ends[from - 1];
      return body.view(start, ends[to - 1] - start);
    }
  }

  /** Each where it was encoded. */
  private record Scattered(BinaryReader[] each) implements Datums {

    @Override
    public int count() {
      return each.length;
    }

    @Override
    public int sizeBytes(int index) {
      return each[index].remaining();
    }

    @Override
    public BinaryReader datum(int index) {
      return each[index].view(0, sizeBytes(index));
    }
  }
}
