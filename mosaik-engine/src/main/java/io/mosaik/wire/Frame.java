package io.mosaik.wire;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * One encoded message with its 4-byte big-endian length before it: made once, shared by all who
 * receive it, never changed.
 *
 * <p>It is bytes of its own and, between them, pieces that lie where they were encoded: what is
 * long need not be copied to be framed. Who sends it reads it through a {@link Source}.
 */
public final class Frame {

  /** The bytes that the length takes. */
  public static final int HEADER_BYTES = 4;

  /** What a piece takes in memory besides its array: the objects that tell where it is. */
  private static final int PIECE_OVERHEAD_BYTES = 64;

  private static final BinaryReader[] NONE = {};

  private final byte[] own;
  private final int ownBytes;

  /** So many bytes of its own come before each piece. */
  private final int[] cuts;

  private final BinaryReader[] pieces;
  private final int wireBytes;

  /** Of the first bytes of an array that nobody changes any more. */
  private Frame(byte[] own, int ownBytes) {
    this(own, ownBytes, new int[0], NONE, ownBytes);
  }

  private Frame(byte[] own, int ownBytes, int[] cuts, BinaryReader[] pieces, int wireBytes) {
    this.own = own;
    this.ownBytes = ownBytes;
    this.cuts = cuts;
    this.pieces = pieces;
    this.wireBytes = wireBytes;
  }

  /**
   * The frame of what is written, without a copy of it.
   *
   * @param expectedBytes for how much there is room before the writer grows
   * @param content writes the payload; its writer is of no use afterwards
   */
  public static Frame write(int expectedBytes, Consumer<? super BinaryWriter> content) {
    var out = new BinaryWriter(HEADER_BYTES + expectedBytes);
    out.i32(0);
    content.accept(out);
    int length = out.size();
    byte[] bytes = out.take();
    BinaryWriter.putInt(bytes, 0, length - HEADER_BYTES);
    return new Frame(bytes, length);
  }

  /**
   * The frame of what is written and of pieces that lie elsewhere, without a copy of either.
   *
   * @param expectedBytes for how much of its own there is room before the writer grows
   * @param mostPieces at least as many as there will be
   * @param content writes and adds the payload, in order; the gathering is of no use afterwards
   */
  public static Frame gather(
      int expectedBytes, int mostPieces, Consumer<? super Gathering> content) {
    var gathering = new Gathering(expectedBytes, mostPieces);
    content.accept(gathering);
    return gathering.toFrame();
  }

  /** A frame of a copy of the payload. */
  public static Frame of(byte[] payload) {
    return of(payload, 0, payload.length);
  }

  static Frame of(byte[] source, int offset, int length) {
    var bytes = new byte[HEADER_BYTES + length];
    BinaryWriter.putInt(bytes, 0, length);
    System.arraycopy(source, offset, bytes, HEADER_BYTES, length);
    return new Frame(bytes, bytes.length);
  }

  /** The payload's length, without the header. */
  public int payloadBytes() {
    return wireBytes - HEADER_BYTES;
  }

  /** The length on the wire, header included. */
  public int wireBytes() {
    return wireBytes;
  }

  /** How many pieces lie where they were encoded. */
  public int pieces() {
    return pieces.length;
  }

  /** How many bytes it keeps in memory, with what else is in the arrays of its pieces. */
  public long heldBytes() {
    long bytes = ownBytes;
    for (BinaryReader piece : pieces) {
      bytes += piece.heldBytes() + PIECE_OVERHEAD_BYTES;
    }
    return bytes;
  }

  /** The frame from its beginning, header included, for one who sends it. */
  public Source source() {
    return new Source();
  }

  /** The bytes on the wire, header included, as a read-only view; of a copy if there are pieces. */
  public ByteBuffer toWire() {
    return ByteBuffer.wrap(whole(), 0, wireBytes).slice().asReadOnlyBuffer();
  }

  /** A reader over the payload; over a copy of it if there are pieces. */
  public BinaryReader payload() {
    return new BinaryReader(whole(), HEADER_BYTES, payloadBytes());
  }

  private byte[] whole() {
    if (pieces.length == 0) {
      return own;
    }
    var whole = new byte[wireBytes];
    source().copyTo(ByteBuffer.wrap(whole));
    return whole;
  }

  /** What a frame is put together of, in the order in which it is called. */
  public static final class Gathering {

    private final BinaryWriter out;
    private final int[] cuts;
    private final BinaryReader[] pieces;
    private int count;
    private int pieceBytes;

    private Gathering(int expectedBytes, int mostPieces) {
      out = new BinaryWriter(HEADER_BYTES + expectedBytes);
      out.i32(0);
      cuts = new int[mostPieces];
      pieces = new BinaryReader[mostPieces];
    }

    /** Takes what the frame has of its own, between the pieces. */
    public BinaryWriter out() {
      return out;
    }

    /**
     * Goes on with all the remaining bytes of a reader, which stay where they are.
     *
     * @param piece it and its bytes must not change any more
     * @throws IndexOutOfBoundsException if there are more pieces than were announced
     */
    public void refer(BinaryReader piece) {
      cuts[count] = out.size();
      pieces[count++] = piece;
      pieceBytes = Math.addExact(pieceBytes, piece.remaining());
    }

    private Frame toFrame() {
      int ownBytes = out.size();
      int wireBytes = Math.addExact(ownBytes, pieceBytes);
      byte[] own = out.take();
      BinaryWriter.putInt(own, 0, wireBytes - HEADER_BYTES);
      return new Frame(
          own, ownBytes, Arrays.copyOf(cuts, count), Arrays.copyOf(pieces, count), wireBytes);
    }
  }

  /** Hands a frame out bit by bit, as there is room for it. Not thread-safe. */
  public final class Source {

    private int ownAt;
    private int pieceAt;
    private int withinPiece;

    private Source() {}

    /** Whether all of the frame was handed out. */
    public boolean isDone() {
      return ownAt == ownBytes && pieceAt == pieces.length;
    }

    /** Copies as much as there is left and the target has room for. */
    public void copyTo(ByteBuffer target) {
      while (target.hasRemaining() && !isDone()) {
        int cut = pieceAt == pieces.length ? ownBytes : cuts[pieceAt];
        if (ownAt < cut) {
          int bytes = Math.min(cut - ownAt, target.remaining());
          target.put(own, ownAt, bytes);
          ownAt += bytes;
        } else {
          copyPieceTo(target);
        }
      }
    }

    private void copyPieceTo(ByteBuffer target) {
      BinaryReader piece = pieces[pieceAt];
      int bytes = Math.min(piece.remaining() - withinPiece, target.remaining());
      piece.copy(withinPiece, bytes, target);
      withinPiece += bytes;
      if (withinPiece == piece.remaining()) {
        pieceAt++;
        withinPiece = 0;
      }
    }
  }
}
