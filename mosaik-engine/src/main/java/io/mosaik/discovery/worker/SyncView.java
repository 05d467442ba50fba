package io.mosaik.discovery.worker;

import io.mosaik.discovery.EntryVersion;
import io.mosaik.discovery.Notice;
import io.mosaik.discovery.sync.SyncCore;
import io.mosaik.id.PeerId;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a catalog sync reads: all that is known of others, and this node's own entry. */
final class SyncView implements SyncCore.CatalogView {

  private final CatalogCore catalog;
  private final Supplier<Notice> own;

  SyncView(CatalogCore catalog, Supplier<Notice> own) {
    this.catalog = catalog;
    this.own = own;
  }

  @Override
  public void forEachVersion(BiConsumer<PeerId, EntryVersion> action) {
    catalog.forEachVersion(action);
    Notice self = own.get();
    action.accept(self.peer(), self.version());
  }

  @Override
  public int size() {
    return catalog.size() + 1;
  }

  @Override
  public @Nullable Notice notice(PeerId peer) {
    Notice self = own.get();
    return self.peer().equals(peer) ? self : catalog.toPassOn(peer);
  }
}
