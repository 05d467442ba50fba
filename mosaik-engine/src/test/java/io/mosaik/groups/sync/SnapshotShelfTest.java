package io.mosaik.groups.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.groups.log.Committee;
import io.mosaik.groups.log.Lineage;
import io.mosaik.groups.log.LogPosition;
import io.mosaik.groups.log.Member;
import io.mosaik.groups.log.SnapshotManifest;
import io.mosaik.id.Digest;
import io.mosaik.id.PeerId;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class SnapshotShelfTest {

  private static final long SECOND = 1_000_000_000L;
  private static final SnapshotManifest FIRST = manifest(1);
  private static final SnapshotManifest SECOND_ONE = manifest(2);

  private final SnapshotShelf shelf = new SnapshotShelf();

  private static SnapshotManifest manifest(long index) {
    return new SnapshotManifest(
        Lineage.formed(new SplittableRandom(1)),
        new LogPosition(1, index),
        Committee.of(List.of(new Member(PeerId.ofBytes(new byte[PeerId.LENGTH]), 1))),
        1,
        1,
        List.of(Digest.ofName("chunk")));
  }

  @Test
  void an_older_snapshot_that_nobody_reads_goes_a_little_after_it_was_replaced() {
    assertThat(shelf.replace(FIRST, 0)).isEmpty();
    assertThat(shelf.replace(SECOND_ONE, SECOND)).isEmpty();
    assertThat(shelf.expire(11 * SECOND - 1)).isEmpty();
    assertThat(shelf.expire(11 * SECOND)).containsExactly(FIRST);
    assertThat(shelf.read(FIRST.digest(), 0, SECOND)).isNull();
    assertThat(shelf.latest()).isEqualTo(SECOND_ONE);
  }

  @Test
  void an_older_snapshot_stays_as_long_as_it_is_read() {
    shelf.replace(FIRST, 0);
    assertThat(shelf.read(FIRST.digest(), 0, 0)).isEqualTo(FIRST);
    assertThat(shelf.replace(SECOND_ONE, 9 * SECOND)).isEmpty();
    assertThat(shelf.read(FIRST.digest(), 0, 9 * SECOND)).isEqualTo(FIRST);
    assertThat(shelf.expire(18 * SECOND)).isEmpty();
    assertThat(shelf.hasOlder()).isTrue();
    assertThat(shelf.expire(19 * SECOND)).containsExactly(FIRST);
    assertThat(shelf.hasOlder()).isFalse();
  }

  @Test
  void there_are_never_more_than_a_few_older_ones() {
    for (int index = 1; index <= 10; index++) {
      shelf.replace(manifest(index), 0);
      shelf.read(manifest(index).digest(), 0, 0);
    }
    assertThat(shelf.read(manifest(7).digest(), 0, 0)).isNull();
    assertThat(shelf.read(manifest(8).digest(), 0, 0)).isNotNull();
  }

  @Test
  void what_was_on_a_shelf_that_is_cleared_is_told_so_that_it_can_be_dropped() {
    shelf.replace(FIRST, 0);
    shelf.replace(SECOND_ONE, 0);
    assertThat(shelf.clear()).containsExactly(FIRST, SECOND_ONE);
    assertThat(shelf.latest()).isNull();
  }

  @Test
  void a_chunk_that_does_not_exist_is_not_there() {
    shelf.replace(FIRST, 0);
    assertThat(shelf.read(FIRST.digest(), 1, 0)).isNull();
  }
}
