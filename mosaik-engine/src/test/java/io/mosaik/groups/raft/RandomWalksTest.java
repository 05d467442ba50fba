package io.mosaik.groups.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import org.junit.jupiter.api.Test;

/**
 * Thousands of random histories, each checked at every step. {@code -Dmosaik.raft.walks=100000}
 * asks for more, {@code -Dmosaik.raft.seed=42} replays from a seed on.
 */
final class RandomWalksTest {

  private static final long WALKS = Long.getLong("mosaik.raft.walks", 2_000);
  private static final long FIRST_SEED = Long.getLong("mosaik.raft.seed", 0);

  @Test
  void no_history_breaks_what_raft_promises_and_every_group_recovers() {
    long startNs = System.nanoTime();
    long commands = 0;
    long snapshotsFetched = 0;
    long rangesFetched = 0;
    long met = 0;
    long recoveries = 0;
    long operators = 0;
    for (long seed = FIRST_SEED; seed < FIRST_SEED + WALKS; seed++) {
      try {
        var walk = new FaultWalk(seed, EnumSet.noneOf(Rule.class)).run();
        walk.recover();
        operators += walk.operators;
        recoveries += walk.world.invariants.recoveries;
        met += walk.lineages() > 1 ? 1 : 0;
        snapshotsFetched += walk.world.snapshotsFetched;
        rangesFetched += walk.world.rangesFetched;
        for (SimulatedNode node : walk.world.nodes) {
          commands += node.commands.size();
        }
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
      }
    }
    System.out.printf(
        "%,d walks in %.1f s: %,d commands applied, %,d epochs begun, %,d words of operators%n",
        WALKS, (System.nanoTime() - startNs) / 1e9, commands, recoveries, operators);
    // Walks in which nothing happens would prove nothing.
    assertThat(commands).isGreaterThan(WALKS * 10);
    assertThat(snapshotsFetched).isGreaterThan(WALKS / 10);
    assertThat(rangesFetched).isGreaterThan(WALKS / 10);
    assertThat(met).isGreaterThan(WALKS / 100);
    assertThat(recoveries).isGreaterThan(WALKS / 100);
  }

  @Test
  void a_thousand_walks_of_five_nodes_show_one_leader_a_term_and_lose_nothing() {
    long startNs = System.nanoTime();
    long commands = 0;
    for (long seed = FIRST_SEED; seed < FIRST_SEED + 1_000; seed++) {
      try {
        var walk = new FaultWalk(seed, EnumSet.noneOf(Rule.class), 5).run();
        for (SimulatedNode node : walk.world.nodes) {
          commands += node.commands.size();
        }
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + seed + " of five nodes: " + e.getMessage(), e);
      }
    }
    System.out.printf(
        "1,000 walks of five nodes in %.1f s: %,d commands applied%n",
        (System.nanoTime() - startNs) / 1e9, commands);
    assertThat(commands).isGreaterThan(10_000);
  }
}
