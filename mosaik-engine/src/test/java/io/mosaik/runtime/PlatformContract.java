package io.mosaik.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every platform promises; subclassed for the real and the simulated one. */
public abstract class PlatformContract {

  private static final Duration LIMIT = Duration.ofSeconds(20);

  private Platform platform;

  /** A fresh platform. */
  protected abstract Platform open();

  /** Ends what {@link #open} made. */
  protected abstract void shut();

  @BeforeEach
  void openPlatform() {
    platform = open();
  }

  @AfterEach
  void shutPlatform() {
    shut();
  }

  /** Waits until the strand has run all that it has been given so far. */
  private void settle(Strand strand) {
    var done = new CompletableFuture<Void>();
    strand.execute(() -> done.complete(null));
    platform.await(done, LIMIT);
  }

  private void pass(Duration time) {
    var done = new CompletableFuture<Void>();
    platform.newStrand("passing").schedule(time, () -> done.complete(null));
    platform.await(done, LIMIT);
  }

  @Test
  void tasks_run_in_the_order_they_came_and_never_overlap() {
    for (Strand strand : List.of(platform.newStrand("s"), platform.newUserStrand("u"))) {
      var seen = new ArrayList<Integer>();
      var inside = new AtomicBoolean();
      var overlaps = new AtomicInteger();
      for (int i = 0; i < 2_000; i++) {
        int number = i;
        strand.execute(() -> {
          if (!inside.compareAndSet(false, true)) {
            overlaps.incrementAndGet();
          }
          seen.add(number);
          inside.set(false);
        });
      }
      settle(strand);
      assertThat(seen).isEqualTo(IntStream.range(0, 2_000).boxed().toList());
      assertThat(overlaps).hasValue(0);
    }
  }

  @Test
  void a_task_given_by_a_task_runs_after_those_already_waiting() {
    Strand strand = platform.newStrand("s");
    var seen = new ArrayList<String>();
    var done = new CompletableFuture<Void>();
    strand.execute(() -> {
      strand.execute(() -> seen.add("second"));
      strand.execute(() -> done.complete(null));
      seen.add("first");
    });
    platform.await(done, LIMIT);
    assertThat(seen).containsExactly("first", "second");
  }

  @Test
  void a_strand_knows_whether_it_is_the_current_one() {
    for (Strand strand : List.of(platform.newStrand("s"), platform.newUserStrand("u"))) {
      Strand other = platform.newStrand("other");
      var inside = new CompletableFuture<List<Boolean>>();
      strand.execute(() -> inside.complete(List.of(strand.isCurrent(), other.isCurrent())));
      assertThat(platform.await(inside, LIMIT)).containsExactly(true, false);
      assertThat(strand.isCurrent()).isFalse();
    }
  }

  @Test
  void an_exception_or_error_ends_the_task_and_not_the_strand() {
    for (Strand strand : List.of(platform.newStrand("s"), platform.newUserStrand("u"))) {
      strand.execute(() -> {
        throw new IllegalStateException("thrown on purpose");
      });
      strand.schedule(
          Duration.ZERO,
          () -> {
            throw new StackOverflowError("thrown on purpose");
          });
      settle(strand);
    }
  }

  @Test
  void timers_run_on_their_strand_when_their_delay_has_passed_in_order_of_time() {
    Strand strand = platform.newStrand("s");
    long startNs = platform.clock().nanoTime();
    var seen = new ArrayList<String>();
    var done = new CompletableFuture<Long>();
    strand.schedule(
        Duration.ofMillis(60),
        () -> {
          seen.add(strand.isCurrent() ? "late" : "elsewhere");
          done.complete(platform.clock().nanoTime());
        });
    strand.schedule(Duration.ofMillis(20), () -> seen.add("early"));
    strand.schedule(Duration.ZERO, () -> seen.add("now"));
    long endNs = platform.await(done, LIMIT);
    assertThat(seen).containsExactly("now", "early", "late");
    assertThat(endNs - startNs).isGreaterThanOrEqualTo(Duration.ofMillis(60).toNanos());
  }

  @Test
  void timers_of_the_same_delay_run_in_the_order_they_were_set() {
    Strand strand = platform.newStrand("s");
    var seen = new ArrayList<Integer>();
    for (int i = 0; i < 50; i++) {
      int number = i;
      strand.schedule(Duration.ofMillis(10), () -> seen.add(number));
    }
    pass(Duration.ofMillis(100));
    settle(strand);
    assertThat(seen).isEqualTo(IntStream.range(0, 50).boxed().toList());
  }

  @Test
  void a_timer_cancelled_on_its_strand_never_runs() {
    Strand strand = platform.newStrand("s");
    var runs = new AtomicInteger();
    strand.execute(() -> {
      Timer due = strand.schedule(Duration.ZERO, runs::incrementAndGet);
      Timer later = strand.schedule(Duration.ofMillis(5), runs::incrementAndGet);
      due.cancel();
      later.cancel();
      later.cancel();
    });
    pass(Duration.ofMillis(50));
    settle(strand);
    assertThat(runs).hasValue(0);
  }

