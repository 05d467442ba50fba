package io.mosaik.groups.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mosaik.groups.history.CellAction.Add;
import io.mosaik.groups.history.CellAction.CompareAndSet;
import io.mosaik.groups.history.CellAction.Read;
import io.mosaik.groups.history.CellAction.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * The judge is judged: histories that are known to be good or bad, and all small ones at random.
 */
class LinearizabilityTest {

  private static final long NEVER = Operation.NEVER;

  private final List<Operation<CellAction, Long>> history = new ArrayList<>();

  private LinearizabilityTest with(long from, long to, CellAction action, long answer) {
    history.add(new Operation<>("c" + history.size(), action, from, to, answer));
    return this;
  }

  private LinearizabilityTest unknown(long from, CellAction action) {
    history.add(new Operation<>("c" + history.size(), action, from, NEVER, null));
    return this;
  }

  private void isGood() {
    assertThat(Linearizability.check(CellAction.CELL, history).isLinearizable()).isTrue();
  }

  private Operation<CellAction, Long> unexplained() {
    var verdict = Linearizability.check(CellAction.CELL, history);
    assertThat(verdict.isLinearizable()).isFalse();
    assertThat(verdict.toString()).contains("nothing explains");
    var unexplained = verdict.unexplained();
    if (unexplained == null) {
      throw new AssertionError();
    }
    return unexplained;
  }

  @Test
  void an_empty_history_is_good() {
    isGood();
  }

  @Test
  void reads_during_a_write_may_see_the_old_value_and_then_the_new_one() {
    with(1, 10, new Write(7), 0).with(2, 3, new Read(), 0).with(4, 5, new Read(), 7).isGood();
  }

  @Test
  void a_read_that_goes_back_behind_another_is_not_explained() {
    with(1, 10, new Write(7), 0).with(2, 3, new Read(), 7).with(4, 5, new Read(), 0);
    assertThat(unexplained().calledAt()).isEqualTo(4);
  }

  @Test
  void a_stale_read_after_a_write_is_not_explained() {
    with(1, 2, new Write(7), 0).with(3, 4, new Read(), 0);
    assertThat(unexplained().input()).isEqualTo(new Read());
  }

  @Test
  void a_lost_write_is_not_explained() {
    with(1, 2, new Write(1), 0).with(3, 4, new Write(2), 0).with(5, 6, new Read(), 1);
    assertThat(unexplained().output()).isEqualTo(1);
  }

  @Test
  void an_addition_that_was_applied_twice_is_not_explained() {
    with(1, 2, new Add(1), 1).with(3, 4, new Read(), 2);
    assertThat(unexplained().output()).isEqualTo(2);
  }

  @Test
  void two_compare_and_sets_of_the_same_value_can_not_both_succeed() {
    with(1, 10, new CompareAndSet(0, 1), 1).with(2, 9, new CompareAndSet(0, 2), 1);
    assertThat(unexplained().output()).isEqualTo(1);
  }

  @Test
  void compare_and_sets_that_build_on_each_other_are_put_in_their_order() {
    with(1, 10, new CompareAndSet(2, 3), 1)
        .with(2, 9, new CompareAndSet(1, 2), 1)
        .with(3, 8, new CompareAndSet(0, 1), 1)
        .with(11, 12, new Read(), 3)
        .isGood();
  }

  @Test
  void compare_and_sets_in_an_order_that_time_forbids_are_not_explained() {
    with(1, 2, new CompareAndSet(1, 2), 1).with(3, 4, new CompareAndSet(0, 1), 1);
    assertThat(unexplained().input()).isEqualTo(new CompareAndSet(1, 2));
  }

  @Test
  void what_ended_unknown_may_take_effect_much_later() {
    unknown(1, new Write(7))
        .with(2, 3, new Read(), 0)
        .with(4, 5, new Write(1), 0)
        .with(6, 7, new Read(), 1)
        .with(8, 9, new Read(), 7)
        .isGood();
  }

  @Test
  void what_ended_unknown_may_never_take_effect() {
    unknown(1, new Write(7)).with(2, 3, new Read(), 0).with(4, 5, new Add(2), 2).isGood();
  }

