package io.mosaik.sim;

import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What happened in a {@link World}, as one number: every task that ran, frame that arrived,
 * connection that opened or closed, and fault goes into it, with its time. Two runs of one seed
 * have the same trace; a difference means that something other than the seed decided.
 */
public final class Trace {

  private long hash = 0x9E3779B97F4A7C15L;
  private long events;
  private @Nullable Consumer<? super String> listener;

  Trace() {}

  /** The number: equal for equal histories. */
  public long hash() {
    return hash;
  }

  /** How many events went into it. */
  public long events() {
    return events;
  }

  /**
   * Also tells every event from now on as a line of text, to see where two runs part. Costs much
   * time.
   */
  public void tellTo(Consumer<? super String> lines) {
    listener = Objects.requireNonNull(lines);
  }

  /** Adds an event. The text is asked for only if somebody listens. */
  void add(long nowNs, long subject, long detail, Supplier<String> text) {
    events++;
    hash = mix(mix(hash ^ nowNs) + mix(subject) * 31 + detail);
    if (listener != null) {
      tell(nowNs, text.get());
    }
  }

  /** The same for tasks, the most frequent event. */
  void addTask(long nowNs, SimStrand strand) {
    events++;
    hash = mix(hash ^ nowNs) + strand.number();
    if (listener != null) {
      tell(nowNs, "task on " + strand.name());
    }
  }

  private void tell(long nowNs, String text) {
    Objects.requireNonNull(listener).accept(String.format("%.6f %s", nowNs / 1e9, text));
  }

  /** The finalizer of SplitMix64 (Steele, Lea and Flood, 2014). */
  static long mix(long value) {
    long z = value;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** The hash, in hexadecimal, and the number of events. */
  @Override
  public String toString() {
    return String.format("%016x after %d events", hash, events);
  }
}
