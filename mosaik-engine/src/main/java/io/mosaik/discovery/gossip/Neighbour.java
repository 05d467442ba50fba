package io.mosaik.discovery.gossip;

import io.mosaik.discovery.EntryVersion;
import io.mosaik.id.PeerId;
import org.jspecify.annotations.Nullable;

/** What the core remembers of a peer. */
final class Neighbour {

  private static final long NEVER = Long.MAX_VALUE;

  final PeerId peer;
  @Nullable EntryVersion version;
  GossipCore.@Nullable OpenLink link;
  long linkedAtNs;
  boolean dialling;
  int failures;
  long dialAtNs = NEVER;
  long suspectAtNs = NEVER;
  long giveUpAtNs = NEVER;
  boolean givenUp;

  Neighbour(PeerId peer) {
    this.peer = peer;
  }

  GossipCore.OpenLink openLink() {
    if (link == null) {
      throw new IllegalStateException("no link to " + peer.toShortString());
    }
    return link;
  }
}
