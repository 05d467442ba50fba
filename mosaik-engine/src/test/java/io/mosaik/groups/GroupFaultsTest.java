package io.mosaik.groups;

import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.groups.log.InMemoryLogStorage;
import io.mosaik.groups.log.LogStorage;
import io.mosaik.groups.log.LogWrite;
import io.mosaik.groups.log.SnapshotManifest;
import io.mosaik.groups.log.SnapshotWriter;
import io.mosaik.groups.log.StoredLog;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class GroupFaultsTest {

  private static final long FIRST_SEED = 1;
  private static final int SEEDS = 1_000;

  @Test
  @Timeout(value = 5, unit = TimeUnit.MINUTES) // half a minute on two idle cores
  void a_thousand_random_lives_lose_nothing_and_never_disagree() {
    long startNs = System.nanoTime();
    List<FaultyRun.Summary> lives =
        LongStream.range(FIRST_SEED, FIRST_SEED + SEEDS)
            .parallel()
            .mapToObj(GroupFaultsTest::live)
            .toList();
    System.out.printf(
        "%,d lives of a group in %.1f s%n", SEEDS, (System.nanoTime() - startNs) / 1e9);
    // The lives were worth living: most commands came through, and leaders came and went.
    int commands = lives.stream().mapToInt(FaultyRun.Summary::commands).sum();
    int acknowledged = lives.stream().mapToInt(FaultyRun.Summary::acknowledged).sum();
    assertThat(acknowledged).isBetween(commands / 2, commands);
    assertThat(lives.stream().mapToInt(FaultyRun.Summary::answers).sum()).isGreaterThan(SEEDS);
    assertThat(lives.stream().mapToInt(FaultyRun.Summary::terms).sum()).isGreaterThan(2 * SEEDS);
  }

  @Test
  void members_that_forget_their_log_and_don_t_know_it_are_caught() {
    long caught =
        LongStream.range(FIRST_SEED, FIRST_SEED + 40)
            .parallel()
            .filter(seed -> disagrees(new FaultyRun(seed, Amnesia::new)))
            .count();
    assertThat(caught).isPositive();
  }

  private static boolean disagrees(FaultyRun run) {
    try {
      run.run();
      return false;
    } catch (AssertionError e) {
      return !run.violations().isEmpty();
    }
  }

  /** Keeps its incarnation over a restart, and nothing else: the broken promise of a storage. */
  private static final class Amnesia implements LogStorage {

    private LogStorage kept = new InMemoryLogStorage();
    private @Nullable StoredLog first;

    @Override
    public StoredLog open(long newIncarnation) {
      kept = new InMemoryLogStorage();
      StoredLog opened = kept.open(first == null ? newIncarnation : first.incarnation());
      first = opened;
      return opened;
    }

    @Override
    public void write(LogWrite write) {
      kept.write(write);
    }

    @Override
    public void sync(SyncListener listener) {
      kept.sync(listener);
    }

    @Override
    public void prune(long throughIndex) {
      kept.prune(throughIndex);
    }

    @Override
    public SnapshotWriter newSnapshot() {
      return kept.newSnapshot();
    }

    @Override
    public byte @Nullable [] readSnapshot(SnapshotManifest manifest, int chunk) {
      return kept.readSnapshot(manifest, chunk);
    }

    @Override
    public void dropSnapshot(SnapshotManifest manifest) {
      kept.dropSnapshot(manifest);
    }

    @Override
    public void close() {}
  }

  private static FaultyRun.Summary live(long seed) {
    try {
      return new FaultyRun(seed).run();
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError("new FaultyRun(" + seed + ").run() fails: " + e.getMessage(), e);
    }
  }
}
