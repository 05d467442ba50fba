package io.mosaik.groups.log;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a member must remember besides its entries.
 *
 * @param lineage of its log; {@link Lineage#NONE} while it has none
 * @param term the latest term it has seen
 * @param vote whom it voted for in that term, if anyone
 * @param formationCommitted whether it knows that its first entry is committed
 * @param abandoned the lineages whose logs it has dropped and in which it must never act again
 */
public record HardState(
    Lineage lineage,
    long term,
    @Nullable Member vote,
    boolean formationCommitted,
    List<Lineage> abandoned) {

  /** That of a member that has seen nothing yet. */
  public static final HardState INITIAL = new HardState(Lineage.NONE, 0, null, false, List.of());

  /** Copies the list. */
  public HardState {
    abandoned = List.copyOf(abandoned);
  }
}
