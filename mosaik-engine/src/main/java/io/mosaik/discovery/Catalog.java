package io.mosaik.discovery;

import io.mosaik.id.PeerId;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** A snapshot of the peers that are known and fresh, ordered by id. Immutable. */
public interface Catalog {

  /** The peer's entry, or null if it isn't known. */
  @Nullable PeerEntry get(PeerId peer);

  /** All entries, ordered by peer id. */
  Collection<PeerEntry> peers();

  /** How many peers there are. */
  int size();
}
