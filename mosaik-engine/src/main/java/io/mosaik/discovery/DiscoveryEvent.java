package io.mosaik.discovery;

/** A change of the catalog, in the order in which this node saw them. */
public sealed interface DiscoveryEvent {

  /** Whom it is about, as last known. */
  PeerEntry entry();

  /** A peer was not there and is now. */
  record PeerDiscovered(PeerEntry entry) implements DiscoveryEvent {}

  /** A peer's entry was replaced by a newer one. */
  record PeerUpdated(PeerEntry previous, PeerEntry entry) implements DiscoveryEvent {}

  /** A peer left, or was not heard of for too long. */
  record PeerDeparted(PeerEntry entry) implements DiscoveryEvent {}
}
