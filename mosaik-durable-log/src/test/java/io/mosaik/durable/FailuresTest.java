package io.mosaik.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mosaik.durable.FaultyFiles.Operation;
import io.mosaik.groups.log.Entry;
import io.mosaik.groups.log.LogStorage;
import io.mosaik.groups.log.LogStorageException;
import io.mosaik.groups.log.SnapshotManifest;
import io.mosaik.groups.log.StoredLog;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A disk that fails ends the storage, which says so to everyone and tries nothing again. */
class FailuresTest {

  private static final String FULL = "No space left on device";

  /** Every kind of operation: appends, segments that end, snapshots, pruning. */
  private static void work(DurableLogStorage storage, List<String> durable) {
    storage.open(Logs.INCARNATION);
    SnapshotManifest before = null;
    for (int index = 1; index <= 41; index++) {
      String command = index + "x".repeat(900);
      storage.write(Logs.append(index, command));
      Logs.sync(storage);
      durable.add(command);
      if (index % 10 == 0) {
        SnapshotManifest now = Logs.snapshot(storage, index - 5, new byte[600]);
        if (before != null) {
          storage.dropSnapshot(before);
        }
        before = now;
        storage.prune(index - 5);
      }
    }
    storage.close();
  }

  private static List<Entry> entries(List<String> commands, long from, long to) {
    return commands.subList((int) from - 1, (int) to).stream()
        .map(text -> Logs.command(1, Logs.bytes(text)))
        .toList();
  }

  @Test
  void whichever_operation_fails_it_is_the_last_and_nothing_durable_is_lost() {
    var failed = EnumSet.noneOf(Operation.class);
    for (int operation = 0; ; operation++) {
      var files = new FaultyFiles(operation);
      files.failAt(operation, FULL);
      DurableLogStorage storage = Logs.over(files);
      var durable = new ArrayList<String>();
      try {
        work(storage, durable);
        assertThat(files.hasFailed()).isFalse();
        break; // there are no more operations than this
      } catch (LogStorageException e) {
        assertThat(e).hasMessageContaining(FULL);
      }
      failed.add(files.done().get(operation));
      assertNothingMoreIsDone(storage, files);

      files.crash();
      StoredLog found = Logs.over(files).open(Logs.INCARNATION);
      long last = found.firstIndex() + found.entries().size() - 1;
      assertThat(last)
          .as("operation %d", operation)
          .isBetween((long) durable.size(), durable.size() + 1L);
      long kept = Math.min(last, durable.size());
      assertThat(found.entries().subList(0, (int) (kept - found.firstIndex() + 1)))
          .isEqualTo(entries(durable, found.firstIndex(), kept));
    }
    assertThat(failed).containsExactlyInAnyOrder(Operation.values());
  }

  private static void assertNothingMoreIsDone(LogStorage storage, FaultyFiles files) {
    List<Runnable> calls =
        List.of(
            () -> storage.write(Logs.append(1, "more")),
            () -> Logs.sync(storage),
            () -> storage.prune(1),
            storage::newSnapshot,
            storage::archive);
    for (Runnable call : calls) {
      assertThatThrownBy(call::run).isInstanceOf(LogStorageException.class);
    }
    storage.close();
    assertThat(files.afterFailure()).isZero();
  }

  @Test
  void a_sync_that_fails_is_told_to_all_that_wait_and_not_tried_again() {
    var files = new FaultyFiles(1);
    DurableLogStorage storage = Logs.over(files);
    storage.open(Logs.INCARNATION);
    storage.write(Logs.append(1, "one"));
    Logs.sync(storage);
    long syncs = count(files, Operation.FORCE);

    files.failAt(nextForce(files), "Input/output error");
    storage.write(Logs.append(2, "two"));
    LogStorageException failure = Logs.trySync(storage);
    assertThat(failure).hasMessageContaining("Input/output error");
    assertThatThrownBy(() -> Logs.sync(storage))
        .isInstanceOf(LogStorageException.class)
        .hasMessageStartingWith("nothing more is written: ")
        .hasCause(failure);
    storage.close();
    assertThat(count(files, Operation.FORCE)).isEqualTo(syncs + 1);
  }

  /** A write of this size is one or two writes to the file, then the sync of it. */
  private static int nextForce(FaultyFiles files) {
    List<Operation> before = files.done();
    return before.lastIndexOf(Operation.FORCE) == before.size() - 1 ? 1 : 2;
  }

  private static long count(FaultyFiles files, Operation operation) {
    return Collections.frequency(files.done(), operation);
  }

  @Test
  void many_writes_are_made_durable_by_one_sync() {
    var files = new FaultyFiles(1);
    DurableLogStorage storage = Logs.over(files);
    storage.open(Logs.INCARNATION);
    long syncs = count(files, Operation.FORCE);
    for (int index = 1; index <= 100; index++) {
      storage.write(Logs.append(index, "command"));
    }
    assertThat(count(files, Operation.FORCE)).isEqualTo(syncs);
    Logs.sync(storage);
    assertThat(count(files, Operation.FORCE)).isEqualTo(syncs + 1);
    Logs.sync(storage);
    assertThat(count(files, Operation.FORCE)).as("nothing was written since").isEqualTo(syncs + 1);
  }

  @Test
  void segments_that_a_snapshot_covers_are_deleted() {
    var files = new FaultyFiles(1);
    work(Logs.over(files), new ArrayList<>());
    assertThat(files.list().stream().filter(Segment::isName))
        .hasSizeLessThan(4)
        .doesNotContain(Segment.nameOf(1));
  }
}
