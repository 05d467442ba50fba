package io.mosaik.groups.log;

import io.mosaik.wire.BinaryReader;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.Codec;
import io.mosaik.wire.MalformedException;
import java.util.Arrays;
import java.util.List;

/** One entry of a group's log. Its index is its place in the log and not part of it. */
public sealed interface Entry {

  /** The most bytes of one command: 8 MiB. */
  int MAX_COMMAND_BYTES = 8 << 20;

  /** A kind (one byte), the term, then what the kind has. */
  Codec<Entry> CODEC = new EntryCodec();

  /** The term of the leader that made it. */
  long term();

  /** About how many bytes it takes on the wire; exact for commands but for a few bytes. */
  default int sizeBytes() {
    return 16;
  }

  /**
   * The first entry of every log: founds a lineage with its first committee.
   *
   * @param term the term in which all the founders agreed
   * @param lineage the new lineage
   * @param committee its first committee
   */
  record Formation(long term, Lineage lineage, Committee committee) implements Entry {
    @Override
    public int sizeBytes() {
      return 48 + committee.size() * Member.BYTES;
    }
  }

  /**
   * What every leader begins with: once it is committed, all before it is (dissertation §6.4).
   *
   * @param term of the new leader
   */
  record Noop(long term) implements Entry {}

  /**
   * A command to the state machine.
   *
   * @param term of the leader that placed it
   * @param origin whose command it is
   * @param sequence its number among its origin's commands, from 1 on
   * @param bytes the encoded command; shared, never changed by anyone
   */
  @SuppressWarnings("ArrayRecordComponent") // equality by content is defined below
  record Command(long term, Origin origin, long sequence, byte[] bytes) implements Entry {
    @Override
    public int sizeBytes() {
      return 56 + bytes.length;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Command that
          && term == that.term
          && sequence == that.sequence
          && origin.equals(that.origin)
          && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
      return (origin.hashCode() * 31 + Long.hashCode(sequence)) * 31 + Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
      return "Command[term=" + term + ", " + origin + " " + sequence + ", " + bytes.length + " B]";
    }
  }

  /**
   * Names the committee from here on: one member more or less than before.
   *
   * @param term of the leader that changes it
   * @param committee the new committee
   */
  record CommitteeChange(long term, Committee committee) implements Entry {
    @Override
    public int sizeBytes() {
      return 16 + committee.size() * Member.BYTES;
    }
  }

  /**
   * Asks every member for a snapshot of what comes before, so that all cut their logs at the same
   * position and get the same bytes.
   *
   * @param term of the leader whose log has grown
   */
  record SnapshotCut(long term) implements Entry {}

  /**
   * From here on no command is accepted: this group has met another one of the same key that has
   * more, and stands still while they find out which of them goes on (L2).
   *
   * @param term of the leader that made it
   * @param against the lineage that was met
   */
  record Freeze(long term, Lineage against) implements Entry {
    @Override
    public int sizeBytes() {
      return 48;
    }
  }

  /**
   * Commands are accepted again (L2).
   *
   * @param term of the leader that made it
   */
  record Unfreeze(long term) implements Entry {}

  /**
   * The last entry that counts in a lineage: once it is committed, its members give up their logs
   * and join the other lineage (L3).
   *
   * @param term of the leader that made it
   * @param into the lineage that goes on
   */
  record Dissolve(long term, Lineage into) implements Entry {
    @Override
    public int sizeBytes() {
      return 48;
    }
  }

  /**
   * The first entry of a later epoch: the majority of the last committee is gone for good, and from
   * here on this one counts (G3). What was committed and is not before this entry is lost.
   *
   * @param term in which all that remain have agreed
   * @param lineage the next epoch
   * @param before the epoch before
   * @param gone the voters whose logs are lost for good, in order
   * @param committee of those that remain
   */
  record Recovery(
      long term, Lineage lineage, Lineage before, List<Member> gone, Committee committee)
      implements Entry {
    /**
     * Copies the list.
     *
     * @throws IllegalArgumentException if the one is no later epoch of the other
     */
    public Recovery {
      gone = List.copyOf(gone);
      if (!lineage.isEpochAfter(before)) {
        throw new IllegalArgumentException(lineage + " is no later epoch of " + before);
      }
    }

    @Override
    public int sizeBytes() {
      return 80 + (gone.size() + committee.size()) * Member.BYTES;
    }
  }

