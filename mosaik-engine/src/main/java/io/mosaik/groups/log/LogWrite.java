package io.mosaik.groups.log;

import io.mosaik.wire.BinaryReader;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.Codec;
import io.mosaik.wire.MalformedException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One change of what is stored, to be made as a whole or not at all.
 *
 * @param hardState the new hard state; null to leave it as it is
 * @param firstIndex everything stored from this index on is dropped before the entries are
 *     appended; 0 to leave the entries as they are. An index beyond the end of what is stored, or
 *     before its beginning, drops all of it: a finished snapshot covers what comes before
 * @param entries the entries from {@code firstIndex} on; may be none
 */
public record LogWrite(@Nullable HardState hardState, long firstIndex, List<Entry> entries) {

  /** The hard state (1 and it, or 0), the first index, a count and the entries. For disks. */
  public static final Codec<LogWrite> CODEC =
      new Codec<>() {
        @Override
        public void encode(LogWrite write, BinaryWriter out) {
          out.bool(write.hardState != null);
          if (write.hardState != null) {
            out.value(write.hardState, HardState.CODEC);
          }
          out.varint(write.firstIndex).varint(write.entries.size());
          for (Entry entry : write.entries) {
            out.value(entry, Entry.CODEC);
          }
        }

        @Override
        public LogWrite decode(BinaryReader in) {
          HardState hardState = in.bool() ? in.value(HardState.CODEC) : null;
          long firstIndex = LogPosition.readNumber(in, "index");
          int count = in.count(Integer.MAX_VALUE, Entry.EntryCodec.LEAST_BYTES);
          var entries = new ArrayList<Entry>(count);
          for (int i = 0; i < count; i++) {
            entries.add(in.value(Entry.CODEC));
          }
          try {
            return new LogWrite(hardState, firstIndex, entries);
          } catch (IllegalArgumentException e) {
            throw new MalformedException(String.valueOf(e.getMessage()), e);
          }
        }
      };

  /** Checks and copies. */
  public LogWrite {
    entries = List.copyOf(entries);
    if (firstIndex < 0 || (firstIndex == 0 && !entries.isEmpty())) {
      throw new IllegalArgumentException("entries begin at index 1, not at " + firstIndex);
    }
  }

  /** The position of the last of its entries; null if it has none. */
  public @Nullable LogPosition last() {
    return entries.isEmpty()
        ? null
        : new LogPosition(entries.getLast().term(), firstIndex + entries.size() - 1);
  }
}
