package io.mosaik.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mosaik.Host;
import io.mosaik.Network;
import io.mosaik.id.PeerId;
import io.mosaik.runtime.Strand;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class WorldTest {

  private static final Duration SECOND = Duration.ofSeconds(1);

  /** Chatter among three nodes with faults, whose course depends on every kind of choice. */
  private static Trace chatter(long seed) {
    try (var world = World.seeded(seed)) {
      var peers = new ArrayList<TestPeer>();
      for (String name : List.of("a", "b", "c")) {
        peers.add(TestPeer.on(world, name).echoing());
      }
      for (TestPeer from : peers) {
        for (TestPeer to : peers) {
          from.dialAndGreet(to, "hello from " + from.name());
        }
      }
      world.after(Duration.ofMillis(300), () -> world.isolate("b"));
      world.after(Duration.ofMillis(900), world::heal);
      world.after(Duration.ofMillis(1_200), () -> world.crash("c"));
      world.run(Duration.ofSeconds(10));
      return world.trace();
    }
  }

  @Test
  void two_runs_of_one_seed_have_the_same_trace_and_other_seeds_have_others() {
    var seen = new HashSet<Long>();
    for (long seed = 1; seed <= 20; seed++) {
      Trace first = chatter(seed);
      Trace second = chatter(seed);
      assertThat(second.hash()).as("seed %d", seed).isEqualTo(first.hash());
      assertThat(second.events()).isEqualTo(first.events()).isGreaterThan(100);
      seen.add(first.hash());
    }
    assertThat(seen).hasSize(20);
  }

  @Test
  void the_trace_tells_what_happens_in_lines() {
    try (var world = World.seeded(1)) {
      var lines = new ArrayList<String>();
      world.trace().tellTo(lines::add);
      TestPeer a = TestPeer.on(world, "a");
      TestPeer b = TestPeer.on(world, "b");
      a.dialAndGreet(b, "hello");
      world.run(SECOND).crash("b");
      assertThat(lines)
          .anyMatch(line -> line.contains("a -> b /test/sim opened"))
          .anyMatch(line -> line.contains("b <- a /test/sim frame 5"))
          .anyMatch(line -> line.startsWith("1.000000 b crashes"));
    }
  }

  @Test
  void strands_that_are_ready_at_one_instant_run_in_an_order_of_the_seed() {
    var orders = new HashSet<List<Integer>>();
    for (long seed = 1; seed <= 30; seed++) {
      try (var world = World.seeded(seed)) {
        var order = new ArrayList<Integer>();
        for (int i = 0; i < 3; i++) {
          int number = i;
          world.host("n" + i).platform().newStrand("s").execute(() -> order.add(number));
        }
        world.run(Duration.ZERO);
        orders.add(List.copyOf(order));
      }
    }
    assertThat(orders).hasSize(6);
  }

  @Test
  void time_passes_only_as_far_as_it_is_let() {
    try (var world = World.seeded(1)) {
      var ran = new ArrayList<Duration>();
      Strand strand = world.host("n1").platform().newStrand("s");
      strand.schedule(Duration.ofHours(1), () -> ran.add(world.now()));
      world.run(Duration.ofMinutes(59));
      assertThat(ran).isEmpty();
      world.run(Duration.ofMinutes(2));
      assertThat(ran).containsExactly(Duration.ofHours(1));
      assertThat(world.now()).isEqualTo(Duration.ofMinutes(61));
    }
  }

  @Test
  void a_condition_that_does_not_come_true_is_an_error_that_names_it_and_the_seed() {
    try (var world = World.seeded(77)) {
      assertThatThrownBy(() -> world.runUntil("pigs fly", () -> false, SECOND))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("pigs fly")
          .hasMessageContaining("77");
      assertThat(world.now()).isEqualTo(SECOND);
      world.runUntil("time has come", () -> world.now().compareTo(SECOND) >= 0, SECOND);
      assertThat(world.now()).isEqualTo(SECOND);
    }
  }

  @Test
  void a_failing_seed_is_named() {
    var seeds = new ArrayList<Long>();
    assertThatThrownBy(() ->
            World.forSeeds(
                40,
                10,
                world -> {
                  seeds.add(world.seed());
                  assertThat(world.seed()).isNotEqualTo(42);
                }))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("seed 42")
        .hasMessageContaining("World.seeded(42L)");
    assertThat(seeds).containsExactly(40L, 41L, 42L);
  }

  @Test
  void a_world_that_runs_away_at_one_instant_is_stopped_with_an_error() {
    try (var world = World.seeded(5).mostTasksAtOneInstant(10_000)) {
      Strand strand = world.host("n1").platform().newStrand("runaway");
      var again =
          new Runnable() {
            @Override
            public void run() {
              strand.execute(this);
            }
          };
      strand.execute(again);
      assertThatThrownBy(() -> world.run(SECOND))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("seed 5")
          .hasMessageContaining("n1/runaway");
    }
  }

  @Test
  void another_thread_may_not_touch_the_world() throws Exception {
    try (var world = World.seeded(1)) {
      Strand strand = world.host("n1").platform().newStrand("s");
      var error = new CompletableFuture<Throwable>();
      var thread =
          Thread.ofPlatform()
              .start(() -> {
                try {
                  strand.execute(() -> {});
                } catch (IllegalStateException e) {
                  error.complete(e);
                }
              });
      thread.join(10_000);
      assertThat(error).isCompleted();
    }
  }

  @Test
  void what_tasks_throw_is_kept() {
    try (var world = World.seeded(1)) {
      var failure = new IllegalStateException("on purpose");
      world
          .host("n1")
          .platform()
          .newStrand("s")
          .execute(() -> {
            throw failure;
          });
      world.run(SECOND);
      assertThat(world.failures()).containsExactly(failure);
    }
  }

  @Test
  void clocks_differ_by_offset_rate_and_origin() {
    try (var world = World.seeded(1)) {
      var right = world.host("right").platform().clock();
      var wrong = world.host("wrong").platform().clock();
      world.node("wrong").clockOffset(Duration.ofMinutes(-3)).clockRate(1.01);
      long rightNs = right.nanoTime();
      long wrongNs = wrong.nanoTime();
      assertThat(rightNs).isNotEqualTo(wrongNs);
      assertThat(right.currentTimeMillis() - wrong.currentTimeMillis()).isEqualTo(180_000);
      var due = new ArrayList<Duration>();
      world
          .host("wrong")
          .platform()
          .newStrand("s")
          .schedule(Duration.ofSeconds(101), () -> due.add(world.now()));
      world.run(Duration.ofSeconds(100).plusMillis(1));
      assertThat(right.nanoTime() - rightNs).isEqualTo(100_001_000_000L);
      assertThat(wrong.nanoTime() - wrongNs).isBetween(101_000_900_000L, 101_001_100_000L);
      assertThat(due).hasSize(1);
      assertThat(due.getFirst())
          .isBetween(Duration.ofSeconds(100), Duration.ofSeconds(100).plusNanos(10));
    }
  }

  @Test
  void a_crash_ends_strands_timers_and_waits_of_that_node_alone() {
    try (var world = World.seeded(1)) {
      Host host = world.host("n1");
      var ran = new AtomicInteger();
      var cleanedUp = new AtomicInteger();
      var never = new CompletableFuture<Void>();
      host.platform().newStrand("s").schedule(SECOND, ran::incrementAndGet);
      host.platform()
          .newUserStrand("u")
          .execute(() -> {
            try {
              host.platform().await(never, Duration.ofHours(1));
              ran.incrementAndGet();
            } catch (RuntimeException e) {
              ran.incrementAndGet();
            } finally {
              cleanedUp.incrementAndGet();
            }
          });
      world.host("n2").platform().newStrand("s").schedule(SECOND, ran::incrementAndGet);
      world.run(Duration.ofMillis(10)).crash("n1").run(Duration.ofHours(2));
      assertThat(ran).hasValue(1);
      assertThat(cleanedUp).hasValue(1);
      assertThat(world.node("n1").isUp()).isFalse();
      assertThatThrownBy(() -> world.host("n1")).isInstanceOf(IllegalStateException.class);
      host.platform().newStrand("late").execute(ran::incrementAndGet);
      world.run(SECOND);
      assertThat(ran).hasValue(1);
      assertThat(world.failures()).isEmpty();
    }
  }

  @Test
  void a_wait_from_outside_for_a_crashed_node_ends_at_once() {
    try (var world = World.seeded(1)) {
      Host host = world.host("n1");
      world.crash("n1");
      assertThatThrownBy(
              () -> host.platform().await(new CompletableFuture<>(), Duration.ofHours(1)))
          .hasMessageContaining("down");
      assertThat(world.now()).isZero();
    }
  }

  @Test
  void a_restart_runs_the_program_again_with_the_same_key_and_what_was_synced() {
    try (var world = World.seeded(1)) {
      var keys = new HashSet<String>();
      var starts = new AtomicInteger();
      Node node =
          world
              .node("n1")
              .runs(self -> {
                starts.incrementAndGet();
                keys.add(self.key().toHex());
              });
      SimDisk.Slot<Integer> slot = node.disk().slot("counter", 0);
      slot.set(1);
      slot.sync();
      slot.set(2);
      assertThat(node.disk().slot("counter", 0).get()).isEqualTo(2);
      world.crash("n1").restart("n1");
      assertThat(starts).hasValue(2);
      assertThat(keys).hasSize(1);
      assertThat(node.disk().slot("counter", 0).get()).isEqualTo(1);
      world.crashWithDiskLoss("n1").restart("n1");
      assertThat(node.disk().slot("counter", 0).get()).isEqualTo(0);
      world.crash("n1");
      node.freshKey();
      world.restart("n1");
      assertThat(keys).hasSize(2);
      assertThat(node.disk().syncs()).isEqualTo(1);
    }
  }

  @Test
  void a_running_node_can_not_be_restarted() {
    try (var world = World.seeded(1)) {
      assertThat(world.node("n1").isUp()).isTrue();
      assertThatThrownBy(() -> world.restart("n1")).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void a_paused_node_does_nothing_and_then_all_that_was_due() {
    try (var world = World.seeded(1)) {
      var ran = new ArrayList<Duration>();
      Strand strand = world.host("n1").platform().newStrand("s");
      strand.schedule(SECOND, () -> ran.add(world.now()));
      world.pause("n1");
      strand.execute(() -> ran.add(world.now()));
      world.run(Duration.ofSeconds(3));
      assertThat(ran).isEmpty();
      world.resume("n1").run(Duration.ZERO);
      assertThat(ran).containsExactly(Duration.ofSeconds(3), Duration.ofSeconds(3));
    }
  }

  @Test
  void a_slow_node_takes_its_time_for_each_task_while_others_go_on() {
    try (var world = World.seeded(1)) {
      var slow = new ArrayList<Duration>();
      var quick = new ArrayList<Duration>();
      world.node("slow").taskCost(Duration.ofMillis(10));
      var host = world.host("slow");
      for (int i = 0; i < 4; i++) {
        host.platform().newStrand("s" + i).execute(() -> slow.add(world.now()));
        world.host("quick").platform().newStrand("s" + i).execute(() -> quick.add(world.now()));
      }
      world.run(SECOND);
      assertThat(slow)
          .containsExactly(
              Duration.ZERO, Duration.ofMillis(10), Duration.ofMillis(20), Duration.ofMillis(30));
      assertThat(quick).hasSize(4).containsOnly(Duration.ZERO);
    }
  }

  @Test
  void a_node_on_two_sides_of_a_partition_is_refused() {
    try (var world = World.seeded(1)) {
      assertThatThrownBy(() -> world.partition(Set.of("a", "b"), Set.of("b", "c")))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("'b'");
    }
  }

  @Test
  void a_task_can_not_let_time_pass() {
    try (var world = World.seeded(1)) {
      world.host("n1").platform().newUserStrand("u").execute(() -> world.run(SECOND));
      world.run(SECOND);
      assertThat(world.failures()).hasSize(1);
      assertThat(world.failures().getFirst()).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void a_closed_world_has_no_threads_left() {
    String name = "world-" + 987_654_321;
    try (var world = World.seeded(987_654_321)) {
      for (int i = 0; i < 5; i++) {
        var platform = world.host("n1").platform();
        platform
            .newUserStrand("u" + i)
            .execute(() -> {
              Void unused = platform.await(new CompletableFuture<>(), Duration.ofHours(1));
            });
      }
      world.run(SECOND);
      assertThat(threadsNamed(name)).isEqualTo(6);
    }
    long giveUpAtNs = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (threadsNamed(name) > 0 && System.nanoTime() < giveUpAtNs) {
      Thread.onSpinWait();
    }
    assertThat(threadsNamed(name)).isZero();
  }

  @Test
  void a_network_may_be_closed_after_its_world() {
    Network late;
    try (var world = World.seeded(2)) {
      late = world.network("n1", settings -> {});
    }
    late.close();
    assertThat(late.closeAsync()).isNotNull();
  }

  @Test
  void whole_nodes_find_each_other_and_each_sees_the_other_leave_and_return() {
    try (var world = World.seeded(2)) {
      Network first = world.network("n1", settings -> settings.tags("first"));
      world
          .node("n2")
          .runs(self -> world.network("n2", settings -> settings.bootstrap(first.address())));
      PeerId second = world.node("n2").key().peerId();
      world.runUntil(
          "n1 sees n2",
          () -> first.discovery().catalog().get().get(second) != null,
          Duration.ofMinutes(1));
      world.stop("n2");
      world.runUntil(
          "n1 sees it go",
          () -> first.discovery().catalog().get().get(second) == null,
          Duration.ofMinutes(1));
      world.restart("n2");
      world.runUntil(
          "n1 sees it again",
          () -> first.discovery().catalog().get().get(second) != null,
          Duration.ofMinutes(1));
      first.close();
      assertThat(world.failures()).isEmpty();
    }
  }

  private static long threadsNamed(String name) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals(name))
        .count();
  }
}
