package io.mosaik.groups.raft;

import io.mosaik.groups.log.LogPosition;
import io.mosaik.groups.log.LogWrite;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the effects of a core in order, and each back until what it relies on is durable: an effect
 * that {@linkplain Effect#saysWhatIsStored says what is stored} until every write before it is, all
 * others until the hard state before them is. So the disk of a leader delays neither its heartbeats
 * nor what a majority of other disks has stored (R1; §10.2.1).
 *
 * <p>The shell gives each {@link Effect.Persist} to its storage at once, says so by {@link
 * #written}, and by {@link #durable} when that has come to the disk. Not thread-safe; never blocks.
 */
public final class EffectQueue {

  /** What waits for a write. */
  private record Held<T>(long write, T what) {}

  private final ArrayDeque<Held<Effect>> ordered = new ArrayDeque<>();
  private final ArrayDeque<Held<Effect>> answers = new ArrayDeque<>();
  private final ArrayDeque<Held<LogPosition>> stored = new ArrayDeque<>();

  // Writes are numbered from 1 on.
  private long lastWrite;
  private long lastHardWrite;
  private long lastDurable;

  /** An empty queue. */
  public EffectQueue() {}

  /** The core wants this done; anything but a {@link Effect.Persist}. */
  public void add(Effect effect) {
    if (effect.saysWhatIsStored()) {
      answers.add(new Held<>(lastWrite, effect));
    } else {
      ordered.add(new Held<>(lastHardWrite, effect));
    }
  }

  /** The storage has taken what the core wanted stored. */
  public void written(LogWrite write) {
    lastWrite++;
    if (write.hardState() != null) {
      lastHardWrite = lastWrite;
    }
    LogPosition last = write.last();
    if (last != null) {
      stored.add(new Held<>(lastWrite, last));
    }
  }

  /** How many writes there were. */
  public long writes() {
    return lastWrite;
  }

  /** So many of the writes are durable. */
  public void durable(long writes) {
    lastDurable = Math.max(lastDurable, writes);
  }

  /** Whether there is a write that is not durable yet. */
  public boolean awaitsDisk() {
    return lastDurable < lastWrite;
  }

  /** The next effect that may be carried out now; null if there is none. */
  public @Nullable Effect poll() {
    Effect next = poll(ordered);
    return next == null ? poll(answers) : next;
  }

  /**
   * The last entry of a further write that is durable, to be told the core; null if there is none.
   */
  public @Nullable LogPosition pollStored() {
    return poll(stored);
  }

  private <T> @Nullable T poll(ArrayDeque<Held<T>> queue) {
    Held<T> head = queue.peek();
    if (head == null || head.write > lastDurable) {
      return null;
    }
    queue.remove();
    return head.what;
  }

  /** How much waits. */
  public int size() {
    return ordered.size() + answers.size() + stored.size();
  }

  /** Forgets what waits. */
  public void clear() {
    ordered.clear();
    answers.clear();
    stored.clear();
  }
}
