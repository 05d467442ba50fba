package io.mosaik.groups.log;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the log in memory. It is lost with the process: the member comes back as a new incarnation,
 * a learner that the group brings up to date. The same object given to a second run of the member,
 * after the first has closed it, stands for a disk that survived.
 *
 * <p>Not thread-safe beyond the contract of {@link LogStorage}.
 */
public final class InMemoryLogStorage implements LogStorage {

  private @Nullable Long incarnation;
  private HardState hardState = HardState.INITIAL;
  private long firstIndex = 1;
  private final List<Entry> entries = new ArrayList<>();

  /** The one that was finished last is the last. Changed on the strand of snapshots alone. */
  private volatile List<Snapshot> snapshots = List.of();

  private record Snapshot(SnapshotManifest manifest, List<byte[]> chunks) {}

  /** An empty storage. */
  public InMemoryLogStorage() {}

  @Override
  public StoredLog open(long newIncarnation) {
    if (incarnation == null) {
      incarnation = newIncarnation;
    }
    SnapshotManifest found = latest();
    if (found != null) {
      snapshots = List.of(snapshots.getLast());
    }
    return new StoredLog(incarnation, hardState, found, firstIndex, entries);
  }

  @Override
  public boolean isDurable() {
    return false;
  }

  private @Nullable SnapshotManifest latest() {
    List<Snapshot> kept = snapshots;
    return kept.isEmpty() ? null : kept.getLast().manifest;
  }

  @Override
  public void write(LogWrite write) {
    if (write.hardState() != null) {
      hardState = write.hardState();
    }
    long from = write.firstIndex();
    if (from == 0) {
      return;
    }
    if (from < firstIndex || from > firstIndex + entries.size()) {
      requireCovered(from - 1);
      entries.clear();
      firstIndex = from;
    }
    entries.subList((int) (from - firstIndex), entries.size()).clear();
    entries.addAll(write.entries());
  }

  private void requireCovered(long index) {
    SnapshotManifest covers = latest();
    if (index > 0 && (covers == null || covers.position().index() < index)) {
      throw new IllegalArgumentException(
          "entries after %d would leave a gap: %d to %d are stored, and the snapshot is %s"
              .formatted(index, firstIndex, firstIndex + entries.size() - 1, covers));
    }
  }

  @Override
  public void sync(SyncListener listener) {
    listener.durable();
  }

  @Override
  public void prune(long throughIndex) {
    long count = Math.min(throughIndex - firstIndex + 1, entries.size());
    if (count > 0) {
      entries.subList(0, (int) count).clear();
      firstIndex += count;
    }
  }

  @Override
  public SnapshotWriter newSnapshot() {
    return new Writer();
  }

  @Override
  public byte @Nullable [] readSnapshot(SnapshotManifest manifest, int chunk) {
    for (Snapshot snapshot : snapshots) {
      if (snapshot.manifest.equals(manifest)) {
        return snapshot.chunks.get(chunk).clone();
      }
    }
    return null;
  }

  @Override
  public void dropSnapshot(SnapshotManifest manifest) {
    if (!manifest.equals(latest())) {
      snapshots =
          snapshots.stream().filter(snapshot -> !snapshot.manifest.equals(manifest)).toList();
    }
  }

  @Override
  public void close() {}

  private final class Writer implements SnapshotWriter {

    private final List<byte[]> chunks = new ArrayList<>();
    private long writtenBytes;

    @Override
    public void write(long offset, byte[] bytes) {
      int done = 0;
      while (done < bytes.length) {
        long at = offset + done;
        int chunk = (int) (at / SnapshotManifest.CHUNK_BYTES);
        int within = (int) (at % SnapshotManifest.CHUNK_BYTES);
        while (chunks.size() <= chunk) {
          chunks.add(new byte[SnapshotManifest.CHUNK_BYTES]);
        }
        int length = Math.min(bytes.length - done, SnapshotManifest.CHUNK_BYTES - within);
        System.arraycopy(bytes, done, chunks.get(chunk), within, length);
        done += length;
      }
      writtenBytes += bytes.length;
    }

    @Override
    public void finish(SnapshotManifest manifest) {
      if (writtenBytes != manifest.sizeBytes() || chunks.size() != manifest.chunks().size()) {
        throw new LogStorageException(
            "a snapshot of %,d bytes of which %,d were written"
                .formatted(manifest.sizeBytes(), writtenBytes));
      }
      if (!chunks.isEmpty()) {
        int last = chunks.size() - 1;
        chunks.set(last, Arrays.copyOf(chunks.get(last), manifest.chunkBytes(last)));
      }
      var kept = new ArrayList<>(snapshots);
      kept.removeIf(snapshot -> snapshot.manifest.equals(manifest));
      kept.add(new Snapshot(manifest, List.copyOf(chunks)));
      snapshots = List.copyOf(kept);
      abort();
    }

    @Override
    public void abort() {
      chunks.clear();
      writtenBytes = 0;
    }
  }
}
