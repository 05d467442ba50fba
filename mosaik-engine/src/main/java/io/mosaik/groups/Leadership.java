package io.mosaik.groups;

import java.util.concurrent.CompletableFuture;

/**
 * The leadership of a group as its leader may rely on it: while it {@link #isHeld}, no other member
 * of the group holds one. It is a lease: it ends by the clock, without a word from anyone, before
 * another member can be elected, also when this one was cut off, paused or stalled meanwhile.
 *
 * <p>That is so as long as no member's clock runs faster than another's by more than the group's
 * {@code clockDriftBound}. And between a check and what is done after it, any time may pass. Where
 * work must never overlap whatever happens, take the {@link #token} along to where it takes effect,
 * and let that refuse a token lower than one it has seen.
 *
 * <p>Thread-safe; no method blocks.
 */
public interface Leadership {

  /**
   * The fencing token: the term of this leadership. It grows with every change of leader; a member
   * that loses its leadership and has it again before another led may have the same one twice.
   */
  long token();

  /**
   * Whether this member leads, and nobody else can at this moment. Reads the clock. Once it was
   * false it stays so: who leads again has another leadership.
   */
  boolean isHeld();

  /** Completes when it is no longer held, on a strand for users' code; see {@link Group}. */
  CompletableFuture<Void> lost();
}
