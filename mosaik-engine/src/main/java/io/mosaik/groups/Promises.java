package io.mosaik.groups;

/**
 * What users of a member wait for or hold, and who keeps it. On the group's strand.
 *
 * @param calls commands on their way
 * @param reads strong reads
 * @param transfers of the leadership
 * @param leaderships that were given out
 */
record Promises<R, Q, A>(
    Calls<R> calls, Reads<Q, A> reads, Transfers transfers, Leaderships leaderships) {

  /** The membership is over: whoever waits is told why, and nobody leads. */
  void end(String why) {
    leaderships.end();
    transfers.end();
    calls.end(why);
    reads.end();
  }
}
