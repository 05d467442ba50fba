package io.mosaik.streams;

import io.mosaik.runtime.Strand;
import io.mosaik.runtime.Timer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Notices when a producer or consumer has been without any subscription for a while: once, until it
 * had one again. For one strand.
 */
final class Loneliness {

  /** How long others may take to come. */
  static final Duration PATIENCE = Duration.ofSeconds(15);

  private final Strand strand;
  private final Runnable teller;
  private boolean alone;
  private @Nullable Timer timer;

  /**
   * @param teller says why, on the strand
   */
  Loneliness(Strand strand, Runnable teller) {
    this.strand = strand;
    this.teller = teller;
  }

  /** There are so many subscriptions now. */
  void subscriptions(int count) {
    if (count > 0) {
      alone = false;
      stop();
    } else if (!alone) {
      alone = true;
      timer = strand.schedule(PATIENCE, teller);
    }
  }

  /** It is closed: nothing is to be said any more. */
  void stop() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }
}
