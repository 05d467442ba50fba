package io.mosaik.durable;

/**
 * An open file of a {@link LogDirectory}. One thread at a time; every method blocks for as long as
 * the disk takes, and throws a {@link io.mosaik.groups.log.LogStorageException} where it fails.
 */
interface LogFile extends AutoCloseable {

  long size();

  /** Reads so many bytes; fails if the file ends before. */
  byte[] read(long offset, int length);

  /** Writes all the bytes; a file that ends before the offset is filled up with zeros. */
  void write(long offset, byte[] bytes);

  void truncate(long size);

  /** Makes content and length durable. */
  void force();

  @Override
  void close();
}
