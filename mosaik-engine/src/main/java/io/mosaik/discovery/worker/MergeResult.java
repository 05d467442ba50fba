package io.mosaik.discovery.worker;

import io.mosaik.discovery.DiscoveryEvent;
import org.jspecify.annotations.Nullable;

/** What the catalog made of a notice. */
sealed interface MergeResult {

  /**
   * It was newer than what was known, and is in the catalog now.
   *
   * @param event what changed for those who look at the catalog, if anything
   */
  record News(@Nullable DiscoveryEvent event) implements MergeResult {}

  /** This very notice is known. */
  record Duplicate() implements MergeResult {}

  /** A newer one is known. */
  record Outdated() implements MergeResult {}

  /** It is about this node itself. */
  record AboutSelf() implements MergeResult {}

  /** It was not taken, through no fault of who passed it on. */
  record Refused(Cause cause) implements MergeResult {}

  /** The peer it names did not sign it: whoever sent it made it up or let it pass. */
  record Forged() implements MergeResult {}

  /** Why a notice was not taken. */
  enum Cause {
    /** It is of another network. */
    OTHER_NETWORK,
    /** It is ahead of this node's clock by more than max-time-drift. */
    FUTURE,
    /** It is older than purge-after. */
    STALE,
    /** The catalog has no room for further peers. */
    FULL
  }
}