  @Test
  void a_closed_strand_drops_tasks_and_timers_and_takes_no_more() {
    Strand strand = platform.newStrand("s");
    var runs = new AtomicInteger();
    var closed = new CompletableFuture<Void>();
    strand.execute(() -> {
      strand.schedule(Duration.ofMillis(5), runs::incrementAndGet);
      strand.execute(runs::incrementAndGet);
      strand.close();
      strand.close();
      closed.complete(null);
    });
    platform.await(closed, LIMIT);
    strand.execute(runs::incrementAndGet);
    strand.schedule(Duration.ofMillis(1), runs::incrementAndGet).cancel();
    strand.schedule(Duration.ofMillis(1), runs::incrementAndGet);
    pass(Duration.ofMillis(50));
    assertThat(runs).hasValue(0);
  }

  @Test
  void a_negative_delay_is_refused() {
    Strand strand = platform.newStrand("s");
    assertThatThrownBy(() -> strand.schedule(Duration.ofMillis(-1), () -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("zero or more");
  }

  @Test
  void a_delay_beyond_all_bounds_is_taken() {
    platform.newStrand("s").schedule(Duration.ofSeconds(Long.MAX_VALUE), () -> {}).cancel();
  }

  @Test
  void a_wait_ends_with_the_result_or_the_error_itself() {
    assertThat(platform.await(CompletableFuture.completedFuture("x"), LIMIT)).isEqualTo("x");
    var error = new IllegalArgumentException("on purpose");
    assertThatThrownBy(() -> platform.await(CompletableFuture.failedFuture(error), LIMIT))
        .isSameAs(error);
    CompletableFuture<Object> mapped =
        CompletableFuture.failedFuture(error).thenApply(nothing -> nothing);
    assertThatThrownBy(() -> platform.await(mapped, LIMIT)).isSameAs(error);
    assertThatThrownBy(() -> platform.await(mapped.minimalCompletionStage(), LIMIT))
        .isSameAs(error);
    var checked = new Exception("checked");
    assertThatThrownBy(() -> platform.await(CompletableFuture.failedFuture(checked), LIMIT))
        .isInstanceOf(CompletionException.class)
        .hasCause(checked);
    var fatal = new AssertionError("an error");
    assertThatThrownBy(() -> platform.await(CompletableFuture.failedFuture(fatal), LIMIT))
        .isSameAs(fatal);
  }

  @Test
  void a_wait_ends_at_its_deadline() {
    long startNs = platform.clock().nanoTime();
    assertThatThrownBy(() -> platform.await(new CompletableFuture<>(), Duration.ofMillis(30)))
        .isInstanceOf(DeadlineExceededException.class);
    assertThat(platform.clock().nanoTime() - startNs)
        .isGreaterThanOrEqualTo(Duration.ofMillis(30).toNanos());
  }

  @Test
  void an_interrupted_wait_keeps_the_flag() {
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> platform.await(new CompletableFuture<>(), LIMIT))
        .isInstanceOf(WaitInterruptedException.class);
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void an_engine_strand_must_not_wait() {
    var outcome = new CompletableFuture<Throwable>();
    platform
        .newStrand("s")
        .execute(() -> {
          try {
            platform.await(CompletableFuture.completedFuture("x"), LIMIT);
            outcome.complete(new AssertionError("it waited"));
          } catch (RuntimeException e) {
            outcome.complete(e);
          }
        });
    assertThat(platform.await(outcome, LIMIT)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void user_strands_that_wait_stall_nobody() {
    var gate = new CompletableFuture<Void>();
    var passed = new ArrayList<CompletableFuture<Void>>();
    for (int i = 0; i < 40; i++) {
      var future = new CompletableFuture<Void>();
      passed.add(future);
      platform
          .newUserStrand("waiting-" + i)
          .execute(() -> {
            platform.await(gate, LIMIT);
            future.complete(null);
          });
    }
    settle(platform.newUserStrand("free"));
    Strand engine = platform.newStrand("s");
    settle(engine);
    assertThat(passed).noneMatch(CompletableFuture::isDone);
    engine.schedule(Duration.ofMillis(1), () -> gate.complete(null));
    platform.await(CompletableFuture.allOf(passed.toArray(CompletableFuture[]::new)), LIMIT);
  }

  @Test
  void a_waiting_user_strand_runs_its_next_task_only_after_the_wait() {
    Strand user = platform.newUserStrand("u");
    var gate = new CompletableFuture<Void>();
    var seen = new ArrayList<String>();
    user.execute(() -> {
      seen.add("before");
      platform.await(gate, LIMIT);
      seen.add(user.isCurrent() ? "after" : "elsewhere");
    });
    user.execute(() -> seen.add("next"));
    pass(Duration.ofMillis(20));
    platform.newStrand("s").execute(() -> gate.complete(null));
    settle(user);
    assertThat(seen).containsExactly("before", "after", "next");
  }

  @Test
  void random_bytes_differ_and_have_their_length() {
    assertThat(platform.randomBytes(32)).hasSize(32).isNotEqualTo(platform.randomBytes(32));
    assertThat(platform.newRandom().nextLong()).isNotEqualTo(platform.newRandom().nextLong());
  }

  @Test
  void a_watch_is_observed_on_the_given_strand() {
    Strand strand = platform.newStrand("s");
    var source = new WatchSource<>(1);
    var seen = new ArrayList<String>();
    Cancellation observation =
        source.observe(strand, value -> seen.add(value + ":" + strand.isCurrent()));
    settle(strand);
    source.set(2);
    settle(strand);
    observation.cancel();
    source.set(3);
    settle(strand);
    assertThat(seen).containsExactly("1:true", "2:true");
  }
}
