package io.mosaik.transport.quic;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waiting for what real sockets do. */
final class RealTime {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private RealTime() {}

  /** Returns as soon as the condition holds, after a minute at the latest. */
  static void until(BooleanSupplier condition) {
    long start = System.nanoTime();
    while (!condition.getAsBoolean() && System.nanoTime() - start < PATIENCE.toNanos()) {
      sleep(Duration.ofMillis(2));
    }
  }

  static void sleep(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }
}
