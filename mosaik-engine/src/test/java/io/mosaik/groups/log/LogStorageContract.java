package io.mosaik.groups.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mosaik.groups.log.LogStorage.SyncListener;
import io.mosaik.id.Digest;
import io.mosaik.id.SecretKey;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every {@link LogStorage} promises; subclassed for each of them. */
@Timeout(60)
public abstract class LogStorageContract {

  private static final Lineage LINEAGE = new Lineage(Digest.hash(bytes("lineage")));
  private static final Lineage OTHER = new Lineage(Digest.hash(bytes("other")));
  private static final Member ALICE = new Member(SecretKey.of("alice").peerId(), 1);
  private static final Member BOB = new Member(SecretKey.of("bob").peerId(), 2);
  private static final Committee COMMITTEE = Committee.of(List.of(ALICE, BOB));
  private static final Origin ORIGIN = new Origin(ALICE.peer(), 7);
  private static final long INCARNATION = 4_711;

  private final List<LogStorage> opened = new ArrayList<>();
  private LogStorage storage = closed();

  /** The storage at the one place of this test; those that were made before have been closed. */
  protected abstract LogStorage make() throws Exception;

  @AfterEach
  void closeAll() {
    opened.forEach(LogStorage::close);
  }

  private static LogStorage closed() {
    var none = new InMemoryLogStorage();
    none.close();
    return none;
  }

