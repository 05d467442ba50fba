package io.mosaik.discovery.worker;

import io.mosaik.discovery.DiscoveryConfig;
import io.mosaik.discovery.DiscoveryEvent;
import io.mosaik.discovery.EntryVersion;
import io.mosaik.discovery.Notice;
import io.mosaik.discovery.PeerEntry;
import io.mosaik.id.NetworkId;
import io.mosaik.id.PeerId;
import io.mosaik.wire.MalformedException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The catalog as one node keeps it: which notice of each peer is the latest, and whether the peer
 * is shown. A pure core: a notice and the time in, what changed out.
 *
 * <p>Of each peer there is one {@link Known}: shown (alive as far as we know), hidden (its links
 * died and nobody vouched for it; a newer notice or itself brings it back), or departed (it said
 * so; only a newer notice brings it back, so that older copies which still travel don't). All three
 * go when they are older than purge-after.
 *
 * <p>Who is shown and too far away is so for the protocol alone: its notices are kept and passed
 * on, and the public catalog is without it.
 */
final class CatalogCore {

  private static final MergeResult DUPLICATE = new MergeResult.Duplicate();
  private static final MergeResult OUTDATED = new MergeResult.Outdated();

  private final NetworkId network;
  private final PeerId self;
  private final long purgeAfterMs;
  private final long maxTimeDriftMs;
  private final int maxPeers;
  private final TreeMap<PeerId, Known> known = new TreeMap<>();

  /** The peers that are too far away, also such of which nothing else is known yet. */
  private final TreeSet<PeerId> far = new TreeSet<>();

  private CatalogSnapshot shown = CatalogSnapshot.EMPTY;
  private long nextExpiryMs = Long.MAX_VALUE;

  /**
   * The latest that is known of a peer.
   *
   * @param notice its latest notice
   * @param entry what it said of itself last, or null if it is unknown but for its departure
   * @param state whether it is shown
   * @param expiresMs wall time at which it goes
   */
  record Known(Notice notice, @Nullable PeerEntry entry, State state, long expiresMs) {

    EntryVersion version() {
      return notice.version();
    }
  }

  /** Whether a peer is shown. */
  enum State {
    /** In the public catalog. */
    SHOWN,
    /** Taken for dead. */
    HIDDEN,
    /** It said that it leaves. */
    DEPARTED
  }

  CatalogCore(NetworkId network, PeerId self, DiscoveryConfig config) {
    this.network = network;
    this.self = self;
    this.purgeAfterMs = config.purgeAfter().toMillis();
    this.maxTimeDriftMs = config.maxTimeDrift().toMillis();
    this.maxPeers = config.maxPeers();
  }

  /**
   * Takes a notice. What is not newer is dropped before its signature is looked at.
   *
   * @param fromItself whether the peer itself sent it over its own link, which proves that it lives
   * @throws MalformedException if it is authentic but no entry
   */
  MergeResult merge(Notice notice, boolean fromItself, long nowMs) {
    if (!notice.network().equals(network)) {
      return new MergeResult.Refused(MergeResult.Cause.OTHER_NETWORK);
    }
    if (notice.peer().equals(self)) {
      return new MergeResult.AboutSelf();
    }
    Known before = known.get(notice.peer());
    if (before != null) {
      int order = notice.version().compareTo(before.version());
      if (order == 0) {
        return fromItself ? revive(before) : DUPLICATE;
      }
      if (order < 0) {
        return OUTDATED;
      }
    }
    MergeResult.Cause cause = refuse(notice, before, nowMs);
    if (cause != null) {
      return new MergeResult.Refused(cause);
    }
    if (!notice.isAuthentic()) {
      return new MergeResult.Forged();
    }
    return switch (notice.kind()) {
      case ENTRY -> enter(notice);
      case DEPARTURE -> depart(notice, before, nowMs);
    };
  }

  private MergeResult.@Nullable Cause refuse(Notice notice, @Nullable Known before, long nowMs) {
    long newestMs = Math.max(notice.version().startMs(), notice.version().updateMs());
    if (newestMs > nowMs + maxTimeDriftMs) {
      return MergeResult.Cause.FUTURE;
    }
    if (notice.kind() == Notice.Kind.ENTRY && nowMs >= expiry(notice)) {
      return MergeResult.Cause.STALE;
    }
    if (before == null && known.size() >= maxPeers) {
      return MergeResult.Cause.FULL;
    }
    return null;
  }

  private MergeResult enter(Notice notice) {
    PeerEntry entry = notice.toEntry().entry();
    PeerEntry previous = shown.get(notice.peer());
    put(new Known(notice, entry, State.SHOWN, expiry(notice)));
    if (far.contains(notice.peer())) {
      return new MergeResult.News(null);
    }
    shown = shown.with(entry);
    return new MergeResult.News(
        previous == null
            ? new DiscoveryEvent.PeerDiscovered(entry)
            : new DiscoveryEvent.PeerUpdated(previous, entry));
  }

  private MergeResult depart(Notice notice, @Nullable Known before, long nowMs) {
    far.remove(notice.peer());
    put(
        new Known(
            notice, before == null ? null : before.entry(), State.DEPARTED, nowMs + purgeAfterMs));
    return new MergeResult.News(hide(notice.peer()));
  }

  /** The peer itself showed its latest entry: it lives, whatever its links looked like. */
  private MergeResult revive(Known before) {
    if (before.state() != State.HIDDEN || before.entry() == null) {
      return DUPLICATE;
    }
    put(new Known(before.notice(), before.entry(), State.SHOWN, before.expiresMs()));
    if (far.contains(before.notice().peer())) {
      return new MergeResult.News(null);
    }
    shown = shown.with(before.entry());
    return new MergeResult.News(new DiscoveryEvent.PeerDiscovered(before.entry()));
  }

  /**
   * Says whether a peer is too far away; known yet or not.
   *
   * @return what changed in the public catalog, or null if nothing did
   */
  @Nullable DiscoveryEvent setFar(PeerId peer, boolean isFar) {
    if (isFar) {
      return far.add(peer) ? hide(peer) : null;
    }
    Known of = known.get(peer);
    if (!far.remove(peer) || of == null || of.state() != State.SHOWN || of.entry() == null) {
      return null;
    }
    shown = shown.with(of.entry());
    return new DiscoveryEvent.PeerDiscovered(of.entry());
  }

  /**
   * Hides a peer that is taken for dead, until itself or a newer notice brings it back.
   *
   * @return what changed, or null if it wasn't shown
   */
  @Nullable DiscoveryEvent demote(PeerId peer) {
    Known before = known.get(peer);
    if (before == null || before.state() != State.SHOWN) {
      return null;
    }
    put(new Known(before.notice(), before.entry(), State.HIDDEN, before.expiresMs()));
    return hide(peer);
  }

  private @Nullable DiscoveryEvent hide(PeerId peer) {
    PeerEntry entry = shown.get(peer);
    if (entry == null) {
      return null;
    }
    shown = shown.without(peer);
    return new DiscoveryEvent.PeerDeparted(entry);
  }

  /**
   * Removes what is older than purge-after.
   *
   * @return what changed for those who look at the catalog, ordered by peer
   */
  Expired expire(long nowMs) {
    var events = new ArrayList<DiscoveryEvent>();
    var gone = new ArrayList<PeerId>();
    long nextMs = Long.MAX_VALUE;
    var each = known.entrySet().iterator();
    while (each.hasNext()) {
      var next = each.next();
      if (next.getValue().expiresMs() > nowMs) {
        nextMs = Math.min(nextMs, next.getValue().expiresMs());
        continue;
      }
      each.remove();
      far.remove(next.getKey());
      gone.add(next.getKey());
      DiscoveryEvent event = hide(next.getKey());
      if (event != null) {
        events.add(event);
      }
    }
    nextExpiryMs = nextMs;
    return new Expired(List.copyOf(events), List.copyOf(gone));
  }

  /**
   * What went because of its age.
   *
   * @param events for those who look at the catalog
   * @param gone of whom nothing is known any more, shown before or not
   */
  record Expired(List<DiscoveryEvent> events, List<PeerId> gone) {}

  /** A wall time at or before which nothing expires; {@link #expire} is due then. */
  long nextExpiryMs() {
    return nextExpiryMs;
  }

  /** What is shown. */
  CatalogSnapshot shown() {
    return shown;
  }

  /** Of how many peers anything is known. */
  int size() {
    return known.size();
  }

  @Nullable Known get(PeerId peer) {
    return known.get(peer);
  }

  /** Goes through the versions of all that is known, ordered by peer. */
  void forEachVersion(BiConsumer<PeerId, EntryVersion> action) {
    known.forEach((peer, what) -> action.accept(peer, what.version()));
  }

  /** What may be passed on about a peer: nothing while it is taken for dead. */
  @Nullable Notice toPassOn(PeerId peer) {
    Known found = known.get(peer);
    return found == null || found.state() == State.HIDDEN ? null : found.notice();
  }

  private void put(Known what) {
    known.put(what.notice().peer(), what);
    nextExpiryMs = Math.min(nextExpiryMs, what.expiresMs());
  }

  private long expiry(Notice notice) {
    return notice.version().updateMs() + purgeAfterMs;
  }
}