  @Test
  void what_ended_unknown_does_not_take_effect_twice() {
    unknown(1, new Add(5))
        .with(2, 3, new Read(), 5)
        .with(4, 5, new Write(0), 0)
        .with(6, 7, new Read(), 5);
    assertThat(unexplained().calledAt()).isEqualTo(6);
  }

  @Test
  void what_ended_unknown_does_not_take_effect_before_it_was_called() {
    with(1, 2, new Read(), 7).unknown(3, new Write(7));
    assertThat(unexplained().calledAt()).isEqualTo(1);
  }

  @Test
  void it_agrees_with_trying_every_order_on_small_histories() {
    var random = new SplittableRandom(1);
    int good = 0;
    int rounds = 30_000;
    for (int i = 0; i < rounds; i++) {
      List<Operation<CellAction, Long>> small = randomHistory(random, 1 + random.nextInt(6));
      boolean expected = someOrderExplains(small, 0, 0);
      var verdict = Linearizability.check(CellAction.CELL, small);
      assertThat(verdict.isLinearizable()).as("%s", small).isEqualTo(expected);
      assertThat(Linearizability.explains(CellAction.CELL, verdict.order())).isTrue();
      good += expected ? 1 : 0;
    }
    assertThat(good).isBetween(rounds / 10, rounds * 9 / 10);
  }

  @Test
  void an_order_that_explains_a_history_is_one_that_the_search_could_find() {
    var random = new SplittableRandom(2);
    int explained = 0;
    for (int i = 0; i < 30_000; i++) {
      List<Operation<CellAction, Long>> small = randomHistory(random, 1 + random.nextInt(4));
      if (Linearizability.explains(CellAction.CELL, small)) {
        assertThat(someOrderExplains(small, 0, 0)).as("%s", small).isTrue();
        explained++;
      }
    }
    assertThat(explained).isBetween(3_000, 27_000);
  }

  @Test
  void an_order_explains_nothing_where_time_or_an_answer_is_against_it() {
    with(1, 2, new Write(7), 0).with(3, 4, new Read(), 7);
    assertThat(Linearizability.explains(CellAction.CELL, history)).isTrue();
    assertThat(Linearizability.explains(CellAction.CELL, history.reversed())).isFalse();
    history.clear();
    with(1, 10, new Write(7), 0).with(3, 4, new Read(), 0);
    assertThat(Linearizability.explains(CellAction.CELL, history)).isFalse();
    assertThat(Linearizability.explains(CellAction.CELL, history.reversed())).isTrue();
    history.clear();
    with(1, 2, new Read(), 0).unknown(3, new Write(7));
    assertThat(Linearizability.explains(CellAction.CELL, history.reversed())).isFalse();
  }

  @Test
  void what_another_copy_answered_counts_where_this_one_has_done_it_too() {
    var recorded = new History();
    recorded.call("a", "x", new Write(7), 5).answered("one", 0, 1);
    recorded.call("b", "x", new Read()).answered("two", 7, 1);
    assertThatThrownBy(recorded::requireLinearizable).hasMessageContaining("nothing explains");
    recorded.requireLinearizable((copy, number) -> number == 5 ? 1 : History.ABSENT);
  }

  @Test
  void what_a_copy_has_never_done_explains_nothing_in_it() {
    var recorded = new History();
    recorded.call("a", "x", new Write(7), 5).unknown();
    recorded.call("b", "x", new Read()).answered("two", 7, 1);
    recorded.requireLinearizable();
    assertThatThrownBy(() -> recorded.requireLinearizable((copy, number) -> History.ABSENT))
        .hasMessageContaining("nothing explains");
  }

  /** Spans and answers by chance, of few values, so that about half of it makes sense. */
  private static List<Operation<CellAction, Long>> randomHistory(
      SplittableRandom random, int size) {
    var operations = new ArrayList<Operation<CellAction, Long>>();
    for (int i = 0; i < size; i++) {
      CellAction action = randomAction(random);
      long from = random.nextInt(20) * 10L + i;
      boolean complete = random.nextInt(4) > 0;
      long answer =
          switch (action) {
            case Write write -> 0;
            case Read read -> random.nextInt(3);
            case CompareAndSet swap -> random.nextInt(2);
            case Add add -> random.nextInt(1, 4);
          };
      operations.add(
          new Operation<>(
              "c" + i,
              action,
              from,
              complete ? from + 10 + random.nextInt(100) : NEVER,
              complete ? answer : null));
    }
    return operations;
  }

