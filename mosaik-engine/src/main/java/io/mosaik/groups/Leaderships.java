package io.mosaik.groups;

import io.mosaik.groups.raft.Tenure;
import io.mosaik.runtime.Clock;
import io.mosaik.runtime.Strand;
import io.mosaik.runtime.Timer;
import io.mosaik.runtime.Watch;
import io.mosaik.runtime.WatchSource;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Makes the leaderships that users hold of what consensus is sure of. Written on the group's
 * strand, read by anyone.
 */
final class Leaderships {

  /** That of a member that doesn't lead. */
  private static final Leadership NONE =
      new Leadership() {
        @Override
        public long token() {
          return 0;
        }

        @Override
        public boolean isHeld() {
          return false;
        }

        @Override
        public CompletableFuture<Void> lost() {
          return CompletableFuture.completedFuture(null);
        }

        @Override
        public String toString() {
          return "no leadership";
        }
      };

  private final Strand strand;
  private final Clock clock;
  private final Strand callbacks;
  private final WatchSource<Leadership> present = new WatchSource<>(NONE);
  private @Nullable HeldLeadership held;
  private @Nullable Tenure tenure;
  private @Nullable Timer expiry;

  Leaderships(Strand strand, Clock clock, Strand callbacks) {
    this.strand = strand;
    this.clock = clock;
    this.callbacks = callbacks;
  }

  Watch<Leadership> present() {
    return present;
  }

  /** What consensus is sure of has changed; null if of nothing. */
  void update(@Nullable Tenure next) {
    if (Objects.equals(next, tenure)) {
      return;
    }
    tenure = next;
    if (next == null) {
      end();
      return;
    }
    HeldLeadership now = held;
    if (now != null && now.token() == next.term() && now.extend(next.untilNs())) {
      return;
    }
    end();
    if (next.holdsAt(clock.nanoTime())) {
      held = new HeldLeadership(clock, callbacks, next.term(), next.untilNs());
      present.set(held);
      armExpiry(next);
    }
  }

  /** Who leads no more holds nothing, from before this returns. */
  void end() {
    if (expiry != null) {
      expiry.cancel();
      expiry = null;
    }
    if (held != null) {
      held.end();
      held = null;
      present.set(NONE);
    }
  }

  private void armExpiry(Tenure known) {
    long delayNs = Math.max(0, known.untilNs() - clock.nanoTime());
    expiry = strand.schedule(Duration.ofNanos(delayNs), this::onExpiry);
  }

  /** The lease was extended meanwhile, or it is over. */
  private void onExpiry() {
    expiry = null;
    if (held != null && tenure != null && held.isHeld()) {
      armExpiry(tenure);
    } else {
      end();
    }
  }
}
