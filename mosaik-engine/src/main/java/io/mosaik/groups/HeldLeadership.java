package io.mosaik.groups;

import io.mosaik.runtime.Clock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;

/** A leadership that ends by the clock unless the group's strand extends it in time. */
final class HeldLeadership implements Leadership {

  private static final long LOST = Long.MIN_VALUE;

  private final Clock clock;
  private final Executor callbacks;
  private final long token;
  private final CompletableFuture<Void> lost = new CompletableFuture<>();

  /** Until when it is held; {@link #LOST} once somebody was told that it isn't. */
  private final AtomicLong untilNs;

  HeldLeadership(Clock clock, Executor callbacks, long token, long untilNs) {
    this.clock = clock;
    this.callbacks = callbacks;
    this.token = token;
    this.untilNs = new AtomicLong(untilNs);
  }

  @Override
  public long token() {
    return token;
  }

  @Override
  public boolean isHeld() {
    while (true) {
      long until = untilNs.get();
      if (until == LOST) {
        return false;
      }
      if (clock.nanoTime() - until < 0) {
        return true;
      }
      if (untilNs.compareAndSet(until, LOST)) {
        return false;
      }
    }
  }

  @Override
  public CompletableFuture<Void> lost() {
    return lost.copy();
  }

  /** On the group's strand: holds it for longer; false if it is lost already. */
  boolean extend(long nextNs) {
    long until = untilNs.get();
    return isHeld() && untilNs.compareAndSet(until, nextNs);
  }

  /** On the group's strand: it is no longer held, from before this returns. */
  void end() {
    untilNs.set(LOST);
    callbacks.execute(() -> lost.complete(null));
  }

  @Override
  public String toString() {
    return "leadership " + token + (isHeld() ? "" : " (lost)");
  }
}
