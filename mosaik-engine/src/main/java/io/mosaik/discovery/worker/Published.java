package io.mosaik.discovery.worker;

import io.mosaik.discovery.Catalog;
import io.mosaik.discovery.DiscoveryEvent;
import io.mosaik.discovery.PeerEntry;
import io.mosaik.discovery.SignedPeerEntry;
import io.mosaik.runtime.Cancellation;
import io.mosaik.runtime.Watch;
import io.mosaik.runtime.WatchSource;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** What the worker shows: set on its strand, read from anywhere. */
final class Published {

  private final CopyOnWriteArrayList<EventFeed> feeds = new CopyOnWriteArrayList<>();
  private final WatchSource<PeerEntry> self;
  private final WatchSource<Catalog> catalog = new WatchSource<>(CatalogSnapshot.EMPTY);
  private volatile SignedPeerEntry signedSelf;

  private final Executor strand;

  /** Shows this node alone at first. */
  Published(Executor strand, SignedPeerEntry self) {
    this.strand = strand;
    this.signedSelf = self;
    this.self = new WatchSource<>(self.entry());
  }

  void setSelf(SignedPeerEntry entry) {
    signedSelf = entry;
    self.set(entry.entry());
  }

  void setCatalog(CatalogSnapshot snapshot) {
    catalog.set(snapshot);
  }

  /** After {@link #setCatalog}, so that who hears of an event finds it in the catalog. */
  void fire(DiscoveryEvent event) {
    feeds.forEach(feed -> feed.fire(event));
  }

  Watch<PeerEntry> self() {
    return self;
  }

  Watch<Catalog> catalog() {
    return catalog;
  }

  SignedPeerEntry signedSelf() {
    return signedSelf;
  }

  Cancellation onEvent(Executor executor, Consumer<? super DiscoveryEvent> listener) {
    var feed = new EventFeed(strand, executor, listener, feeds::remove);
    feeds.add(feed);
    return feed;
  }
}
