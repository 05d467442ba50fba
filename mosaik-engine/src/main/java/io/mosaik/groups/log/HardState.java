package io.mosaik.groups.log;

import io.mosaik.wire.BinaryReader;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.Codec;
import io.mosaik.wire.MalformedException;
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
 * @param promises the next epochs of its lineage that it has agreed to go on in, the oldest first;
 *     at most {@link #MAX_PROMISES}
 */
public record HardState(
    Lineage lineage,
    long term,
    @Nullable Member vote,
    boolean formationCommitted,
    List<EndedLineage> ended,
    List<Promise> promises) {

  /** The most ended lineages that are remembered. */
  public static final int MAX_ENDED = 64;

  /** The most promises that are remembered. */
  public static final int MAX_PROMISES = 64;

  /** That of a member that has seen nothing yet. */
  public static final HardState INITIAL =
      new HardState(Lineage.NONE, 0, null, false, List.of(), List.of());

  private static final int FORMATION_COMMITTED = 1;
  private static final int WITH_EPOCHS = 2;

  /**
   * Lineage, term, whether there is a vote and for whom, flags (1 the formation is committed, 2
   * there is more), and a list of ended lineages, each with two zeros; then, if there is more, who
   * was gone for each of these, and a list of promises. A state that knows of no epochs has the
   * bytes that it had before there were any.
   */
  public static final Codec<HardState> CODEC =
      new Codec<>() {
        @Override
        public void encode(HardState state, BinaryWriter out) {
          out.value(state.lineage, Lineage.CODEC).varint(state.term).bool(state.vote != null);
          if (state.vote != null) {
            out.value(state.vote, Member.CODEC);
          }
          boolean more = state.knowsOfEpochs();
          out.u8((state.formationCommitted ? FORMATION_COMMITTED : 0) | (more ? WITH_EPOCHS : 0));
          out.varint(state.ended.size());
          for (EndedLineage end : state.ended) {
            out.value(end.lineage(), Lineage.CODEC).value(end.into(), Lineage.CODEC);
            out.value(LogPosition.START, LogPosition.CODEC);
          }
          if (more) {
            state.ended.forEach(end -> Member.writeAll(end.gone(), out));
            out.varint(state.promises.size());
            state.promises.forEach(promise -> out.value(promise, Promise.CODEC));
          }
        }

        @Override
        public HardState decode(BinaryReader in) {
          Lineage lineage = in.value(Lineage.CODEC);
          long term = LogPosition.readNumber(in, "term");
          Member vote = in.bool() ? in.value(Member.CODEC) : null;
          int flags = in.u8();
          int count = in.count(MAX_ENDED, LEAST_ENDED_BYTES);
          var ended = new ArrayList<EndedLineage>(count);
          for (int i = 0; i < count; i++) {
            var end = new EndedLineage(in.value(Lineage.CODEC), in.value(Lineage.CODEC), List.of());
            if (!in.value(LogPosition.CODEC).equals(LogPosition.START)) {
              throw new MalformedException("an ended lineage of which something was kept");
            }
            ended.add(end);
          }
          var promises = new ArrayList<Promise>();
          if ((flags & WITH_EPOCHS) != 0) {
            ended.replaceAll(
                end -> new EndedLineage(end.lineage(), end.into(), Member.readAll(in)));
            int more = in.count(MAX_PROMISES, Promise.LEAST_BYTES);
            for (int i = 0; i < more; i++) {
              promises.add(in.value(Promise.CODEC));
            }
          }
          boolean committed = (flags & FORMATION_COMMITTED) != 0;
          var state = new HardState(lineage, term, vote, committed, ended, promises);
          if (flags > (FORMATION_COMMITTED | WITH_EPOCHS)
              || ((flags & WITH_EPOCHS) != 0) != state.knowsOfEpochs()) {
            throw new MalformedException("a hard state with the flags " + flags);
          }
          return state;
        }
      };

  /** The bytes of the shortest encoded ended lineage. */
  private static final int LEAST_ENDED_BYTES = 66;

  private boolean knowsOfEpochs() {
    return !promises.isEmpty() || ended.stream().anyMatch(end -> !end.gone().isEmpty());
  }

  /** That of a member that has promised nothing. */
  public HardState(
      Lineage lineage,
      long term,
      @Nullable Member vote,
      boolean formationCommitted,
      List<EndedLineage> ended) {
    this(lineage, term, vote, formationCommitted, ended, List.of());
  }

  /** Copies the lists. */
  public HardState {
    ended = List.copyOf(ended);
    promises = List.copyOf(promises);
    if (ended.size() > MAX_ENDED || promises.size() > MAX_PROMISES) {
      throw new IllegalArgumentException(
          "%d ended lineages and %d promises; at most %d and %d are remembered"
              .formatted(ended.size(), promises.size(), MAX_ENDED, MAX_PROMISES));
    }
  }
}
