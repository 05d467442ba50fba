package io.mosaik.groups.log;

import io.mosaik.wire.BinaryReader;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.Codec;

/**
 * A lineage in which a member never acts again, and what it knows of the lineage's end.
 *
 * <p>Where {@link #into} names another lineage, it is proven that nothing more is ever committed in
 * this one: members that hear of it follow. Otherwise the member has only given up its own part.
 *
 * @param lineage that is over for this member
 * @param into the lineage that goes on in its place; {@link Lineage#NONE} if the end is not proven
 * @param kept the last position of the old log that the new one begins with; {@link
 *     LogPosition#START} if it has nothing of it
 */
public record EndedLineage(Lineage lineage, Lineage into, LogPosition kept) {

  /** The bytes of the shortest encoded one. */
  static final int LEAST_BYTES = 66;

  /** Both lineages, then the position. */
  public static final Codec<EndedLineage> CODEC =
      new Codec<>() {
        @Override
        public void encode(EndedLineage ended, BinaryWriter out) {
          out.value(ended.lineage, Lineage.CODEC).value(ended.into, Lineage.CODEC);
          out.value(ended.kept, LogPosition.CODEC);
        }

        @Override
        public EndedLineage decode(BinaryReader in) {
          return new EndedLineage(
              in.value(Lineage.CODEC), in.value(Lineage.CODEC), in.value(LogPosition.CODEC));
        }
      };

  /** Given up by this member alone. */
  public static EndedLineage abandoned(Lineage lineage) {
    return new EndedLineage(lineage, Lineage.NONE, LogPosition.START);
  }

  /** Whether it is proven to be over for all members. */
  public boolean isProven() {
    return !into.isNone();
  }
}
