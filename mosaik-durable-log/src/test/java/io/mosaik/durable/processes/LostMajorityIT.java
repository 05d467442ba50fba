package io.mosaik.durable.processes;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** Five processes on durable logs, of which three lose their directories for good (G4). */
@Isolated // beside ten other processes, bonds break as fast as they form on two cores
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class LostMajorityIT {

  private static final int MEMBERS = 5;
  private static final List<Integer> LOST = List.of(0, 1, 2);
  private static final List<Integer> LEFT = List.of(3, 4);
  private static final int WRITES = 200;

  @TempDir private Path directory = Path.of("set by JUnit");

  @Test
  void what_is_left_goes_on_by_the_word_of_an_operator_and_not_before() throws Exception {
    try (Hosts hosts = Hosts.loopback(MEMBERS);
        var cluster = new Cluster(hosts, directory, MEMBERS, 0)) {
      for (int i = 0; i < MEMBERS; i++) {
        cluster.start(i);
      }
      await(cluster, "all are online", cluster::isAtRest);
      for (long number = 1; number <= WRITES; number++) {
        Objects.requireNonNull(cluster.member((int) (number % MEMBERS))).write(number);
      }
      await(cluster, "all is acknowledged", () -> cluster.acknowledged().size() == WRITES);
      await(cluster, "all have it", cluster::isAtRest);

      cluster.lose(LOST);
      for (int left : LEFT) {
        await(
            cluster,
            "three are missing",
            () -> "outage 0 3 false".equals(cluster.ask(left, "outage")));
        Objects.requireNonNull(cluster.member(left)).write(WRITES + left);
      }
      for (int lost : LOST) {
        cluster.start(lost);
      }
      for (int left : LEFT) {
        await(
            cluster,
            "three are gone, and an operator is asked for",
            () -> "outage 3 0 true".equals(cluster.ask(left, "outage")));
      }
      // Longer than an agreement takes: nobody goes on by itself, nor takes the writes.
      Thread.sleep(3_000);
      for (int i = 0; i < MEMBERS; i++) {
        assertThat(cluster.ask(i, "status")).as("member %d", i).startsWith("status false ");
      }
      assertThat(cluster.acknowledged()).hasSize(WRITES);

      cluster.recover(LEFT.getFirst(), LOST);
      await(cluster, "all are online again", cluster::isAtRest);
      Objects.requireNonNull(cluster.member(LOST.getFirst())).write(0);
      await(cluster, "one that was lost writes", () -> cluster.acknowledged().contains(0L));
      await(cluster, "all have it", cluster::isAtRest);
      assertThat(cluster.ask(LEFT.getFirst(), "outage")).isEqualTo("outage none");
      judge(cluster);
    }
  }

  private static void judge(Cluster cluster) throws Exception {
    List<Long> first = Objects.requireNonNull(cluster.ledger(0), "member 0 doesn't answer");
    assertThat(first).as("nothing is there twice").hasSize(new HashSet<>(first).size());
    assertThat(first).as("all that was acknowledged").containsAll(cluster.acknowledged());
    for (int i = 1; i < MEMBERS; i++) {
      assertThat(cluster.ledger(i)).as("what member %d has", i).isEqualTo(first);
    }
  }

  private static void await(Cluster cluster, String what, Callable<Boolean> condition)
      throws Exception {
    long end = System.nanoTime() + Duration.ofMinutes(2).toNanos();
    while (!condition.call()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("it doesn't come about that " + what + "\n" + cluster.errors());
      }
      Thread.sleep(100); // processes of their own: nobody here hears when it has come
    }
  }
}
