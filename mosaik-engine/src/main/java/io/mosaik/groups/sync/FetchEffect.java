package io.mosaik.groups.sync;

import io.mosaik.groups.log.Member;

/** What a {@link SnapshotFetch} wants done; carried out in the order given. */
public sealed interface FetchEffect {

  /** Ask a member for a chunk. */
  record Ask(Member member, int chunk) implements FetchEffect {}

  /**
   * Write a chunk that is what it should be, then say so by {@link SnapshotFetch#written}.
   *
   * @param chunk which
   * @param offset of its first byte
   * @param bytes the whole chunk
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Write(int chunk, long offset, byte[] bytes) implements FetchEffect {}

  /** All chunks are written. */
  record Complete() implements FetchEffect {}

  /** Nobody has had it for too long: give it up. What is written may be of use later. */
  record GiveUp() implements FetchEffect {}

  /** A member sent something else than the chunk that it was asked for. */
  record Corrupt(Member member, int chunk) implements FetchEffect {}

  /** Call {@link SnapshotFetch#onTimer} after this delay; replaces the pending timer. */
  record SetTimer(long delayNs) implements FetchEffect {}
}
