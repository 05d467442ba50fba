package io.mosaik.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class SequenceSetTest {

  @Test
  void each_number_is_new_once() {
    var set = new SequenceSet(8);
    assertThat(set.add(1)).isTrue();
    assertThat(set.add(3)).isTrue();
    assertThat(set.add(1)).isFalse();
    assertThat(set.add(3)).isFalse();
    assertThat(set.watermark()).isEqualTo(1);
    assertThat(set.highest()).isEqualTo(3);
    assertThat(set.duplicates()).isEqualTo(2);
    assertThat(set.gaps(9)).containsExactly(new SequenceSet.Range(2, 2));
    assertThat(set.add(2)).isTrue();
    assertThat(set.watermark()).isEqualTo(3);
    assertThat(set.gaps(9)).isEmpty();
  }

  @Test
  void it_agrees_with_a_plain_set_whatever_the_order() {
    for (long seed = 1; seed <= 200; seed++) {
      var random = new Random(seed);
      var set = new SequenceSet(1_000);
      var plain = new TreeSet<Long>();
      for (int i = 0; i < 300; i++) {
        long number = 1L + random.nextInt(120);
        assertThat(set.add(number))
            .as("seed %s, number %s", seed, number)
            .isEqualTo(plain.add(number));
        long watermark = 0;
        while (plain.contains(watermark + 1)) {
          watermark++;
        }
        assertThat(set.watermark()).as("seed %s", seed).isEqualTo(watermark);
        assertThat(set.size()).isEqualTo(plain.size());
        assertThat(set.highest()).isEqualTo(plain.last());
        assertThat(set.abandoned()).isZero();
      }
      long missing = set.gaps(1_000).stream().mapToLong(g -> g.last() - g.first() + 1).sum();
      assertThat(missing).isEqualTo(plain.last() - plain.size());
    }
  }

  @Test
  void a_number_that_never_comes_costs_one_range() {
    var set = new SequenceSet(2);
    set.add(1);
    for (long number = 3; number <= 100_000; number++) {
      set.add(number);
    }
    assertThat(set.ranges()).hasSize(2);
    assertThat(set.add(2)).isTrue();
    assertThat(set.watermark()).isEqualTo(100_000);
  }

  @Test
  void too_many_gaps_give_up_the_lowest() {
    var set = new SequenceSet(2);
    set.add(2);
    set.add(4);
    set.add(6);
    assertThat(set.ranges()).hasSize(2);
    assertThat(set.contains(1)).isTrue();
    assertThat(set.add(1)).as("given up").isFalse();
    assertThat(set.abandoned()).isGreaterThanOrEqualTo(1);
    assertThat(set.size()).isEqualTo(3);
  }

  @Test
  void the_number_of_ranges_stays_within_its_bound() {
    for (long seed = 1; seed <= 50; seed++) {
      var random = new Random(seed);
      var set = new SequenceSet(5);
      for (int i = 0; i < 500; i++) {
        set.add(1L + random.nextInt(10_000));
        assertThat(set.ranges().size()).as("seed %s", seed).isLessThanOrEqualTo(5);
      }
    }
  }

  @Test
  void numbers_start_at_one() {
    var set = new SequenceSet(2);
    assertThatThrownBy(() -> set.add(0)).hasMessageContaining("allowed: 1 to");
    assertThatThrownBy(() -> set.add(Long.MAX_VALUE)).hasMessageContaining("allowed: 1 to");
  }
}
