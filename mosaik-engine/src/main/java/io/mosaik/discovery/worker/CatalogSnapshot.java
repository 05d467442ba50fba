package io.mosaik.discovery.worker;

import io.mosaik.discovery.Catalog;
import io.mosaik.discovery.PeerEntry;
import io.mosaik.id.PeerId;
import java.util.Collection;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/** A persistent map that shares its structure with the snapshots before and after it. */
final class CatalogSnapshot implements Catalog {

  static final CatalogSnapshot EMPTY = new CatalogSnapshot(TreePMap.empty());

  private final TreePMap<PeerId, PeerEntry> entries;

  private CatalogSnapshot(TreePMap<PeerId, PeerEntry> entries) {
    this.entries = entries;
  }

  CatalogSnapshot with(PeerEntry entry) {
    return new CatalogSnapshot(entries.plus(entry.peerId(), entry));
  }

  CatalogSnapshot without(PeerId peer) {
    return new CatalogSnapshot(entries.minus(peer));
  }

  @Override
  public @Nullable PeerEntry get(PeerId peer) {
    return entries.get(peer);
  }

  @Override
  public Collection<PeerEntry> peers() {
    return entries.values();
  }

  @Override
  public int size() {
    return entries.size();
  }

  @Override
  public String toString() {
    return entries.size() + " peers";
  }
}
