package io.mosaik.groups;

import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.groups.RandomLife.Summary;
import io.mosaik.groups.log.LogStorage;
import io.mosaik.groups.raft.Watcher;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Hundreds of random lives of whole groups, and proof that something would be noticed. {@code
 * -Dmosaik.seeds=10000} asks for more lives, {@code -Dmosaik.seed=42} for those from a seed on.
 */
class GroupFaultsTest {

  private static final int LIVES = Integer.getInteger("mosaik.seeds", 500);
  private static final long FIRST_SEED = Long.getLong("mosaik.seed", 1);

  /** So many lives must do to notice that something is broken. */
  private static final int ENOUGH = 200;

  @Test
  @Timeout(value = 150, unit = TimeUnit.MINUTES) // for 10,000 lives, which take 30; 500 take one
  void random_lives_lose_nothing_never_disagree_and_show_every_user_a_single_copy() {
    long startNs = System.nanoTime();
    List<Summary> lives =
        LongStream.range(FIRST_SEED, FIRST_SEED + LIVES)
            .parallel()
            .mapToObj(GroupFaultsTest::live)
            .toList();
    System.out.printf(
        "%,d lives of a group in %.1f s: %,d operations answered and %,d of unknown outcome,"
            + " %,d commands applied in %,d lineages, %,d terms, %,d steps of cores checked%n",
        LIVES,
        (System.nanoTime() - startNs) / 1e9,
        sum(lives, Summary::answered),
        sum(lives, Summary::unknown),
        sum(lives, Summary::applied),
        sum(lives, Summary::lineages),
        sum(lives, Summary::terms),
        sum(lives, Summary::steps));
    // The lives were worth living: most had many users served, and leaders came and went.
    assertThat(lives.stream().filter(life -> life.answered() > 200).count())
        .isGreaterThan(LIVES * 9L / 10);
    assertThat(sum(lives, Summary::terms)).isGreaterThan(LIVES * 3L);
    assertThat(sum(lives, Summary::restored)).isGreaterThan(LIVES);
    assertThat(sum(lives, Summary::lineages)).isGreaterThanOrEqualTo(LIVES + LIVES / 50L);
  }

  /** Of longer runs, those that found a mistake once, of the cores or of what judges them. */
  @ParameterizedTest
  @ValueSource(longs = {9_238, 1_001_168, 1_001_665, 1_002_554})
  void lives_that_failed_once_are_lived_again(long seed) {
    assertThat(live(seed).answered()).isPositive();
  }

  private static long sum(List<Summary> lives, ToLongFunction<Summary> what) {
    return lives.stream().mapToLong(what).sum();
  }

  private static Summary live(long seed) {
    try {
      return new RandomLife(seed).run();
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError(
          "life "
              + seed
              + " fails; -Dtest=GroupFaultsTest -Dmosaik.seed="
              + seed
              + " -Dmosaik.seeds=1 replays it: "
              + e.getMessage(),
          e);
    }
  }

  /** What is rarer than these, random walks of cores and written histories notice. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "ONE_VOTE_A_TERM",
        "UP_TO_DATE_CANDIDATE",
        "ONE_CHANGE_AT_A_TIME",
        "ONE_MEMBER_A_CHANGE",
        "DISSOLVED_BY_COMMIT",
        "FROZEN_TAKES_NOTHING"
      })
  void a_broken_rule_is_noticed(String rule) {
    requireNoticed(() -> new Watcher(rule), log -> log);
  }

  @Test
  void members_that_forget_their_log_and_don_t_know_it_are_noticed() {
    requireNoticed(Watcher::new, LyingLogs.Forgetful::new);
  }

  @Test
  void logs_that_are_not_durable_when_they_say_so_are_noticed() {
    requireNoticed(Watcher::new, LyingLogs.Hasty::new);
  }

  @Test
  void members_that_don_t_say_what_is_void_are_noticed() {
    requireNoticed(Watcher::hidingReversions, log -> log);
  }

  private static void requireNoticed(Supplier<Watcher> watchers, UnaryOperator<LogStorage> logs) {
    boolean noticed =
        LongStream.rangeClosed(1, ENOUGH)
            .parallel()
            .anyMatch(seed -> fails(new RandomLife(seed, watchers.get(), logs)));
    assertThat(noticed).isTrue();
  }

  private static boolean fails(RandomLife life) {
    try {
      var unused = life.run();
      return false;
    } catch (AssertionError e) {
      return !life.violations().isEmpty();
    }
  }
}
