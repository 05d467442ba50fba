package io.mosaik.groups.log;

import io.mosaik.wire.BinaryReader;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.Codec;
import java.util.List;

/**
 * A lineage in which a member never acts again, and what it knows of the lineage's end.
 *
 * @param lineage that is over for this member
 * @param into the lineage that goes on in its place; {@link Lineage#NONE} if this member alone has
 *     given up its part
 * @param gone the voters that were counted as lost for good when the next epoch began, in order;
 *     none where the lineage did not end so
 */
public record EndedLineage(Lineage lineage, Lineage into, List<Member> gone) {

  /** Both lineages, then a list of members. */
  public static final Codec<EndedLineage> CODEC =
      new Codec<>() {
        @Override
        public void encode(EndedLineage ended, BinaryWriter out) {
          out.value(ended.lineage, Lineage.CODEC).value(ended.into, Lineage.CODEC);
          Member.writeAll(ended.gone, out);
        }

        @Override
        public EndedLineage decode(BinaryReader in) {
          return new EndedLineage(
              in.value(Lineage.CODEC), in.value(Lineage.CODEC), Member.readAll(in));
        }
      };

  /** Copies the list. */
  public EndedLineage {
    gone = List.copyOf(gone);
  }

  /** All that had a part in it have agreed to go on in another one, without its log (L3). */
  public static EndedLineage dissolved(Lineage lineage, Lineage into) {
    return new EndedLineage(lineage, into, List.of());
  }

  /** Given up by this member alone. */
  public static EndedLineage abandoned(Lineage lineage) {
    return new EndedLineage(lineage, Lineage.NONE, List.of());
  }

  /** Whether a later epoch has gone on with what was left of it (G3). */
  public boolean isRecovered() {
    return into.isEpochAfter(lineage);
  }

  /** Whether it is proven that nothing more is ever committed in it: all its members leave it. */
  public boolean isProven() {
    return !into.isNone() && !isRecovered();
  }
}
