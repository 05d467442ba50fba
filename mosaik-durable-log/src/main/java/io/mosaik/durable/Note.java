package io.mosaik.durable;

import io.mosaik.groups.log.HardState;
import io.mosaik.groups.log.LogPosition;
import io.mosaik.groups.log.LogWrite;
import io.mosaik.wire.BinaryReader;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.Codec;
import io.mosaik.wire.MalformedException;

/** One record of a frame. */
sealed interface Note {

  /** A kind (one byte), then what the kind has. */
  Codec<Note> CODEC = new NoteCodec();

  /**
   * The first record of every segment: what must be known without the segments before.
   *
   * @param incarnation of the log
   * @param firstSegment the first one that still counts
   * @param nextIndex the index behind the last entry, at this point
   * @param hardState at this point
   */
  record Head(long incarnation, long firstSegment, long nextIndex, HardState hardState)
      implements Note {}

  /**
   * A change of the log.
   *
   * @param anew whether none of the entries before count any more
   * @param write the change
   */
  record Write(boolean anew, LogWrite write) implements Note {}

  /**
   * Segments before this one don't count any more, and may be gone.
   *
   * @param firstSegment the first one that still counts
   */
  record Pruned(long firstSegment) implements Note {}

  /**
   * The last record of a segment that another follows.
   *
   * @param nextSegment the one that follows
   */
  record Sealed(long nextSegment) implements Note {}

  /** The bytes of records. */
  final class NoteCodec implements Codec<Note> {
    private static final int HEAD = 1;
    private static final int WRITE = 2;
    private static final int PRUNED = 3;
    private static final int SEALED = 4;

    private NoteCodec() {}

    @Override
    public void encode(Note note, BinaryWriter out) {
      switch (note) {
        case Head head -> {
          out.u8(HEAD).i64(head.incarnation).varint(head.firstSegment).varint(head.nextIndex);
          out.value(head.hardState, HardState.CODEC);
        }
        case Write write -> out.u8(WRITE).bool(write.anew).value(write.write, LogWrite.CODEC);
        case Pruned pruned -> out.u8(PRUNED).varint(pruned.firstSegment);
        case Sealed sealed -> out.u8(SEALED).varint(sealed.nextSegment);
      }
    }

    @Override
    public Note decode(BinaryReader in) {
      int kind = in.u8();
      return switch (kind) {
        case HEAD -> {
          long incarnation = in.i64();
          long firstSegment = LogPosition.readNumber(in, "segment");
          long nextIndex = LogPosition.readNumber(in, "index");
          yield new Head(incarnation, firstSegment, nextIndex, in.value(HardState.CODEC));
        }
        case WRITE -> new Write(in.bool(), in.value(LogWrite.CODEC));
        case PRUNED -> new Pruned(LogPosition.readNumber(in, "segment"));
        case SEALED -> new Sealed(LogPosition.readNumber(in, "segment"));
        default -> throw new MalformedException("a record of the unknown kind " + kind);
      };
    }
  }
}
