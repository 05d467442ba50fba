package io.mosaik.groups.log;

/**
 * A snapshot that is being written. Its calls come one after another and may block; an exception
 * from any of them ends it as {@link #abort} does.
 */
public interface SnapshotWriter {

  /**
   * Writes bytes at their place; the places come in any order, and none twice.
   *
   * @param offset of the first byte
   * @param bytes not kept and not changed
   */
  void write(long offset, byte[] bytes);

  /**
   * Ends it: when this returns, the snapshot is durable and is what {@link StoredLog#snapshot} of a
   * later start has. The one before stays readable until it is dropped.
   *
   * @param manifest of the bytes that were written
   */
  void finish(SnapshotManifest manifest);

  /** Gives it up, and the room it takes. Without effect after {@link #finish}. Idempotent. */
  void abort();
}
