package io.mosaik.groups;

/** Hears how a member gets a snapshot from the others. */
@FunctionalInterface
public interface SyncListener {

  /**
   * More of a snapshot has come. Called on a strand for users' code, where nothing may wait for the
   * same group (see {@link Group}), one call after another; the last one for a snapshot has {@code
   * fetchedBytes} equal to {@code totalBytes}.
   *
   * @param index the last position of the log that the snapshot covers
   * @param fetchedBytes how much of it is stored here; may begin anew with a newer snapshot
   * @param totalBytes how large it is
   */
  void fetched(long index, long fetchedBytes, long totalBytes);
}
