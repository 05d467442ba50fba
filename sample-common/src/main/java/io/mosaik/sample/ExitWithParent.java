package io.mosaik.sample;

import java.io.IOException;
import java.time.Duration;

/**
 * Ends this process when the one that started it goes away, however that ends: the parent holds the
 * other end of this process's standard input, and the operating system closes it. {@code ./demo}
 * relies on it to leave nothing behind, even when it is killed itself.
 */
public final class ExitWithParent {

  /** Name of the environment variable that asks for it, with the value {@code true}. */
  public static final String VARIABLE = "MOSAIK_SAMPLE_EXIT_WITH_PARENT";

  private static final Duration GRACE = Duration.ofSeconds(5);

  private ExitWithParent() {}

  /** Does nothing unless the environment asks for it. */
  public static void ifAsked() {
    if (Boolean.parseBoolean(System.getenv(VARIABLE))) {
      Thread.ofPlatform().daemon().name("exit-with-parent").start(ExitWithParent::watch);
    }
  }

  private static void watch() {
    try {
      while (System.in.read() >= 0) {
        // What the parent writes does not matter.
      }
    } catch (IOException e) {
      System.err.println("standard input failed, which counts as its end: " + e);
    }
    Thread.ofPlatform().daemon().name("exit-at-last").start(ExitWithParent::haltAfterGrace);
    System.exit(0);
  }

  private static void haltAfterGrace() {
    try {
      Thread.sleep(GRACE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Runtime.getRuntime().halt(0);
  }
}
