package io.mosaik.groups;

import io.mosaik.runtime.Strand;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The bound on what one member has on its way: so many commands, so many bytes. Room is taken from
 * any thread, and given back on the group's strand. Callers that block wait here for room, in the
 * order in which they came; nobody overtakes them.
 */
final class Room {

  private record Waiter(int count, long bytes, CompletableFuture<Void> admitted) {}

  private final int mostCommands;
  private final long mostBytes;
  private final Strand strand;
  private final AtomicInteger usedCommands = new AtomicInteger();
  private final AtomicLong usedBytes = new AtomicLong();
  private final ArrayDeque<Waiter> waiters = new ArrayDeque<>();
  private volatile boolean crowded;
  private @Nullable GroupException ended;

  Room(int mostCommands, long mostBytes, Strand strand) {
    this.mostCommands = mostCommands;
    this.mostBytes = mostBytes;
    this.strand = strand;
  }

  /** How many commands have room now; from any thread. */
  int usedCommands() {
    return usedCommands.get();
  }

  /** How many bytes the commands have that have room now; from any thread. */
  long usedBytes() {
    return usedBytes.get();
  }

  /** Takes room if there is some and nobody waits for it; from any thread. */
  boolean tryTake(int count, long bytes) {
    return !crowded && take(count, bytes);
  }

  private boolean take(int count, long bytes) {
    if (usedCommands.addAndGet(count) <= mostCommands) {
      if (usedBytes.addAndGet(bytes) <= mostBytes) {
        return true;
      }
      usedBytes.addAndGet(-bytes);
    }
    usedCommands.addAndGet(-count);
    return false;
  }

  /**
   * Waits for room, from any thread. Completes when it is taken; who cancels it has none. There are
   * never more of these than threads that block on them.
   */
  CompletableFuture<Void> await(int count, long bytes) {
    var admitted = new CompletableFuture<Void>();
    strand.execute(() -> {
      if (ended != null) {
        admitted.completeExceptionally(ended);
        return;
      }
      crowded = true;
      waiters.add(new Waiter(count, bytes, admitted));
      admit();
    });
    var unused =
        admitted.whenComplete((taken, error) -> {
          if (error != null) { // those behind it may fit
            strand.execute(this::admit);
          }
        });
    return admitted;
  }

  /** Gives room back. */
  void give(int count, long bytes) {
    usedCommands.addAndGet(-count);
    usedBytes.addAndGet(-bytes);
    if (!waiters.isEmpty()) {
      admit();
    }
  }

  private void admit() {
    for (Waiter first = waiters.peek(); first != null; first = waiters.peek()) {
      if (!first.admitted.isDone()) {
        if (!take(first.count, first.bytes)) {
          return;
        }
        if (!first.admitted.complete(null)) { // it was given up at this moment
          usedCommands.addAndGet(-first.count);
          usedBytes.addAndGet(-first.bytes);
        }
      }
      waiters.remove();
    }
    crowded = false;
  }

  /** There is no more room for anyone. */
  void end(GroupException reason) {
    ended = reason;
    waiters.forEach(waiter -> waiter.admitted.completeExceptionally(reason));
    waiters.clear();
  }
}
