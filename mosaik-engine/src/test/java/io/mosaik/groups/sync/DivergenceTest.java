package io.mosaik.groups.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.groups.log.Lineage;
import io.mosaik.groups.log.Member;
import io.mosaik.groups.sync.Divergence.Found;
import io.mosaik.groups.sync.Divergence.Kind;
import io.mosaik.groups.sync.Divergence.Point;
import io.mosaik.id.Digest;
import io.mosaik.id.PeerId;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class DivergenceTest {

  private static final Member OTHER = new Member(PeerId.ofBytes(new byte[PeerId.LENGTH]), 1);
  private static final Lineage LINEAGE = Lineage.formed(new SplittableRandom(1));
  private static final Digest A = Digest.ofName("a");
  private static final Digest B = Digest.ofName("b");

  private final Divergence divergence = new Divergence();

  private static Point at(long index) {
    return new Point(Kind.STATE, LINEAGE, 0, index);
  }

  @Test
  void members_that_differ_are_found_whoever_comes_first() {
    assertThat(divergence.own(at(1), A)).isNull();
    assertThat(divergence.told(OTHER, at(1), B)).isEqualTo(new Found(OTHER, at(1)));
    assertThat(divergence.told(OTHER, at(2), B)).isNull();
    assertThat(divergence.own(at(2), A)).isEqualTo(new Found(OTHER, at(2)));
  }

  @Test
  void equal_states_and_states_of_other_positions_are_none() {
    divergence.own(at(1), A);
    assertThat(divergence.told(OTHER, at(1), A)).isNull();
    assertThat(divergence.told(OTHER, at(3), B)).isNull();
    var elsewhere = new Point(Kind.STATE, Lineage.formed(new SplittableRandom(2)), 0, 1);
    assertThat(divergence.told(OTHER, elsewhere, B)).isNull();
    assertThat(divergence.told(OTHER, new Point(Kind.SNAPSHOT, LINEAGE, 0, 1), B)).isNull();
  }

  @Test
  void only_a_few_positions_are_remembered() {
    divergence.told(OTHER, at(1), B);
    for (int index = 2; index <= Divergence.MOST_POINTS + 1; index++) {
      divergence.told(OTHER, at(index), A);
    }
    assertThat(divergence.own(at(1), A)).isNull();
    divergence.forget(OTHER);
    assertThat(divergence.own(at(2), B)).isNull();
  }

  @Test
  void a_member_that_is_far_behind_is_compared_where_few_positions_are_kept() {
    for (int index = 1_000; index <= 500_000; index += 1_000) {
      divergence.own(at(index), A);
    }
    for (int index = 1_000; index < 64_000; index += 1_000) {
      assertThat(divergence.told(OTHER, at(index), B)).isNull(); // forgotten
    }
    assertThat(divergence.told(OTHER, at(64_000), B)).isEqualTo(new Found(OTHER, at(64_000)));
  }
}
