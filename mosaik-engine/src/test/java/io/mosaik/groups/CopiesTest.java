package io.mosaik.groups;

import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.groups.CellMachine.Change;
import io.mosaik.groups.history.CellAction;
import io.mosaik.groups.history.History;
import io.mosaik.groups.log.Lineage;
import io.mosaik.groups.raft.Watcher;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What lives compare answers with: the cells of each epoch go on with what the last one left. */
final class CopiesTest {

  private static final Lineage FIRST = Lineage.formed(new SplittableRandom(1));
  private static final Lineage SECOND = FIRST.recovered(1, new SplittableRandom(2));

  /** Five is written before the epoch, and six behind what it keeps. */
  private final Copies copies =
      new Copies(of -> of.equals(SECOND) ? new Watcher.Inheritance(FIRST, 10) : null);

  CopiesTest() {
    copies.applied("a", FIRST, 8, new Change(1, "x", new CellAction.Write(5)), 0);
    copies.applied("a", FIRST, 11, new Change(2, "x", new CellAction.Write(6)), 0);
  }

  @Test
  void an_epoch_begins_with_what_the_last_one_left() {
    copies.applied("a", SECOND, 12, new Change(3, "x", new CellAction.CompareAndSet(5, 7)), 1);
    var unused = copies.answered("u", "x", SECOND, SECOND, 11, 5);
    copies.answered("u", "x", SECOND, SECOND, 12, 7);
    assertThat(copies.violations()).isEmpty();
  }

  @Test
  void what_was_not_kept_is_no_true_answer() {
    var unused = copies.answered("u", "x", SECOND, SECOND, 11, 6);
    assertThat(copies.violations()).singleElement().asString().contains("where it was 5");
  }

  @Test
  void a_change_that_was_kept_has_its_place_in_the_epoch() {
    copies.applied("a", SECOND, 12, new Change(3, "x", new CellAction.Add(1)), 6);
    assertThat(copies.indexOf(SECOND.toString(), 1)).isEqualTo(8);
    assertThat(copies.indexOf(SECOND.toString(), 2)).isEqualTo(History.ABSENT);
    assertThat(copies.indexOf(SECOND.toString(), 3)).isEqualTo(12);
  }
}
