package io.mosaik.streams;

import io.mosaik.discovery.PeerEntry;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Asks users' predicates. */
final class Predicates {

  private static final Logger LOG = LoggerFactory.getLogger(Predicates.class);

  private Predicates() {}

  /** The same, saying no where it throws; the log tells the first time. */
  static Predicate<PeerEntry> guarded(Predicate<? super PeerEntry> predicate) {
    return new Guarded(predicate);
  }

  /** Whether all say yes. */
  static boolean all(List<Predicate<? super PeerEntry>> predicates, PeerEntry entry) {
    for (Predicate<? super PeerEntry> predicate : predicates) {
      if (!predicate.test(entry)) {
        return false;
      }
    }
    return true;
  }

  /** One that never throws. */
  private static final class Guarded implements Predicate<PeerEntry> {

    private final Predicate<? super PeerEntry> asked;
    private final AtomicBoolean complained = new AtomicBoolean();

    Guarded(Predicate<? super PeerEntry> asked) {
      this.asked = Objects.requireNonNull(asked);
    }

    @Override
    public boolean test(PeerEntry entry) {
      try {
        return asked.test(entry);
      } catch (Throwable e) {
        LOG.atLevel(complained.compareAndSet(false, true) ? Level.WARN : Level.DEBUG)
            .setCause(e)
            .log(
                "A predicate failed on the entry of {}; it counts as a no (later ones of this"
                    + " predicate are told at debug level)",
                entry.peerId().toShortString());
        return false;
      }
    }
  }
}
