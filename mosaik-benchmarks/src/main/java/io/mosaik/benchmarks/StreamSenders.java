package io.mosaik.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** The threads that send at a {@link Pace}: one for each producer. */
final class StreamSenders {

  /** So much is asked of a producer at a time, when there is so much to send. */
  private static final int BURST_BYTES = 64 * 1024;

  /** When datums are due. */
  sealed interface Pace {

    /** As soon as there is room. */
    record Flood() implements Pace {}

    /**
     * At a rate of its own, of all threads together. Each datum is due at its time whether the one
     * before it has left or not, and its latency counts from then: what waits because something
     * stood still is not left out.
     */
    record Steady(double perSecond) implements Pace {}

    /** Each a while after the one before, due at the moment of the call: nothing else waits. */
    record Alone(Duration gap) implements Pace {}
  }

  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean stopped;

  /** Begins. */
  StreamSenders(StreamSource to, int producers, int datumBytes, Pace pace) {
    int burst = Math.max(1, BURST_BYTES / datumBytes);
    for (int i = 0; i < producers; i++) {
      int producer = i;
      Runnable sending =
          switch (pace) {
            case Pace.Flood() -> () -> flood(to, producer, burst);
            case Pace.Steady(var perSecond) ->
                () -> keepTo(to, producer, burst, producers * 1e9 / perSecond);
            case Pace.Alone(var gap) -> () -> sendAlone(to, producer, gap);
          };
      threads.add(Thread.ofPlatform().daemon().name("bench-sender-" + i).start(sending));
    }
  }

  private void flood(StreamSource to, int producer, int burst) {
    var dueNs = new long[burst];
    while (!stopped) {
      Arrays.fill(dueNs, System.nanoTime());
      to.send(producer, dueNs, burst);
    }
  }

  private void keepTo(StreamSource to, int producer, int burst, double intervalNs) {
    var dueNs = new long[burst];
    long startNs = System.nanoTime();
    long sent = 0;
    while (!stopped) {
      int count = 0;
      long nowNs = System.nanoTime();
      long nextNs = startNs + (long) (sent * intervalNs);
      while (count < burst && nextNs <= nowNs) {
        dueNs[count++] = nextNs;
        nextNs = startNs + (long) ((sent + count) * intervalNs);
      }
      if (count == 0) {
        LockSupport.parkNanos(nextNs - nowNs);
      } else {
        to.send(producer, dueNs, count);
        sent += count;
      }
    }
  }

  private void sendAlone(StreamSource to, int producer, Duration gap) {
    var dueNs = new long[1];
    while (!stopped) {
      LockSupport.parkNanos(gap.toNanos());
      dueNs[0] = System.nanoTime();
      to.send(producer, dueNs, 1);
    }
  }

  /** Ends them. Blocks until what they were about to send was taken. */
  void stop() {
    stopped = true;
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
