package io.mosaik.streams.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mosaik.id.PeerId;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Which producers are chosen, and when the choice changes. */
final class ChoiceTest {

  private static final List<Choice.Health> HEALTHS =
      List.of(Choice.Health.PENDING, Choice.Health.LIVE, Choice.Health.FAILING);
  private static final PeerId A = peer(1);
  private static final PeerId B = peer(2);
  private static final PeerId C = peer(3);
  private static final PeerId D = peer(4);

  private final TreeMap<PeerId, Choice.Standing> standings = new TreeMap<>();
  private final Choice choice = new Choice(2, 0.2, Duration.ofSeconds(10));
  private long nowNs;

  private static PeerId peer(int number) {
    var id = new byte[PeerId.LENGTH];
    id[0] = (byte) number;
    return PeerId.ofBytes(id);
  }

  private void costs(double a, double b, double c, double d) {
    int i = 0;
    for (double cost : new double[] {a, b, c, d}) {
      standings.put(List.of(A, B, C, D).get(i++), new Choice.Standing(cost, Choice.Health.LIVE));
    }
  }

  private void fails(PeerId peer, boolean failing) {
    standings.compute(
        peer,
        (same, before) ->
            new Choice.Standing(
                before == null ? 0 : before.cost(),
                failing ? Choice.Health.FAILING : Choice.Health.LIVE));
  }

  private List<PeerId> after(Duration time) {
    nowNs += time.toNanos();
    return List.copyOf(choice.choose(standings, nowNs));
  }

  private List<PeerId> now() {
    return after(Duration.ZERO);
  }

  @Test
  void the_best_are_chosen_and_those_without_a_cost_come_last() {
    costs(3, Double.POSITIVE_INFINITY, 1, 2);
    assertThat(now()).containsExactly(C, D);
    standings.remove(C);
    standings.remove(D);
    assertThat(now()).containsExactly(A, B);
  }

  @Test
  void all_are_chosen_where_they_are_few() {
    standings.put(B, new Choice.Standing(7, Choice.Health.LIVE));
    assertThat(now()).containsExactly(B);
    standings.put(A, new Choice.Standing(9, Choice.Health.LIVE));
    assertThat(now()).containsExactly(A, B);
    standings.clear();
    assertThat(now()).isEmpty();
  }

  @Test
  void others_that_have_been_better_for_the_steady_time_take_over() {
    costs(1, 2, 3, 4);
    assertThat(now()).containsExactly(A, B);
    costs(1, 2, 0.5, 4);
    assertThat(now()).containsExactly(A, B);
    assertThat(after(Duration.ofMillis(9_999))).containsExactly(A, B);
    assertThat(after(Duration.ofMillis(1))).containsExactly(A, C);
  }

  @Test
  void what_was_better_with_a_break_changes_nothing() {
    costs(1, 2, 3, 4);
    now();
    for (int i = 0; i < 10; i++) {
      costs(1, 2, 0.5, 4);
      assertThat(after(Duration.ofSeconds(9))).containsExactly(A, B);
      costs(1, 2, 3, 4);
      assertThat(after(Duration.ofSeconds(9))).containsExactly(A, B);
    }
  }

  @Test
  void what_is_better_by_less_than_the_margin_changes_nothing() {
    costs(10, 10, 30, 40);
    now();
    costs(10, 10, 8.5, 40);
    now();
    assertThat(after(Duration.ofHours(1))).containsExactly(A, B);
    costs(10, 10, 7.5, 40);
    now();
    assertThat(after(Duration.ofSeconds(10))).hasSize(2).contains(C);
  }

  @Test
  void
      the_next_best_takes_the_place_of_one_that_fails_at_once_and_leaves_when_it_is_back_for_good() {
    costs(1, 2, 3, 4);
    assertThat(now()).containsExactly(A, B);
    fails(A, true);
    assertThat(now()).containsExactly(A, B, C); // A is tried again
    fails(C, true);
    assertThat(now()).containsExactly(A, B, C, D);
    assertThat(after(Duration.ofHours(1))).containsExactly(A, B, C, D);
    fails(A, false);
    assertThat(now()).containsExactly(A, B, C, D);
    assertThat(after(Duration.ofSeconds(10))).containsExactly(A, B);
  }

  @Test
  void nobody_is_let_go_for_another_before_that_one_is_live() {
    costs(1, 2, 3, 4);
    now();
    standings.put(C, new Choice.Standing(0.1, Choice.Health.PENDING));
    now();
    assertThat(after(Duration.ofSeconds(10))).containsExactly(A, B, C);
    assertThat(after(Duration.ofMinutes(1))).containsExactly(A, B, C);
    standings.put(C, new Choice.Standing(0.1, Choice.Health.LIVE));
    assertThat(now()).containsExactly(A, C);
  }

  @Test
  void one_that_is_gone_is_replaced_at_once() {
    costs(1, 2, 3, 4);
    now();
    standings.remove(A);
    assertThat(now()).containsExactly(B, C);
  }

  @Test
  void as_many_as_are_wanted_and_live_are_always_chosen() {
    var random = new SplittableRandom(1);
    for (int step = 0; step < 10_000; step++) {
      PeerId peer = peer(random.nextInt(1, 7));
      if (random.nextInt(4) == 0) {
        standings.remove(peer);
      } else {
        standings.put(
            peer, new Choice.Standing(random.nextDouble(-5, 5), HEALTHS.get(random.nextInt(3))));
      }
      List<PeerId> chosen = after(Duration.ofSeconds(random.nextInt(8)));
      long living =
          standings.values().stream()
              .filter(each -> each.health() != Choice.Health.FAILING)
              .count();
      long chosenLiving =
          chosen.stream()
              .map(standings::get)
              .filter(each -> each != null && each.health() != Choice.Health.FAILING)
              .count();
      assertThat(standings.keySet()).containsAll(chosen);
      assertThat(chosenLiving).isGreaterThanOrEqualTo(Math.min(2, living));
    }
  }

  @Test
  void a_choice_of_nobody_or_with_a_margin_of_all_is_refused() {
    assertThatThrownBy(() -> new Choice(0, 0, Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Choice(1, 1, Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
