package io.mosaik.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

class WatchSourceTest {

  @Test
  void an_observer_that_is_behind_sees_the_latest_value_once() {
    var source = new WatchSource<>("a");
    var queue = new ArrayDeque<Runnable>();
    var seen = new ArrayList<String>();
    source.observe(queue::add, seen::add);
    source.set("b");
    source.set("c");
    assertThat(queue).hasSize(1);
    queue.remove().run();
    assertThat(seen).containsExactly("c");
    source.set("c");
    assertThat(queue).isEmpty();
    source.set("d");
    queue.remove().run();
    assertThat(seen).containsExactly("c", "d");
    assertThat(source.get()).isEqualTo("d");
  }

  @Test
  void a_cancelled_observer_hears_nothing_more_even_of_what_was_under_way() {
    var source = new WatchSource<>("a");
    var queue = new ArrayDeque<Runnable>();
    var seen = new ArrayList<String>();
    Cancellation observation = source.observe(queue::add, seen::add);
    observation.cancel();
    observation.cancel();
    queue.remove().run();
    source.set("b");
    assertThat(queue).isEmpty();
    assertThat(seen).isEmpty();
  }

  @Test
  void a_future_completes_with_the_first_value_that_fits() {
    var source = new WatchSource<>(1);
    assertThat(source.when(value -> value == 1)).isCompletedWithValue(1);
    var three = source.when(value -> value >= 3);
    source.set(2);
    assertThat(three).isNotDone();
    source.set(4);
    source.set(5);
    assertThat(three).isCompletedWithValue(4);
  }

  @Test
  void a_cancelled_future_asks_its_predicate_no_more() {
    var source = new WatchSource<>(1);
    var asked = new ArrayList<Integer>();
    var never =
        source.when(value -> {
          asked.add(value);
          return false;
        });
    never.cancel(false);
    source.set(2);
    assertThat(asked).containsExactly(1);
  }

  @Test
  void an_observer_is_never_called_while_it_runs_whatever_the_executor() {
    var source = new WatchSource<>(0);
    var seen = new ArrayList<Integer>();
    var depth = new int[1];
    source.observe(
        Runnable::run,
        value -> {
          assertThat(depth[0]++).isZero();
          seen.add(value);
          if (value < 3) {
            source.set(value + 1); // a change while it runs
          }
          depth[0]--;
        });
    assertThat(seen).containsExactly(0, 1, 2, 3);
  }

  @Test
  void an_observer_that_fails_harms_neither_the_writer_nor_the_others_and_is_called_again() {
    var source = new WatchSource<>(0);
    var seen = new ArrayList<Integer>();
    source.observe(
        Runnable::run,
        value -> {
          if (value == 1) {
            throw new IllegalStateException("one");
          }
          seen.add(value);
        });
    source.observe(Runnable::run, seen::add);
    source.set(1);
    source.set(2);
    assertThat(seen).containsExactly(0, 0, 1, 2, 2);
  }

  @Test
  void an_observer_that_ends_in_an_error_is_called_again() {
    var source = new WatchSource<>(0);
    var seen = new ArrayList<Integer>();
    source.observe(
        Runnable::run,
        value -> {
          seen.add(value);
          if (value == 1) {
            source.set(2); // a change while it runs
            throw new AssertionError("one");
          }
        });
    source.set(1);
    source.set(3);
    assertThat(seen).containsExactly(0, 1, 2, 3);
  }

  @Test
  void a_predicate_that_fails_fails_its_own_future() {
    var source = new WatchSource<>(1);
    var future =
        source.when(value -> {
          throw new IllegalStateException("no");
        });
    assertThat(future).isCompletedExceptionally();
  }

  @Test
  void an_observer_that_fails_badly_hears_of_the_next_value() {
    var source = new WatchSource<>("a");
    var seen = new ArrayList<String>();
    source.observe(
        Runnable::run,
        value -> {
          seen.add(value);
          if (value.equals("b")) {
            throw new AssertionError("on purpose");
          }
        });
    source.set("b");
    source.set("c");
    assertThat(seen).containsExactly("a", "b", "c");
    var failed =
        source.when(value -> {
          throw new AssertionError("on purpose");
        });
    assertThat(failed).isCompletedExceptionally();
  }
}
