package io.mosaik.streams;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What waits for the application, as those see it who take it. Thread-safe; nothing blocks. Each
 * datum goes to one taker.
 *
 * @param <T> the datums
 */
interface Inbox<T> {

  /** The next datum, or null if there is none now. */
  @Nullable Received<T> poll();

  /** Takes back a datum that its taker didn't want after all; the next to be taken. */
  void giveBack(Received<T> datum);

  /** Whether something waits, as far as can be seen without decoding it. */
  boolean isEmpty();

  /** Whether nothing more comes, but for what waits. */
  boolean isOver();

  /** Completes when something has come after this call, or will not; look again before waiting. */
  CompletableFuture<Void> arrival();

  /** What takers hear when it is over and empty. */
  ConsumerClosedException closedError();
}
