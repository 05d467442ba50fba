package io.mosaik.groups.log;

import io.mosaik.wire.BinaryReader;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.Codec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a member must remember besides its entries.
 *
 * @param lineage of its log; {@link Lineage#NONE} while it has none. A snapshot and entries that
 *     are found next to {@code NONE} are void
 * @param term the latest term it has seen
 * @param vote whom it voted for in that term, if anyone
 * @param formationCommitted whether it knows that its first entry is committed
 * @param ended the lineages in which it must never act again, the oldest first; at most {@link
 *     #MAX_ENDED}
 */
public record HardState(
    Lineage lineage,
    long term,
    @Nullable Member vote,
    boolean formationCommitted,
    List<EndedLineage> ended) {

  /** The most ended lineages that are remembered. */
  public static final int MAX_ENDED = 64;

  /** That of a member that has seen nothing yet. */
  public static final HardState INITIAL = new HardState(Lineage.NONE, 0, null, false, List.of());

  /**
   * Lineage, term, whether there is a vote and for whom, whether the formation is committed, and a
   * list of ended lineages.
   */
  public static final Codec<HardState> CODEC =
      new Codec<>() {
        @Override
        public void encode(HardState state, BinaryWriter out) {
          out.value(state.lineage, Lineage.CODEC).varint(state.term).bool(state.vote != null);
          if (state.vote != null) {
            out.value(state.vote, Member.CODEC);
          }
          out.bool(state.formationCommitted).varint(state.ended.size());
          for (EndedLineage ended : state.ended) {
            out.value(ended, EndedLineage.CODEC);
          }
        }

        @Override
        public HardState decode(BinaryReader in) {
          Lineage lineage = in.value(Lineage.CODEC);
          long term = LogPosition.readNumber(in, "term");
          Member vote = in.bool() ? in.value(Member.CODEC) : null;
          boolean formationCommitted = in.bool();
          int count = in.count(MAX_ENDED, EndedLineage.LEAST_BYTES);
          var ended = new ArrayList<EndedLineage>(count);
          for (int i = 0; i < count; i++) {
            ended.add(in.value(EndedLineage.CODEC));
          }
          return new HardState(lineage, term, vote, formationCommitted, ended);
        }
      };

  /** Copies the list. */
  public HardState {
    ended = List.copyOf(ended);
    if (ended.size() > MAX_ENDED) {
      throw new IllegalArgumentException(
          ended.size() + " ended lineages; at most " + MAX_ENDED + " are remembered");
    }
  }
}
