package io.mosaik.durable.candidates;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/** A store under measurement: entries are appended in order, and made durable now and then. */
interface Store extends Closeable {

  void append(long index, byte[] entry) throws Exception;

  /** Returns when all that was appended is durable. */
  void sync() throws Exception;

  /** All entries, in order, as a reopened store has them. */
  List<byte[]> readAll() throws Exception;

  @Override
  void close() throws IOException;
}