  private static CellAction randomAction(SplittableRandom random) {
    return switch (random.nextInt(4)) {
      case 0 -> new Read();
      case 1 -> new Write(random.nextInt(3));
      case 2 -> new CompareAndSet(random.nextInt(3), random.nextInt(3));
      default -> new Add(1);
    };
  }

  private static boolean someOrderExplains(
      List<Operation<CellAction, Long>> rest, int done, long value) {
    int all = (1 << rest.size()) - 1;
    long firstAnswer = NEVER;
    for (int i = 0; i < rest.size(); i++) {
      if ((done & (1 << i)) == 0) {
        firstAnswer = Math.min(firstAnswer, rest.get(i).returnedAt());
      }
    }
    if (done == all || firstAnswer == NEVER) {
      return true;
    }
    for (int i = 0; i < rest.size(); i++) {
      Operation<CellAction, Long> operation = rest.get(i);
      if ((done & (1 << i)) == 0 && operation.calledAt() < firstAnswer) {
        CellAction.Done outcome = operation.input().on(value);
        Long output = operation.output();
        if ((output == null || output == outcome.answer())
            && someOrderExplains(rest, done | (1 << i), outcome.value())) {
          return true;
        }
      }
    }
    return false;
  }

  @Test
  void long_histories_of_many_clients_with_unknown_outcomes_are_judged_within_the_limit() {
    for (long seed = 1; seed <= 100; seed++) {
      var recorded = new History();
      simulate(new SplittableRandom(seed), recorded, 1_000, false);
      assertThat(recorded.unknownCount()).isGreaterThan(5);
      recorded.requireLinearizable();
    }
  }

  @Test
  void a_single_wrong_answer_in_a_long_history_is_found() {
    int found = 0;
    for (long seed = 1; seed <= 50; seed++) {
      var recorded = new History();
      simulate(new SplittableRandom(seed), recorded, 300, true);
      try {
        recorded.requireLinearizable();
      } catch (AssertionError e) {
        assertThat(e).hasMessageContaining("nothing explains");
        found++;
      }
    }
    assertThat(found).isEqualTo(50);
  }

  private static final class Client {
    final String name;
    CellAction action = new Read();
    History.@Nullable Pending pending;
    @Nullable Long answer;

    Client(String name) {
      this.name = name;
    }
  }

  /** Ten clients of one true cell; each operation takes effect at a moment between its ends. */
  private static void simulate(
      SplittableRandom random, History history, int events, boolean oneWrongAnswer) {
    List<Client> clients = IntStream.range(0, 10).mapToObj(i -> new Client("c" + i)).toList();
    boolean wrongIsDue = oneWrongAnswer;
    long value = 0;
    long unique = 0;
    for (int i = 0; i < events; i++) {
      Client client = clients.get(random.nextInt(clients.size()));
      if (client.pending == null) {
        client.action =
            switch (random.nextInt(4)) {
              case 0 -> new Read();
              case 1 -> new Write(++unique * 1_000);
              case 2 -> new CompareAndSet(value, ++unique * 1_000);
              default -> new Add(1);
            };
        client.pending = history.call(client.name, "x", client.action);
      } else if (client.answer == null) {
        CellAction.Done done = client.action.on(value);
        value = done.value();
        client.answer = done.answer();
      } else {
        if (wrongIsDue && i > events / 2 && client.action instanceof Add) {
          client.pending.answered("the only copy", client.answer - 1_000_000);
          wrongIsDue = false;
        } else if (random.nextInt(10) == 0) {
          client.pending.unknown();
        } else {
          client.pending.answered("the only copy", client.answer);
        }
        client.pending = null;
        client.answer = null;
      }
    }
  }
}
