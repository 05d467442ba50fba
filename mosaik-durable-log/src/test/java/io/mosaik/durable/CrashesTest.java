package io.mosaik.durable;

import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.groups.log.Entry;
import io.mosaik.groups.log.HardState;
import io.mosaik.groups.log.LogStorageException;
import io.mosaik.groups.log.LogWrite;
import io.mosaik.groups.log.SnapshotManifest;
import io.mosaik.groups.log.StoredLog;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Random lives of a storage, in which its process is killed or its machine goes down at any
 * operation on its files. What comes back is the effect of all writes up to some point, which is
 * not before the last sync that was told to be durable.
 */
class CrashesTest {

  private static final int SEEDS = 300;
  private static final int LIVES = 6;
  private static final int STEPS = 60;

  @TestFactory
  Stream<DynamicTest> after_a_crash_it_holds_all_that_was_durable_and_nothing_in_part() {
    return LongStream.range(0, SEEDS)
        .mapToObj(seed -> DynamicTest.dynamicTest("seed " + seed, () -> new Walk(seed).run()));
  }

  /** What there should be after some of the writes. */
  private record State(HardState hardState, long firstIndex, List<Entry> entries) {

    static final State EMPTY = new State(HardState.INITIAL, 1, List.of());

    State after(LogWrite write) {
      HardState state = write.hardState() == null ? hardState : write.hardState();
      long from = write.firstIndex();
      if (from == 0) {
        return new State(state, firstIndex, entries);
      }
      boolean anew = from < firstIndex || from > firstIndex + entries.size();
      var kept = new ArrayList<Entry>();
      if (!anew) {
        kept.addAll(entries.subList(0, (int) (from - firstIndex)));
      }
      kept.addAll(write.entries());
      return new State(state, anew ? from : firstIndex, kept);
    }

    State pruned(long through) {
      int count = (int) Math.min(through - firstIndex + 1, entries.size());
      return count <= 0
          ? this
          : new State(hardState, firstIndex + count, entries.subList(count, entries.size()));
    }

    long nextIndex() {
      return firstIndex + entries.size();
    }

    /** Entries that were pruned may still be there. */
    boolean isThatOf(StoredLog found) {
      int more = (int) (firstIndex - found.firstIndex());
      return hardState.equals(found.hardState())
          && more >= 0
          && found.entries().size() == more + entries.size()
          && found.entries().subList(more, found.entries().size()).equals(entries);
    }
  }

  private static final class Walk {

    private final Random random;
    private final FaultyFiles files;
    private DurableLogStorage storage;
    private long term;
    private boolean begun;

    /** The state that is surely durable, then those after each write since. */
    private List<State> states = new ArrayList<>(List.of(State.EMPTY));

    private @Nullable SnapshotManifest snapshot;
    private @Nullable SnapshotManifest unfinished;

    Walk(long seed) {
      random = new Random(seed);
      files = new FaultyFiles(seed);
      storage = Logs.over(files);
    }

    void run() {
      for (int life = 0; life < LIVES; life++) {
        int operation = random.nextInt(life == 0 ? 12 : 90);
        if (random.nextInt(3) > 0) {
          files.dieAt(operation);
        } else {
          files.failAt(operation, "Input/output error");
        }
        try {
          live();
          files.kill();
          storage.close();
        } catch (LogStorageException e) {
          assertThat(files.hasFailed()).as("%s", e).isTrue();
        }
        if (random.nextBoolean()) {
          files.crash();
        } else {
          files.kill();
        }
        storage = Logs.over(files);
      }
      open();
    }

    private void live() {
      open();
      for (int step = 0; step < STEPS; step++) {
        step();
      }
    }

    private void open() {
      StoredLog found = storage.open(begun ? 0 : Logs.INCARNATION);
      begun = begun || found.incarnation() == Logs.INCARNATION;
      assertThat(found.incarnation()).isEqualTo(Logs.INCARNATION);
      State state =
          states.reversed().stream()
              .filter(each -> each.isThatOf(found))
              .findFirst()
              .orElseThrow(() ->
                  new AssertionError("none of\n" + states + "\nis what was found:\n" + found));
      states = new ArrayList<>(List.of(state));
      assertThat(found.snapshot()).isIn(snapshot, unfinished);
      snapshot = found.snapshot();
      unfinished = snapshot;
      if (snapshot != null) {
        assertThat(storage.readSnapshot(snapshot, 0)).hasSize((int) snapshot.sizeBytes());
      }
    }

    private void step() {
      State last = states.getLast();
      switch (random.nextInt(12)) {
        case 0, 1, 2, 3 -> write(last.nextIndex(), 1 + random.nextInt(4));
        case 4 -> write(Math.max(last.firstIndex, last.nextIndex() - random.nextInt(6)), 1);
        case 5 -> write(0, 0);
        case 6, 7, 8 -> sync();
        case 9 -> takeSnapshot(last);
        case 10 -> {
          if (snapshot != null) {
            long through = snapshot.position().index();
            storage.prune(through);
            states.add(last.pruned(through));
          }
        }
        default -> {
          if (random.nextInt(4) == 0) {
            beginElsewhere(last);
          } else if (random.nextInt(4) == 0) {
            storage.archive();
          }
        }
      }
    }

    private void write(long from, int count) {
      HardState state = from == 0 || random.nextInt(4) == 0 ? Logs.state(++term).hardState() : null;
      var entries = new ArrayList<Entry>();
      for (int i = 0; i < count; i++) {
        byte[] bytes = new byte[random.nextInt(4) == 0 ? 2_000 : 40];
        if (random.nextInt(3) > 0) {
          random.nextBytes(bytes);
        }
        entries.add(Logs.command(++term, bytes));
      }
      write(new LogWrite(state, from, entries));
    }

    private void write(LogWrite write) {
      states.add(states.getLast().after(write)); // it may take effect, whatever becomes of the call
      storage.write(write);
    }

    private void sync() {
      LogStorageException failure = Logs.trySync(storage);
      if (failure != null) {
        throw failure;
      }
      states = new ArrayList<>(List.of(states.getLast()));
    }

    private void takeSnapshot(State last) {
      if (last.nextIndex() > 1) {
        long index = 1 + random.nextLong(last.nextIndex() - 1);
        finish(index);
      }
    }

    private void finish(long index) {
      byte[] content = new byte[1 + random.nextInt(2_000)];
      random.nextBytes(content);
      unfinished = Logs.manifest(index, content);
      var before = snapshot;
      snapshot = Logs.snapshot(storage, index, content);
      if (before != null && random.nextBoolean()) {
        storage.dropSnapshot(before);
      }
    }

    /** The log of another leader, from behind its snapshot on, above or below our own. */
    private void beginElsewhere(State last) {
      long index = 1 + random.nextLong(last.nextIndex() + 20);
      finish(index);
      if (index + 1 < last.firstIndex || index + 1 > last.nextIndex()) {
        write(new LogWrite(Logs.state(++term).hardState(), index + 1, List.of()));
      }
    }
  }
}
