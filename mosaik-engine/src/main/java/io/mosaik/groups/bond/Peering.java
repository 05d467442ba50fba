package io.mosaik.groups.bond;

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

  /** How many attempts have failed since the last bond. */
  int failures;

  Peering(PeerId peer) {
    this.peer = peer;
  }
}
