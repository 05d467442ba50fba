package io.mosaik.groups.log;

import io.mosaik.id.Digest;
import io.mosaik.id.GroupId;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one member's log, hard state and snapshot. One storage belongs to one member of one group.
 *
 * <p><b>Threading.</b> {@link #open} comes first and {@link #close} last, from a strand that may
 * block for as long as the disk takes. {@link #write}, {@link #sync}, {@link #prune} and {@link
 * #archive} are called one after another, from one strand of the engine, whose threads carry all of
 * a node: they must not wait for a disk. The engine gives no more entries while some 32 MiB are not
 * yet durable. Snapshots are written and dropped from another strand, one call after another there,
 * which may block; both may happen at the same time. {@link #readSnapshot} is called from any
 * strand, at the same time as everything else, and may block: it is never called for a snapshot
 * once that is dropped, nor while. {@link #close} comes when nothing else is called any more, or
 * with such a call under way, which then fails.
 *
 * <p><b>Order and atomicity.</b> Writes take effect in the order of the calls, each as a whole or
 * not at all. After a crash, what is found is the effect of all writes up to some point, and that
 * point is not before the last {@link #sync} that was told to be durable.
 *
 * <p><b>Durability.</b> {@link #write} alone promises nothing. What {@link SyncListener#durable}
 * promises is the storage's to say: the in-memory one keeps its content as long as the object
 * lives. A storage that loses what it promised must lose its incarnation with it, for a member with
 * the same incarnation is trusted to remember its votes.
 *
 * <p><b>Errors.</b> An exception from any method, and a failed sync, end the member's part in the
 * group: it votes no more, and says why. The engine then closes the storage and does not call it
 * again; it never tries a failed sync a second time, for after one nobody knows what is on the
 * disk. Exceptions are {@link LogStorageException}s, which say what to look at.
 */
public interface LogStorage extends AutoCloseable {

  /**
   * Says whose log this is to keep; called before {@link #open}, on the same strand. A storage that
   * outlives the process should remember it and refuse another group's members.
   *
   * @param group the group
   * @param keyMark a mark of the group's key, the same for all groups of that key
   * @throws LogStorageException if it keeps another group's log; names both
   */
  default void keepFor(GroupId group, Digest keyMark) {}

  /**
   * Reads everything back; called once, before anything else but {@link #keepFor}.
   *
   * @param newIncarnation an unpredictable number, which a new storage takes for its incarnation
   *     and keeps for good; a storage that has one already ignores it
   * @return what is stored
   * @throws LogStorageException if it can't be read, or is damaged anywhere but at its very end
   */
  StoredLog open(long newIncarnation);

  /**
   * Whether what it keeps outlives the process. Where it does not, a member that was lost is known
   * to have lost its log, and a group of which too many are lost recovers by itself; otherwise an
   * operator has to say that the logs are lost for good.
   */
  default boolean isDurable() {
    return true;
  }

  /** Makes a change, not necessarily durable yet. */
  void write(LogWrite write);

  /**
   * Makes all writes so far durable.
   *
   * @param listener told exactly once, on any thread, perhaps before this method returns
   */
  void sync(SyncListener listener);

  /**
   * The snapshot that was finished last covers the entries up to an index: they may be dropped, at
   * once or later, or never. After a crash more of them may be found than before.
   *
   * @param throughIndex not above the index of that snapshot
   */
  void prune(long throughIndex);

  /** Begins to write a snapshot, of which nothing is seen before it is finished; one at a time. */
  SnapshotWriter newSnapshot();

  /**
   * Reads one chunk of a snapshot that was finished or found at the start.
   *
   * @param chunk from 0 on
   * @return the whole chunk; null if the storage has no such snapshot any more
   */
  byte @Nullable [] readSnapshot(SnapshotManifest manifest, int chunk);

  /** Drops a snapshot that a later one has replaced; without effect if there is no such. */
  void dropSnapshot(SnapshotManifest manifest);

  /**
   * Sets a copy of what is stored now aside, for people to look at, where the storage can: the log
   * is about to be given up for another one. The engine never reads it.
   */
  default void archive() {}

  /** Lets go of resources. Content stays what it was. Idempotent. */
  @Override
  void close();

  /** Hears what became of a {@link #sync}. */
  interface SyncListener {

    /** All that was written before the call is durable. */
    void durable();

    /** It isn't, and what of it is durable is not known. */
    void failed(LogStorageException reason);
  }
}
