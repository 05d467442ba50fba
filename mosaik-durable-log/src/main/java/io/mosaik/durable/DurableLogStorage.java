package io.mosaik.durable;

import io.mosaik.groups.log.HardState;
import io.mosaik.groups.log.LogStorage;
import io.mosaik.groups.log.LogStorageException;
import io.mosaik.groups.log.LogWrite;
import io.mosaik.groups.log.SnapshotManifest;
import io.mosaik.groups.log.SnapshotWriter;
import io.mosaik.groups.log.StoredLog;
import io.mosaik.id.Digest;
import io.mosaik.id.GroupId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a member's log in a directory of its own. What a sync has called durable survives {@code
 * kill -9} at any point, and a crash of the machine as far as its disk keeps what it has
 * acknowledged.
 *
 * <p><b>Group commit.</b> {@link #write} queues; one thread writes all that waits as one frame and
 * makes it durable once for everyone who asked. No write waits for the disk. At most 128 MiB wait
 * there, which is more than an engine gives; a write that finds no room ends the storage.
 *
 * <p><b>Damage.</b> A tail that a crash has torn was promised to nobody and is cut off. Every other
 * difference from what was written is a {@link LogStorageException} that names file and offset.
 *
 * <p><b>Failures.</b> The first failed write, sync or rename, a full disk included, ends it: every
 * later call throws that failure. To go on, repair the cause and start the member again.
 *
 * <p><b>One writer.</b> The directory is locked from {@link #prepare} or {@link #open} to {@link
 * #close}.
 *
 * <p>A member is a peer and its log: give the node a secret key that stays the same, or it comes
 * back as another peer, and its log belongs to nobody.
 */
public final class DurableLogStorage implements LogStorage {

  private static final Logger LOG = LoggerFactory.getLogger(DurableLogStorage.class);
  private static final Duration CLOSING = Duration.ofSeconds(10);

  private final String where;
  private final Supplier<LogDirectory> files;
  private final Options options;
  private final @Nullable Path directory;
  private @Nullable Owner owner;
  private @Nullable Prepared prepared;
  private volatile @Nullable Running running;
  private boolean closed;

  // Of the log as the writes so far have made it.
  private long firstIndex;
  private long nextIndex;

  /**
   * For tests.
   *
   * @param segmentBytes what a segment grows to
   * @param ownThread whether commits have a thread; otherwise whoever asks for one carries it out
   */
  record Options(int segmentBytes, boolean ownThread) {}

  /** What was found in a directory that is locked now. */
  private record Prepared(LogDirectory files, Replay.@Nullable Found found, Snapshots snapshots) {}

  private record Running(
      Committer committer, Journal journal, Snapshots snapshots, Thread writer) {}

  private DurableLogStorage(
      @Nullable Path directory, String where, Supplier<LogDirectory> files, Options options) {
    this.directory = directory;
    this.where = where;
    this.files = files;
    this.options = options;
  }

  /** The log in a directory, which is made if it isn't there. Touches nothing yet. */
  public static DurableLogStorage at(Path directory) {
    Path path = directory.toAbsolutePath().normalize();
    return new DurableLogStorage(
        path,
        path.toString(),
        () -> FileSystemDirectory.lock(path),
        new Options(Segment.LIMIT_BYTES, true));
  }

  /** The log in files that fail when a test wants it. */
  static DurableLogStorage in(LogDirectory files, Options options) {
    return new DurableLogStorage(null, files.describe(""), () -> files, options);
  }

  /**
   * {@inheritDoc}
   *
   * <p>The directory remembers it from the first {@link #open} on. Blocks for a moment if {@link
   * #prepare} came before.
   */
  @Override
  public void keepFor(GroupId group, Digest keyMark) {
    owner = new Owner(group, keyMark);
    if (prepared != null) {
      requireOwned(prepared.files);
    }
  }

  private void requireOwned(LogDirectory locked) {
    Owner found = Owner.of(locked);
    if (owner != null && found != null) {
      owner.require(found, where);
    }
  }

  /**
   * The directories beside this one which have logs of other groups of the same key: members whose
   * settings, machine or validators have changed are another group, which begins with nothing.
   * Empty before {@link #keepFor}. Blocks; what can't be read is left out.
   */
  public List<Path> otherLogsOfItsKey() {
    Owner own = owner;
    Path parent = directory == null ? null : directory.getParent();
    if (own == null || parent == null || !Files.isDirectory(parent)) {
      return List.of();
    }
    try (Stream<Path> beside = Files.list(parent)) {
      return beside.filter(other -> isOtherOf(own, other)).sorted().toList();
    } catch (IOException e) {
      LOG.debug("{} can't be listed", parent, e);
      return List.of();
    }
  }

  private static boolean isOtherOf(Owner own, Path other) {
    Path file = other.resolve(Owner.NAME);
    try {
      if (!Files.isRegularFile(file) || Files.size(file) > Owner.MAX_BYTES) {
        return false;
      }
      Owner found = Owner.parse(Files.readAllBytes(file), file.toString());
      return found.key().equals(own.key()) && !found.group().equals(own.group());
    } catch (IOException | LogStorageException e) {
      LOG.debug("{} can't be read", file, e);
      return false;
    }
  }

  /**
   * Locks the directory and reads it now instead of when the group opens it, so that the caller
   * hears what is wrong with it. Blocks; on the caller's thread, before the storage is given away.
   *
   * @return this
   * @throws LogStorageException as {@link #open}
   */
  public DurableLogStorage prepare() {
    if (prepared == null) {
      LogDirectory locked = files.get();
      try {
        prepared = prepared(locked);
      } catch (RuntimeException e) {
        locked.close();
        throw e;
      }
    }
    return this;
  }

  private Prepared prepared(LogDirectory locked) {
    for (String name : locked.list()) {
      if (SegmentWriter.isLeftOver(name)) {
        locked.delete(name);
      }
    }
    requireOwned(locked);
    Replay.Found found = Replay.read(locked);
    Snapshots snapshots = Snapshots.open(locked);
    if (found == null && snapshots.last() != null) {
      throw Errors.damaged(where, 0, "there is a snapshot and no log");
    }
    return new Prepared(locked, found, snapshots);
  }

  @Override
  public StoredLog open(long newIncarnation) {
    prepare();
    Prepared ready = Objects.requireNonNull(prepared);
    prepared = new Prepared(ready.files, null, ready.snapshots); // what was found isn't kept twice
    try {
      return open(ready, newIncarnation);
    } catch (RuntimeException e) {
      ready.files.close();
      throw e;
    }
  }

  private StoredLog open(Prepared ready, long newIncarnation) {
    if (owner != null && Owner.of(ready.files) == null) {
      owner.write(ready.files);
    }
    Replay.Found found = ready.found;
    Journal journal;
    StoredLog stored;
    if (found == null) {
      journal = Journal.begin(ready.files, options.segmentBytes, newIncarnation);
      stored = StoredLog.whole(newIncarnation, HardState.INITIAL, List.of());
    } else {
      journal = Journal.resume(ready.files, options.segmentBytes, found);
      stored = stored(found, ready.snapshots.last());
    }
    firstIndex = stored.firstIndex();
    nextIndex = firstIndex + stored.entries().size();
    start(ready, journal);
    return stored;
  }

  private static StoredLog stored(Replay.Found found, @Nullable SnapshotManifest snapshot) {
    LogContent content = found.content();
    return new StoredLog(
        found.incarnation(),
        content.hardState(),
        snapshot,
        content.firstIndex(),
        content.entries());
  }

  private void start(Prepared ready, Journal journal) {
    var committer = new Committer(journal, where);
    Thread writer =
        Thread.ofPlatform()
            .daemon()
            .name("mosaik-log")
            .unstarted(() -> {
              committer.run();
              end(journal, ready.files);
            });
    running = new Running(committer, journal, ready.snapshots, writer);
    if (options.ownThread) {
      writer.start();
    }
  }

  private void end(Journal journal, LogDirectory locked) {
    try (locked;
        journal) {
      LOG.debug("{}: closed", where);
    } catch (LogStorageException e) {
      LOG.warn("{}", e.getMessage());
    }
  }

  private Running running() {
    Running now = running;
    if (now == null) {
      throw new LogStorageException(where + ": this log is not open");
    }
    return now;
  }

  private void commitHere(Running now) {
    if (!options.ownThread) {
      now.committer.runDue();
    }
  }

  @Override
  public void write(LogWrite write) {
    Running now = running();
    long from = write.firstIndex();
    boolean anew = from > 0 && (from < firstIndex || from > nextIndex);
    if (anew) {
      requireCovered(from - 1, now.snapshots.last());
      firstIndex = from;
    }
    now.committer.write(new Note.Write(anew, write));
    if (from > 0) {
      nextIndex = from + write.entries().size();
    }
    commitHere(now);
  }

  private void requireCovered(long index, @Nullable SnapshotManifest snapshot) {
    if (index > 0 && (snapshot == null || snapshot.position().index() < index)) {
      throw new IllegalArgumentException(
          "entries after %d would leave a gap: %d to %d are stored, and the snapshot is %s"
              .formatted(index, firstIndex, nextIndex - 1, snapshot));
    }
  }

  @Override
  public void sync(SyncListener listener) {
    Running now = running();
    now.committer.sync(listener);
    commitHere(now);
  }

  @Override
  public void prune(long throughIndex) {
    Running now = running();
    now.committer.work(() -> now.journal.prune(throughIndex));
    firstIndex = Math.max(firstIndex, Math.min(throughIndex + 1, nextIndex));
    commitHere(now);
  }

  @Override
  public SnapshotWriter newSnapshot() {
    Running now = running();
    return guarded(now, () -> new GuardedWriter(now, now.snapshots.begin()));
  }

  @Override
  public byte @Nullable [] readSnapshot(SnapshotManifest manifest, int chunk) {
    Running now = running();
    now.committer.check();
    return now.snapshots.read(manifest, chunk);
  }

  @Override
  public void dropSnapshot(SnapshotManifest manifest) {
    Running now = running();
    guarded(
        now,
        () -> {
          now.snapshots.drop(manifest);
          return manifest;
        });
  }

  /**
   * Sets what there is now aside in {@code archive-…} below the directory, by links, so that it
   * takes no time and at first no room; nothing ever deletes it. Where the file system has no links
   * this is said in the log, and nothing else happens.
   */
  @Override
  public void archive() {
    Running now = running();
    now.committer.work(() -> now.journal.archive(now.snapshots.names()));
    commitHere(now);
  }

  /** Makes durable what was written, and unlocks the directory. Blocks for at most 10 s. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    Running now = running;
    if (now != null) {
      now.committer.close();
      if (options.ownThread) {
        join(now.writer);
      } else {
        now.committer.runDue();
        end(now.journal, Objects.requireNonNull(prepared).files);
      }
    } else if (prepared != null) {
      prepared.files.close();
    }
  }

  private void join(Thread writer) {
    try {
      if (!writer.join(CLOSING)) {
        LOG.warn(
            "{}: the disk is stuck; it is unlocked when that ends, or with the process", where);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** What fails on the strand of snapshots ends the storage as well. */
  private static <T> T guarded(Running now, Supplier<T> operation) {
    now.committer.check();
    try {
      return operation.get();
    } catch (LogStorageException e) {
      throw now.committer.fail(e);
    }
  }

  private record GuardedWriter(Running now, SnapshotWriter writer) implements SnapshotWriter {

    @Override
    public void write(long offset, byte[] bytes) {
      guarded(
          now,
          () -> {
            writer.write(offset, bytes);
            return writer;
          });
    }

    @Override
    public void finish(SnapshotManifest manifest) {
      guarded(
          now,
          () -> {
            writer.finish(manifest);
            return writer;
          });
    }

    @Override
    public void abort() {
      writer.abort();
    }
  }
}
