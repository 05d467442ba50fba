package io.mosaik.benchmarks;

import java.util.List;

/** The sending end of what is measured: one or several producers, each used by one thread. */
interface StreamSource extends AutoCloseable {

  /** Where receivers find the producers, as {@link StreamSink} wants them. */
  List<String> addresses();

  /** Blocks until so many receivers are there for each producer. */
  void awaitReceivers(int each) throws InterruptedException;

  /**
   * Sends datums, each due at its time. Blocks while there is no room for them.
   *
   * @param producer which, from 0 on
   * @param dueNs the times; the first {@code count} count
   */
  void send(int producer, long[] dueNs, int count);

  @Override
  void close();
}