  /** Closes what is open, and opens it anew. */
  private StoredLog reopen() {
    storage.close();
    try {
      storage = make();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
    opened.add(storage);
    return storage.open(INCARNATION + opened.size() - 1);
  }

  private void sync() {
    var done = new CompletableFuture<Void>();
    storage.sync(
        new SyncListener() {
          @Override
          public void durable() {
            done.complete(null);
          }

          @Override
          public void failed(LogStorageException reason) {
            done.completeExceptionally(reason);
          }
        });
    await(done);
  }

  private static void await(CompletableFuture<Void> done) {
    try {
      done.get(30, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static Entry command(long term, String text) {
    return new Entry.Command(term, ORIGIN, 1, bytes(text));
  }

  /** Entries of a term, named by their index. */
  private static List<Entry> entries(long term, long from, long to) {
    var list = new ArrayList<Entry>();
    for (long index = from; index <= to; index++) {
      list.add(command(term, term + ":" + index));
    }
    return list;
  }

  private void append(long term, long from, long to) {
    storage.write(new LogWrite(null, from, entries(term, from, to)));
  }

  /** A snapshot of these bytes, finished. */
  private SnapshotManifest snapshot(long index, byte[] content) {
    SnapshotManifest manifest = manifest(index, content);
    SnapshotWriter writer = storage.newSnapshot();
    writer.write(0, content);
    writer.finish(manifest);
    return manifest;
  }

  private static SnapshotManifest manifest(long index, byte[] content) {
    var digests = new ArrayList<Digest>();
    for (int at = 0; at < content.length; at += SnapshotManifest.CHUNK_BYTES) {
      int end = Math.min(content.length, at + SnapshotManifest.CHUNK_BYTES);
      digests.add(Digest.hash(Arrays.copyOfRange(content, at, end)));
    }
    return new SnapshotManifest(
        LINEAGE, new LogPosition(1, index), COMMITTEE, 1, content.length, digests);
  }

  private static byte[] random(int length) {
    byte[] content = new byte[length];
    new Random(length).nextBytes(content);
    return content;
  }

  @Test
  void a_new_storage_is_empty_and_takes_the_incarnation_it_is_given() {
    assertThat(reopen())
        .isEqualTo(new StoredLog(INCARNATION, HardState.INITIAL, null, 1, List.of()));
  }

  @Test
  void an_incarnation_is_kept_for_good() {
    reopen();
    assertThat(reopen().incarnation()).isEqualTo(INCARNATION);
    append(1, 1, 3);
    sync();
    assertThat(reopen().incarnation()).isEqualTo(INCARNATION);
  }

  @Test
  void every_kind_of_entry_and_every_field_comes_back() {
    reopen();
    var state = new HardState(LINEAGE, 5, BOB, true, List.of(EndedLineage.abandoned(OTHER)));
    List<Entry> all =
        List.of(
            new Entry.Formation(1, LINEAGE, COMMITTEE),
            new Entry.Noop(2),
            command(3, "a command"),
            new Entry.Command(3, ORIGIN, LogPosition.MAX, new byte[0]),
            new Entry.CommitteeChange(5, Committee.of(List.of(ALICE))));
    storage.write(new LogWrite(state, 1, all));
    sync();
    assertThat(reopen()).isEqualTo(new StoredLog(INCARNATION, state, null, 1, all));
  }

  @Test
  void a_hard_state_is_written_without_entries_and_entries_without_it() {
    reopen();
    var state = new HardState(LINEAGE, 1, ALICE, false, List.of());
    append(1, 1, 2);
    storage.write(new LogWrite(state, 0, List.of()));
    append(1, 3, 4);
    sync();
    assertThat(reopen()).isEqualTo(new StoredLog(INCARNATION, state, null, 1, entries(1, 1, 4)));

    var later = new HardState(LINEAGE, 2, null, true, List.of());
    storage.write(new LogWrite(later, 0, List.of()));
    sync();
    assertThat(reopen()).isEqualTo(new StoredLog(INCARNATION, later, null, 1, entries(1, 1, 4)));
  }

  @Test
  void writes_take_effect_in_the_order_of_the_calls() {
    reopen();
    for (long index = 1; index <= 500; index++) {
      append(1, index, index);
    }
    sync();
    assertThat(reopen().entries()).isEqualTo(entries(1, 1, 500));
  }

  @Test
  void entries_from_an_index_on_replace_what_was_there() {
    reopen();
    append(1, 1, 10);
    append(2, 4, 5);
    sync();
    var expected = new ArrayList<>(entries(1, 1, 3));
    expected.addAll(entries(2, 4, 5));
    assertThat(reopen().entries()).isEqualTo(expected);

    storage.write(new LogWrite(null, 3, List.of()));
    sync();
    assertThat(reopen().entries()).isEqualTo(entries(1, 1, 2));

    storage.write(new LogWrite(HardState.INITIAL, 1, List.of()));
    sync();
    StoredLog empty = reopen();
    assertThat(empty.entries()).isEmpty();
    assertThat(empty.firstIndex()).isEqualTo(1);
  }

  @Test
  void a_gap_that_no_snapshot_covers_is_refused() {
    reopen();
    append(1, 1, 10);
    assertThatThrownBy(() -> append(1, 12, 12)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void every_sync_is_answered_also_with_nothing_to_do() {
    reopen();
    sync();
    append(1, 1, 1);
    sync();
    sync();
    assertThat(reopen().entries()).hasSize(1);
  }

  @Test
  void many_syncs_under_way_are_each_answered_once() {
    reopen();
    var answers = new ArrayList<CompletableFuture<Void>>();
    for (long index = 1; index <= 200; index++) {
      append(1, index, index);
      var answer = new CompletableFuture<Void>();
      answers.add(answer);
      storage.sync(
          new SyncListener() {
            @Override
            public void durable() {
              assertThat(answer.complete(null)).isTrue();
            }

            @Override
            public void failed(LogStorageException reason) {
              answer.completeExceptionally(reason);
            }
          });
    }
    answers.forEach(LogStorageContract::await);
    assertThat(reopen().entries()).isEqualTo(entries(1, 1, 200));
  }

  @Test
  void a_snapshot_comes_back_chunk_by_chunk() {
    reopen();
    append(1, 1, 10);
    byte[] content = random(2 * SnapshotManifest.CHUNK_BYTES + 1_000);
    SnapshotManifest manifest = snapshot(8, content);
    assertThat(read(manifest)).isEqualTo(content);

    assertThat(reopen().snapshot()).isEqualTo(manifest);
    assertThat(read(manifest)).isEqualTo(content);
  }

  @Test
  void the_parts_of_a_snapshot_come_in_any_order() {
    reopen();
    append(1, 1, 10);
    byte[] content = random(3 * SnapshotManifest.CHUNK_BYTES + 17);
    SnapshotWriter writer = storage.newSnapshot();
    for (int from : new int[] {700_000, 0, 300_000, 100_000}) {
      int to =
          from == 0 ? 100_000 : from == 100_000 ? 300_000 : from == 300_000 ? 700_000 : 786_449;
      writer.write(from, Arrays.copyOfRange(content, from, to));
    }
    SnapshotManifest manifest = manifest(10, content);
    writer.finish(manifest);
    assertThat(reopen().snapshot()).isEqualTo(manifest);
    assertThat(read(manifest)).isEqualTo(content);
  }

  @Test
  void an_empty_snapshot_is_one() {
    reopen();
    append(1, 1, 1);
    SnapshotManifest manifest = snapshot(1, new byte[0]);
    assertThat(reopen().snapshot()).isEqualTo(manifest);
  }

  @Test
  void a_snapshot_that_was_not_finished_is_never_seen() {
    reopen();
    append(1, 1, 10);
    sync();
    SnapshotWriter given = storage.newSnapshot();
    given.write(0, random(1_000));
    given.abort();
    given.abort();
    assertThat(reopen().snapshot()).isNull();

    storage.newSnapshot().write(0, random(1_000));
    StoredLog found = reopen();
    assertThat(found.snapshot()).isNull();
    assertThat(found.entries()).hasSize(10);
  }

  @Test
  void a_snapshot_of_which_bytes_are_missing_is_refused() {
    reopen();
    append(1, 1, 10);
    byte[] content = random(1_000);
    SnapshotWriter writer = storage.newSnapshot();
    writer.write(0, Arrays.copyOf(content, 999));
    assertThatThrownBy(() -> writer.finish(manifest(5, content)))
        .isInstanceOf(LogStorageException.class);
  }

  @Test
  void the_snapshot_before_the_last_stays_readable_until_it_is_dropped() {
    reopen();
    append(1, 1, 20);
    byte[] before = random(1_000);
    byte[] after = random(2_000);
    SnapshotManifest first = snapshot(10, before);
    SnapshotManifest second = snapshot(20, after);
    assertThat(read(first)).isEqualTo(before);
    assertThat(read(second)).isEqualTo(after);

    storage.dropSnapshot(second);
    assertThat(read(second)).as("the last one stays").isEqualTo(after);
    storage.dropSnapshot(first);
    storage.dropSnapshot(first);
    assertThat(storage.readSnapshot(first, 0)).isNull();
    assertThat(reopen().snapshot()).isEqualTo(second);
  }

  @Test
  void pruning_drops_nothing_above_its_index() {
    reopen();
    append(1, 1, 100);
    SnapshotManifest manifest = snapshot(60, random(100));
    storage.prune(60);
    append(1, 101, 110);
    sync();
    StoredLog found = reopen();
    assertThat(found.snapshot()).isEqualTo(manifest);
    assertThat(found.firstIndex()).isBetween(1L, 61L);
    assertThat(found.entries()).isEqualTo(entries(1, found.firstIndex(), 110));

    storage.prune(60);
    append(2, 80, 81);
    sync();
    StoredLog again = reopen();
    assertThat(again.entries()).endsWith(entries(2, 80, 81).toArray(Entry[]::new));
    assertThat(again.firstIndex() + again.entries().size()).isEqualTo(82);
  }

  @Test
  void entries_beyond_a_snapshot_begin_anew_behind_it() {
    reopen();
    append(1, 1, 10);
    SnapshotManifest manifest = snapshot(1_000, random(100));
    append(3, 1_001, 1_005);
    sync();
    assertThat(reopen())
        .isEqualTo(
            new StoredLog(
                INCARNATION, HardState.INITIAL, manifest, 1_001, entries(3, 1_001, 1_005)));
  }

  @Test
  void a_log_may_begin_below_where_it_began_before() {
    reopen();
    append(1, 1, 10);
    snapshot(1_000, random(100));
    append(3, 1_001, 1_005);
    SnapshotManifest other = snapshot(500, random(200));
    storage.write(
        new LogWrite(
            new HardState(OTHER, 9, null, true, List.of(EndedLineage.abandoned(LINEAGE))),
            501,
            List.of()));
    append(9, 501, 502);
    sync();
    StoredLog found = reopen();
    assertThat(found.snapshot()).isEqualTo(other);
    assertThat(found.firstIndex()).isEqualTo(501);
    assertThat(found.entries()).isEqualTo(entries(9, 501, 502));
  }

  @Test
  void what_is_set_aside_changes_nothing() {
    reopen();
    append(1, 1, 10);
    snapshot(5, random(100));
    storage.archive();
    append(1, 11, 12);
    storage.archive();
    sync();
    StoredLog found = reopen();
    assertThat(found.entries()).isEqualTo(entries(1, found.firstIndex(), 12));
    assertThat(found.snapshot()).isNotNull();
  }

  @Test
  void closing_twice_is_closing_once() {
    reopen();
    append(1, 1, 1);
    sync();
    storage.close();
    storage.close();
    assertThat(reopen().entries()).hasSize(1);
  }

  private byte[] read(SnapshotManifest manifest) {
    byte[] content = new byte[(int) manifest.sizeBytes()];
    for (int chunk = 0; chunk < manifest.chunks().size(); chunk++) {
      byte[] bytes = Objects.requireNonNull(storage.readSnapshot(manifest, chunk));
      assertThat(bytes).hasSize(manifest.chunkBytes(chunk));
      System.arraycopy(bytes, 0, content, chunk * SnapshotManifest.CHUNK_BYTES, bytes.length);
    }
    return content;
  }
}
