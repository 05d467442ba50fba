package io.mosaik.groups;

import io.mosaik.groups.Group.Executed;
import java.util.concurrent.CompletableFuture;

/**
 * A command of this member's user, from {@code execute} until it is seen applied. Its fields but
 * the future belong to the worker's strand.
 *
 * @param <R> results
 */
final class Call<R> {

  final CompletableFuture<Executed<R>> future = new CompletableFuture<>();
  final byte[] bytes;
  final long token;
  final long deadlineNs;

  /** Whether consensus has numbered it: it may be applied, whatever happens. */
  boolean accepted;

  /** Whether its deadline has passed. */
  boolean expired;

  Call(byte[] bytes, long token, long deadlineNs) {
    this.bytes = bytes;
    this.token = token;
    this.deadlineNs = deadlineNs;
  }
}
