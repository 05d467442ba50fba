package io.mosaik.streams;

import io.mosaik.discovery.PeerEntry;
import java.util.List;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks users' predicates. */
final class Predicates {

  private static final Logger LOG = LoggerFactory.getLogger(Predicates.class);

  private Predicates() {}

  /** Whether all say yes; one that throws says no. */
  static boolean all(List<Predicate<? super PeerEntry>> predicates, PeerEntry entry) {
    for (Predicate<? super PeerEntry> predicate : predicates) {
      try {
        if (!predicate.test(entry)) {
          return false;
        }
      } catch (RuntimeException e) {
        LOG.warn(
            "A predicate failed on the entry of {}; it counts as a no",
            entry.peerId().toShortString(),
            e);
        return false;
      }
    }
    return true;
  }
}
