package io.mosaik.durable;

import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.groups.log.Committee;
import io.mosaik.groups.log.EndedLineage;
import io.mosaik.groups.log.Entry;
import io.mosaik.groups.log.HardState;
import io.mosaik.groups.log.Lineage;
import io.mosaik.groups.log.LogPosition;
import io.mosaik.groups.log.LogStorage;
import io.mosaik.groups.log.LogStorage.SyncListener;
import io.mosaik.groups.log.LogStorageException;
import io.mosaik.groups.log.LogWrite;
import io.mosaik.groups.log.Member;
import io.mosaik.groups.log.Origin;
import io.mosaik.groups.log.SnapshotManifest;
import io.mosaik.id.Digest;
import io.mosaik.id.PeerId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** What the tests of this package write, and how they ask for it. */
final class Logs {

  static final Lineage LINEAGE = new Lineage(Digest.hash(bytes("lineage")));
  static final Member MEMBER = new Member(PeerId.ofBytes(Digest.hash(bytes("a")).toBytes()), 1);
  static final Committee COMMITTEE = Committee.of(List.of(MEMBER));
  static final Origin ORIGIN = new Origin(MEMBER.peer(), 7);
  static final long INCARNATION = 0x0123_4567_89ab_cdefL;

  /** Segments of 8 KiB, and commits on the thread of the test. */
  static final DurableLogStorage.Options SMALL = new DurableLogStorage.Options(8 << 10, false);

  private Logs() {}

  static DurableLogStorage over(FaultyFiles files) {
    return DurableLogStorage.in(files, SMALL);
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static Entry command(long term, byte[] bytes) {
    return new Entry.Command(term, ORIGIN, 1, bytes);
  }

  static LogWrite append(long index, String... commands) {
    List<Entry> entries = Arrays.stream(commands).map(text -> command(1, bytes(text))).toList();
    return new LogWrite(null, index, entries);
  }

  static LogWrite state(long term) {
    var ended = List.of(EndedLineage.abandoned(new Lineage(Digest.hash(bytes("ended")))));
    return new LogWrite(new HardState(LINEAGE, term, MEMBER, true, ended), 0, List.of());
  }

  static SnapshotManifest manifest(long index, byte[] content) {
    var digests = new ArrayList<Digest>();
    for (int at = 0; at < content.length; at += SnapshotManifest.CHUNK_BYTES) {
      int end = Math.min(content.length, at + SnapshotManifest.CHUNK_BYTES);
      digests.add(Digest.hash(Arrays.copyOfRange(content, at, end)));
    }
    return new SnapshotManifest(
        LINEAGE, new LogPosition(1, index), COMMITTEE, 1, content.length, digests);
  }

  static SnapshotManifest snapshot(LogStorage storage, long index, byte[] content) {
    SnapshotManifest manifest = manifest(index, content);
    var writer = storage.newSnapshot();
    writer.write(0, content);
    writer.finish(manifest);
    return manifest;
  }

  /** Syncs a storage that commits on this thread; returns why that failed, or null. */
  static @Nullable LogStorageException trySync(LogStorage storage) {
    var durable = new AtomicReference<Boolean>();
    var failure = new AtomicReference<LogStorageException>();
    storage.sync(
        new SyncListener() {
          @Override
          public void durable() {
            assertThat(durable.getAndSet(true)).isNull();
          }

          @Override
          public void failed(LogStorageException reason) {
            assertThat(durable.getAndSet(false)).isNull();
            failure.set(reason);
          }
        });
    assertThat(durable.get()).as("the sync was answered").isNotNull();
    return failure.get();
  }

  static void sync(LogStorage storage) {
    LogStorageException failure = trySync(storage);
    if (failure != null) {
      throw failure;
    }
  }
}
