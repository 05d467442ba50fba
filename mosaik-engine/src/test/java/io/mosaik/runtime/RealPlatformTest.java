package io.mosaik.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RealPlatformTest extends PlatformContract {

  private final RealPlatform platform = new RealPlatform();

  @Override
  protected Platform open() {
    return platform;
  }

  @Override
  protected void shut() {
    platform.close();
  }

  @Test
  void tasks_of_several_threads_run_one_at_a_time_and_each_sees_the_writes_before() {
    Strand strand = platform.newStrand("s");
    int[] plain = {0};
    int threads = 4;
    int each = 20_000;
    var done = new CountDownLatch(threads);
    for (int t = 0; t < threads; t++) {
      Thread.ofPlatform()
          .start(() -> {
            for (int i = 0; i < each; i++) {
              strand.execute(() -> plain[0]++);
            }
            done.countDown();
          });
    }
    platform.await(
        CompletableFuture.runAsync(() -> {
          try {
            done.await();
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
        }),
        Duration.ofSeconds(20));
    var total = new CompletableFuture<Integer>();
    strand.execute(() -> total.complete(plain[0]));
    assertThat(platform.await(total, Duration.ofSeconds(20))).isEqualTo(threads * each);
  }

  @Test
  void a_caller_lends_its_thread_to_an_idle_strand_alone() throws InterruptedException {
    Strand strand = platform.newStrand("s");
    Thread caller = Thread.currentThread();
    var ran = new CompletableFuture<Boolean>();
    strand.runOrExecute(
        () -> ran.complete(strand.isCurrent() && Thread.currentThread().equals(caller)));
    assertThat(ran).isCompletedWithValue(true);
    assertThat(strand.isCurrent()).isFalse();

    var begun = new CountDownLatch(1);
    var over = new CountDownLatch(1);
    strand.execute(() -> {
      begun.countDown();
      try {
        over.await();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    });
    begun.await();
    var later = new CompletableFuture<Thread>();
    strand.runOrExecute(() -> later.complete(Thread.currentThread()));
    assertThat(later).isNotDone();
    over.countDown();
    assertThat(platform.await(later, Duration.ofSeconds(20))).isNotEqualTo(caller);
  }

  @Test
  void a_thread_that_lends_itself_keeps_the_order_of_its_own_tasks() {
    Strand strand = platform.newStrand("s");
    int threads = 4;
    int each = 20_000;
    int[] next = new int[threads];
    var outOfOrder = new AtomicInteger();
    CompletableFuture<?>[] ends = new CompletableFuture<?>[threads];
    for (int t = 0; t < threads; t++) {
      int thread = t;
      ends[t] = new CompletableFuture<>();
      Thread.ofPlatform()
          .start(() -> {
            for (int i = 0; i < each; i++) {
              int number = i;
              Runnable task =
                  () -> {
                    if (next[thread]++ != number) {
                      outOfOrder.incrementAndGet();
                    }
                  };
              if (i % 3 == 0) {
                strand.execute(task);
              } else {
                strand.runOrExecute(task);
              }
            }
            strand.execute(() -> ends[thread].complete(null));
          });
    }
    platform.await(CompletableFuture.allOf(ends), Duration.ofSeconds(20));
    assertThat(next).containsOnly(each);
    assertThat(outOfOrder).hasValue(0);
  }

  @Test
  void a_busy_strand_lets_the_others_have_their_turn() {
    try (var narrow = new RealPlatform(1)) {
      Strand busy = narrow.newStrand("busy");
      var ended = new AtomicInteger();
      var forever =
          new Runnable() {
            @Override
            public void run() {
              if (ended.get() == 0) {
                busy.execute(this);
              }
            }
          };
      busy.execute(forever);
      var reached = new CompletableFuture<Void>();
      narrow.newStrand("patient").execute(() -> reached.complete(null));
      narrow.await(reached, Duration.ofSeconds(20));
      ended.set(1);
    }
  }

  @Test
  void blocking_user_code_stalls_neither_the_engine_nor_other_user_code() throws Exception {
    var gate = new CountDownLatch(1);
    for (int i = 0; i < 64; i++) {
      platform
          .newUserStrand("blocked-" + i)
          .execute(() -> {
            try {
              gate.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          });
    }
    var both = new CountDownLatch(2);
    platform.newUserStrand("u").execute(both::countDown);
    platform.newStrand("s").schedule(Duration.ofMillis(1), both::countDown);
    assertThat(both.await(20, TimeUnit.SECONDS)).isTrue();
    gate.countDown();
  }

  @Test
  void close_ends_the_threads_drops_all_work_and_interrupts_who_still_runs() throws Exception {
    var interrupted = new CountDownLatch(1);
    var started = new CountDownLatch(1);
    var late = new AtomicInteger();
    var own = new RealPlatform();
    Strand strand = own.newStrand("s");
    strand.schedule(Duration.ofMillis(1), () -> {});
    strand.schedule(Duration.ofHours(1), late::incrementAndGet);
    own.newUserStrand("u")
        .execute(() -> {
          started.countDown();
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException e) {
            interrupted.countDown();
          }
        });
    assertThat(started.await(20, TimeUnit.SECONDS)).isTrue();
    own.close();
    own.close();
    assertThat(interrupted.await(20, TimeUnit.SECONDS)).isTrue();
    strand.execute(late::incrementAndGet);
    strand.schedule(Duration.ZERO, late::incrementAndGet);
    own.newUserStrand("v").execute(late::incrementAndGet);
    assertThat(late).hasValue(0);
  }
}
