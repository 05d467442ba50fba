package io.mosaik.groups.bond;

import io.mosaik.discovery.EntryVersion;
import io.mosaik.discovery.PeerEntry;
import io.mosaik.id.PeerId;
import io.mosaik.runtime.Timer;
import org.jspecify.annotations.Nullable;

/** Where this member stands with one other; belongs to {@link Bonds}. */
final class Peering<P> {

  final PeerId peer;

  /** Its entry, as long as discovery says that it is a member. */
  @Nullable PeerEntry wanted;

  /** The dial that is under way. */
  @Nullable BondAttempt<P> attempt;

  /** The bond that is made. */
  @Nullable Bond<P> bond;

  /** When it is dialled again. */
  @Nullable Timer retry;

  /**
   * The version of its entry, if any was known, with which the two did not admit each other: not
   * dialled again before one of them says something else of itself.
   */
  @Nullable EntryVersion notAllowed;

  /** How many attempts have failed, and bonds soon broken, since the last bond that lasted. */
  int failures;

  Peering(PeerId peer) {
    this.peer = peer;
  }
}
