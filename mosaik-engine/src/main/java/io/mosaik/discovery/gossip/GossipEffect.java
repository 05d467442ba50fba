package io.mosaik.discovery.gossip;

import io.mosaik.id.PeerId;
import io.mosaik.transport.CloseReason;
import java.util.List;

/** What the core wants done. */
public sealed interface GossipEffect {

  /** Send the message to each of these neighbours; encode it once. */
  record Send(List<PeerId> to, AnnounceMessage message) implements GossipEffect {}

  /** Dial the peer at the addresses of its entry, and report what came of it. */
  record Dial(PeerId peer) implements GossipEffect {}

  /** Close the link. */
  record Close(long linkId, CloseReason reason) implements GossipEffect {}

  /**
   * From now on messages to and from the peer go over this link.
   *
   * @param returned whether the peer was taken for dead before
   */
  record NeighbourUp(PeerId peer, long linkId, boolean returned) implements GossipEffect {}

  /** There is no link to the peer any more. */
  record NeighbourDown(PeerId peer) implements GossipEffect {}

  /** Nobody has heard of the peer since its link died: take it for dead. */
  record Demote(PeerId peer) implements GossipEffect {}
}
