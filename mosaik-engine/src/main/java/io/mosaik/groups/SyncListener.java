package io.mosaik.groups;

/**
 * Hears how a member gets what it misses from the others: a snapshot, entries of the log, or first
 * the one and then the others. Called on a strand for users' code, where nothing may wait for the
 * same group (see {@link Group}), one call after another.
 */
@FunctionalInterface
public interface SyncListener {

  /**
   * More of a snapshot has come. The last call for a snapshot has {@code fetchedBytes} equal to
   * {@code totalBytes}.
   *
   * @param index the last position of the log that the snapshot covers
   * @param fetchedBytes how much of it is stored here; may begin anew with a newer snapshot
   * @param totalBytes how large it is
   */
  void fetched(long index, long fetchedBytes, long totalBytes);

  /**
   * More entries of the log have come that this member had missed: once for each message of up to
   * 2,000 of them, and not for those that the leader sends as they are appended. While a call takes
   * longer than the next message, only the latest is told. When the position has reached {@link
   * LogProgress#to}, nothing is known to be missing any more. After a change of the leader or a
   * snapshot it may begin anew. Does nothing unless overridden.
   */
  default void caughtUp(LogProgress progress) {}
}
