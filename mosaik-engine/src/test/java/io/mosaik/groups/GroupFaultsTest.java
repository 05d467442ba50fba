package io.mosaik.groups;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class GroupFaultsTest {

  private static final long FIRST_SEED = 1;
  private static final int SEEDS = 1_000;

  @Test
  void a_thousand_random_lives_lose_nothing_and_never_disagree() {
    List<FaultyRun.Summary> lives =
        LongStream.range(FIRST_SEED, FIRST_SEED + SEEDS)
            .parallel()
            .mapToObj(GroupFaultsTest::live)
            .toList();
    // The lives were worth living: most commands came through, and leaders came and went.
    int commands = lives.stream().mapToInt(FaultyRun.Summary::commands).sum();
    int acknowledged = lives.stream().mapToInt(FaultyRun.Summary::acknowledged).sum();
    assertThat(acknowledged).isBetween(commands / 2, commands);
    assertThat(lives.stream().mapToInt(FaultyRun.Summary::answers).sum()).isGreaterThan(SEEDS);
    assertThat(lives.stream().mapToInt(FaultyRun.Summary::terms).sum()).isGreaterThan(2 * SEEDS);
  }

  private static FaultyRun.Summary live(long seed) {
    try {
      return new FaultyRun(seed).run();
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError("new FaultyRun(" + seed + ").run() fails: " + e.getMessage(), e);
    }
  }
}
