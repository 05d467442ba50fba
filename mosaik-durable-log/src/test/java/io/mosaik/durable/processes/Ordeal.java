package io.mosaik.durable.processes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * A writer writes to all members that live, while members are killed, several and all at once too,
 * and, where what lies between them can be cut, {@link Cuts} come and go meanwhile. In the end all
 * live and are connected: then each has the same, every acknowledged write among it, none twice.
 */
final class Ordeal {

  private static final int AT_ONCE = 64;
  private static final Duration REST = Duration.ofMinutes(5);

  private final Cluster cluster;
  private final Random random;
  private final Cuts cuts;
  private int kills;
  private int allAtOnce;
  private volatile boolean writing = true;

  Ordeal(Cluster cluster, long seed) {
    this.cluster = cluster;
    random = new Random(seed);
    cuts = new Cuts(cluster.hosts(), random);
  }

  void run(Duration length) throws IOException, InterruptedException {
    for (int i = 0; i < cluster.size(); i++) {
      cluster.start(i);
    }
    awaitRest();
    Thread writer = Thread.ofPlatform().daemon().name("writer").start(this::write);
    long end = System.nanoTime() + length.toNanos();
    pause(1_500);
    killSome();
    while (System.nanoTime() < end) {
      switch (cluster.hosts().canCut() ? random.nextInt(6) : 0) {
        case 0, 1 -> killSome();
        case 2, 3 -> cuts.cut();
        default -> cuts.mend();
      }
      pause(1_500 + random.nextInt(3_000));
    }
    cuts.mend();
    writing = false;
    writer.join();
    awaitRest();
    judge(length);
  }

  /** Numbers, each given to one member once, whatever becomes of it. */
  private void write() {
    long number = 0;
    while (writing) {
      for (int i = 0; i < cluster.size(); i++) {
        MemberProcess member = cluster.member(i);
        if (member != null && member.isAlive() && member.underWay() < AT_ONCE) {
          member.write(++number);
        }
      }
      try {
        Thread.sleep(2);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  /** Mostly one, now and then more than may die at once, now and then all. */
  private List<Integer> some() {
    int luck = random.nextInt(10);
    int count = luck < 5 ? 1 : luck < 8 ? 2 : luck < 9 ? 3 : cluster.size();
    var all = new ArrayList<>(IntStream.range(0, cluster.size()).boxed().toList());
    Collections.shuffle(all, random);
    return all.subList(0, count);
  }

  private void killSome() throws IOException, InterruptedException {
    List<Integer> victims = some();
    for (int victim : victims) {
      cluster.kill(victim);
      kills++;
    }
    if (victims.size() == cluster.size()) {
      allAtOnce++;
    }
    pause(random.nextInt(1_500));
    for (int victim : victims) {
      cluster.start(victim);
    }
  }

  private static void pause(int millis) throws InterruptedException {
    Thread.sleep(millis);
  }

  private void awaitRest() throws IOException, InterruptedException {
    long end = System.nanoTime() + REST.toNanos();
    while (!cluster.isAtRest()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("the members don't come to rest\n" + cluster.errors());
      }
      pause(500);
    }
  }

  private void judge(Duration length) throws IOException, InterruptedException {
    List<Long> first = Objects.requireNonNull(cluster.ledger(0), "member 0 doesn't answer");
    var there = new HashSet<>(first);
    assertThat(first).as("nothing is there twice").hasSize(there.size());
    List<Long> acknowledged = List.copyOf(cluster.acknowledged());
    assertThat(acknowledged.stream().filter(number -> !there.contains(number)))
        .as("acknowledged writes that are missing")
        .isEmpty();
    assertThat(acknowledged).doesNotHaveDuplicates().hasSizeGreaterThan(100);
    for (int i = 1; i < cluster.size(); i++) {
      assertThat(cluster.ledger(i)).as("what member %d has", i).isEqualTo(first);
    }
    assertThat(kills).as("kills").isGreaterThan((int) (length.toSeconds() / 30));
    assertThat(cluster.restoredCount() > 0)
        .as("members have started from snapshots")
        .isEqualTo(cluster.takesSnapshots());
    System.out.printf(
        "%d s: %d kills (%d times all at once), %d starts from snapshots, cuts %s; %,d writes acknowledged, %,d applied,"
            + " none missing, none twice, %d members equal%n",
        length.toSeconds(),
        kills,
        allAtOnce,
        cluster.restoredCount(),
        cuts,
        acknowledged.size(),
        first.size(),
        cluster.size());
  }
}