  /** The bytes of entries, the same on the wire and on a disk. */
  final class EntryCodec implements Codec<Entry> {
    private static final int FORMATION = 1;
    private static final int NOOP = 2;
    private static final int COMMAND = 3;
    private static final int COMMITTEE_CHANGE = 4;
    private static final int SNAPSHOT_CUT = 5;
    private static final int FREEZE = 6;
    private static final int UNFREEZE = 7;
    private static final int DISSOLVE = 8;
    private static final int RECOVERY = 9;

    /** The least bytes that an encoded entry takes. */
    public static final int LEAST_BYTES = 2;

    private EntryCodec() {}

    @Override
    public void encode(Entry entry, BinaryWriter out) {
      switch (entry) {
        case Formation formation -> {
          out.u8(FORMATION).varint(formation.term).value(formation.lineage, Lineage.CODEC);
          out.value(formation.committee, Committee.CODEC);
        }
        case Noop noop -> out.u8(NOOP).varint(noop.term);
        case Command command -> {
          out.u8(COMMAND).varint(command.term).value(command.origin, Origin.CODEC);
          out.varint(command.sequence).bytes(command.bytes);
        }
        case CommitteeChange change -> {
          out.u8(COMMITTEE_CHANGE).varint(change.term);
          out.value(change.committee, Committee.CODEC);
        }
        case SnapshotCut cut -> out.u8(SNAPSHOT_CUT).varint(cut.term);
        case Freeze freeze ->
            out.u8(FREEZE).varint(freeze.term).value(freeze.against, Lineage.CODEC);
        case Unfreeze unfreeze -> out.u8(UNFREEZE).varint(unfreeze.term);
        case Dissolve dissolve ->
            out.u8(DISSOLVE).varint(dissolve.term).value(dissolve.into, Lineage.CODEC);
        case Recovery recovery -> {
          out.u8(RECOVERY).varint(recovery.term).value(recovery.lineage, Lineage.CODEC);
          out.value(recovery.before, Lineage.CODEC);
          Member.writeAll(recovery.gone, out);
          out.value(recovery.committee, Committee.CODEC);
        }
      }
    }

    @Override
    public Entry decode(BinaryReader in) {
      int kind = in.u8();
      long term = LogPosition.readNumber(in, "term");
      return switch (kind) {
        case FORMATION -> new Formation(term, lineage(in), in.value(Committee.CODEC));
        case NOOP -> new Noop(term);
        case COMMAND -> {
          Origin origin = in.value(Origin.CODEC);
          long sequence = LogPosition.readNumber(in, "sequence");
          yield new Command(term, origin, sequence, in.bytes(MAX_COMMAND_BYTES));
        }
        case COMMITTEE_CHANGE -> new CommitteeChange(term, in.value(Committee.CODEC));
        case SNAPSHOT_CUT -> new SnapshotCut(term);
        case FREEZE -> new Freeze(term, lineage(in));
        case UNFREEZE -> new Unfreeze(term);
        case DISSOLVE -> new Dissolve(term, lineage(in));
        case RECOVERY -> recovery(term, in);
        default -> throw new MalformedException("an entry of the unknown kind " + kind);
      };
    }

    private static Recovery recovery(long term, BinaryReader in) {
      try {
        return new Recovery(
            term, lineage(in), lineage(in), Member.readAll(in), in.value(Committee.CODEC));
      } catch (IllegalArgumentException e) {
        throw new MalformedException(String.valueOf(e.getMessage()), e);
      }
    }

    private static Lineage lineage(BinaryReader in) {
      Lineage lineage = in.value(Lineage.CODEC);
      if (lineage.isNone()) {
        throw new MalformedException("an entry without a lineage");
      }
      return lineage;
    }
  }
}
