package io.mosaik.groups;

import io.mosaik.groups.log.StoredLog;
import io.mosaik.id.GroupId;
import io.mosaik.runtime.Platform;
import io.mosaik.runtime.Strand;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens and closes the storage of a membership, on a strand of its own: either takes as long as the
 * disk wants. What came of it is told on the group's strand.
 */
final class StorageDoor {

  private static final Logger log = LoggerFactory.getLogger(StorageDoor.class);

  private final GroupSettings<?, ?, ?, ?> settings;
  private final GroupId id;
  private final Strand strand;
  private final Strand disk;
  private final CompletableFuture<Void> closed = new CompletableFuture<>();
  private boolean opens;

  /**
   * Closed.
   *
   * @param strand the group's
   */
  StorageDoor(GroupSettings<?, ?, ?, ?> settings, Platform platform, Strand strand) {
    this.settings = settings;
    this.strand = strand;
    id = settings.id();
    disk = platform.newUserStrand("group-storage-" + id.toShortString());
  }

  /** Whether the storage is being opened, or has been; on the group's strand. */
  boolean opens() {
    return opens;
  }

  /** Completes when the storage is free for another membership; for any thread. */
  CompletableFuture<Void> closed() {
    return closed;
  }

  /**
   * Opens the storage; on the group's strand.
   *
   * @param newIncarnation of a log that is new
   * @param opened is given what it has kept
   * @param failed is told why it can't be opened
   */
  void open(long newIncarnation, Consumer<StoredLog> opened, Consumer<Throwable> failed) {
    opens = true;
    disk.execute(() -> {
      try {
        settings.storage().keepFor(id, settings.key().mark());
        StoredLog stored = settings.storage().open(newIncarnation);
        strand.execute(() -> opened.accept(stored));
      } catch (RuntimeException | Error e) {
        strand.execute(() -> failed.accept(e));
      }
    });
  }

  /** Closes the storage, if it was opened; on the group's strand. Nothing is opened after this. */
  void close() {
    if (opens) {
      disk.execute(this::closeStorage);
    } else {
      closed.complete(null);
    }
  }

  private void closeStorage() {
    try {
      settings.storage().close();
    } catch (RuntimeException e) {
      log.warn("Group {}: its log storage can't be closed", id.toShortString(), e);
    } finally {
      closed.complete(null);
    }
  }

  /** Lets go of its strand when what was asked of it is done; from any thread. */
  void discard() {
    disk.execute(disk::close);
  }
}
