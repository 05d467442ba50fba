package io.mosaik.discovery.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.discovery.DiscoveryConfig;
import io.mosaik.discovery.DiscoveryEvent.PeerDeparted;
import io.mosaik.discovery.DiscoveryEvent.PeerDiscovered;
import io.mosaik.discovery.DiscoveryEvent.PeerUpdated;
import io.mosaik.discovery.EntryVersion;
import io.mosaik.discovery.Notice;
import io.mosaik.discovery.PeerEntry;
import io.mosaik.discovery.SignedPeerEntry;
import io.mosaik.id.NetworkId;
import io.mosaik.id.SecretKey;
import io.mosaik.id.Tag;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class CatalogCoreTest {

  private static final NetworkId NETWORK = NetworkId.of("net");
  private static final SecretKey SELF = SecretKey.of("self");
  private static final SecretKey PEER = SecretKey.of("peer");
  private static final long NOW = 1_000_000;
  private static final long PURGE = 300_000;
  private static final long DRIFT = 10_000;

  private final CatalogCore catalog =
      new CatalogCore(NETWORK, SELF.peerId(), DiscoveryConfig.DEFAULTS);

  @Test
  void a_new_peer_is_discovered_and_a_newer_entry_updates_it() {
    PeerEntry first = entry(PEER, 1, NOW, "a").entry();
    PeerEntry second = entry(PEER, 1, NOW + 1, "b").entry();

    assertThat(merge(entry(PEER, 1, NOW, "a")))
        .isEqualTo(new MergeResult.News(new PeerDiscovered(first)));
    assertThat(merge(entry(PEER, 1, NOW + 1, "b")))
        .isEqualTo(new MergeResult.News(new PeerUpdated(first, second)));
    assertThat(catalog.shown().peers()).containsExactly(second);
  }

  @Test
  void a_later_start_wins_over_any_update() {
    merge(entry(PEER, 1, NOW + 500, "old life"));

    assertThat(merge(entry(PEER, 2, NOW, "new life"))).isInstanceOf(MergeResult.News.class);
    assertThat(merge(entry(PEER, 1, NOW + 900, "old life"))).isEqualTo(new MergeResult.Outdated());
  }

  @Test
  void what_is_not_newer_is_dropped_before_its_signature_is_looked_at() {
    merge(entry(PEER, 1, NOW, "a"));

    assertThat(catalog.merge(forged(1, NOW), false, NOW)).isEqualTo(new MergeResult.Duplicate());
    assertThat(catalog.merge(forged(1, NOW - 1), false, NOW)).isEqualTo(new MergeResult.Outdated());
    assertThat(catalog.merge(forged(1, NOW + 1), false, NOW)).isEqualTo(new MergeResult.Forged());
  }

  @Test
  void an_entry_is_refused_from_the_future_and_when_it_is_stale() {
    assertThat(merge(entry(PEER, 1, NOW + DRIFT + 1, "a")))
        .isEqualTo(new MergeResult.Refused(MergeResult.Cause.FUTURE));
    assertThat(merge(entry(PEER, NOW + DRIFT + 1, NOW, "a")))
        .isEqualTo(new MergeResult.Refused(MergeResult.Cause.FUTURE));
    assertThat(merge(entry(PEER, 1, NOW - PURGE, "a")))
        .isEqualTo(new MergeResult.Refused(MergeResult.Cause.STALE));
    assertThat(merge(entry(PEER, 1, NOW + DRIFT, "a"))).isInstanceOf(MergeResult.News.class);
  }

  @Test
  void an_entry_of_another_network_or_of_this_node_is_not_taken() {
    assertThat(merge(entry(NetworkId.of("other"), PEER, 1, NOW, "a")))
        .isEqualTo(new MergeResult.Refused(MergeResult.Cause.OTHER_NETWORK));
    assertThat(merge(entry(SELF, 1, NOW, "a"))).isEqualTo(new MergeResult.AboutSelf());
    assertThat(catalog.size()).isZero();
  }

  @Test
  void a_stale_entry_goes_with_one_event_and_a_fresh_one_is_discovered_again() {
    PeerEntry first = entry(PEER, 1, NOW, "a").entry();
    merge(entry(PEER, 1, NOW, "a"));

    assertThat(catalog.nextExpiryMs()).isEqualTo(NOW + PURGE);
    assertThat(catalog.expire(NOW + PURGE - 1).events()).isEmpty();
    assertThat(catalog.expire(NOW + PURGE).events()).containsExactly(new PeerDeparted(first));
    assertThat(catalog.expire(NOW + PURGE + 1).events()).isEmpty();
    assertThat(catalog.shown().size()).isZero();
    long later = NOW + PURGE + 2;
    assertThat(catalog.merge(entry(PEER, 1, later, "b").toNotice(), false, later))
        .isEqualTo(new MergeResult.News(new PeerDiscovered(entry(PEER, 1, later, "b").entry())));
  }

  @Test
  void a_departed_peer_does_not_return_by_an_older_copy_but_by_a_new_life() {
    PeerEntry first = entry(PEER, 1, NOW, "a").entry();
    merge(entry(PEER, 1, NOW, "a"));

    assertThat(catalog.merge(departure(1, NOW + 5), false, NOW))
        .isEqualTo(new MergeResult.News(new PeerDeparted(first)));
    assertThat(merge(entry(PEER, 1, NOW, "a"))).isEqualTo(new MergeResult.Outdated());
    assertThat(merge(entry(PEER, 1, NOW + 4, "b"))).isEqualTo(new MergeResult.Outdated());
    assertThat(catalog.merge(entry(PEER, 1, NOW, "a").toNotice(), true, NOW))
        .isEqualTo(new MergeResult.Outdated());
    assertThat(merge(entry(PEER, 2, NOW + 4, "c"))).isInstanceOf(MergeResult.News.class);
  }

  @Test
  void a_departure_that_comes_before_the_entry_keeps_the_entry_out() {
    assertThat(catalog.merge(departure(1, NOW + 5), false, NOW))
        .isEqualTo(new MergeResult.News(null));
    assertThat(merge(entry(PEER, 1, NOW, "a"))).isEqualTo(new MergeResult.Outdated());

    assertThat(catalog.expire(NOW + PURGE).gone()).containsExactly(PEER.peerId());
  }

  @Test
  void a_departure_that_nobody_signed_changes_nothing() {
    merge(entry(PEER, 1, NOW, "a"));
    Notice right = departure(1, NOW + 5);
    var wrong =
        new Notice(
            right.kind(),
            right.network(),
            right.peer(),
            right.version(),
            right.bytes(),
            SELF.sign(right.bytes()));

    assertThat(catalog.merge(wrong, false, NOW)).isEqualTo(new MergeResult.Forged());
    assertThat(catalog.shown().size()).isEqualTo(1);
  }

  @Test
  void who_is_too_far_away_is_not_shown_and_all_else_of_it_is_as_it_was() {
    SignedPeerEntry first = entry(PEER, 1, NOW, "a");
    merge(first);

    assertThat(catalog.setFar(PEER.peerId(), true)).isEqualTo(new PeerDeparted(first.entry()));
    assertThat(catalog.setFar(PEER.peerId(), true)).isNull();
    SignedPeerEntry second = entry(PEER, 1, NOW + 1, "b");
    assertThat(merge(second)).isEqualTo(new MergeResult.News(null));
    assertThat(catalog.shown().size()).isZero();
    assertThat(catalog.toPassOn(PEER.peerId())).isEqualTo(second.toNotice());

    assertThat(catalog.demote(PEER.peerId())).isNull();
    assertThat(catalog.setFar(PEER.peerId(), false)).isNull(); // it is taken for dead
    assertThat(catalog.setFar(PEER.peerId(), true)).isNull();
    assertThat(catalog.merge(second.toNotice(), true, NOW)).isEqualTo(new MergeResult.News(null));
    assertThat(catalog.setFar(PEER.peerId(), false)).isEqualTo(new PeerDiscovered(second.entry()));
    assertThat(catalog.shown().peers()).containsExactly(second.entry());
  }

  @Test
  void how_far_a_peer_is_may_be_known_before_the_peer_and_is_forgotten_with_it() {
    assertThat(catalog.setFar(PEER.peerId(), true)).isNull();
    assertThat(merge(entry(PEER, 1, NOW, "a"))).isEqualTo(new MergeResult.News(null));
    assertThat(catalog.merge(departure(1, NOW + 5), false, NOW))
        .isEqualTo(new MergeResult.News(null));
    merge(entry(PEER, 2, NOW + 6, "b"));
    assertThat(catalog.shown().size()).isEqualTo(1);
  }

  @Test
  void a_demoted_peer_returns_by_itself_or_by_a_newer_entry_only() {
    SignedPeerEntry first = entry(PEER, 1, NOW, "a");
    merge(first);

    assertThat(catalog.demote(PEER.peerId())).isEqualTo(new PeerDeparted(first.entry()));
    assertThat(catalog.demote(PEER.peerId())).isNull();
    assertThat(merge(first)).isEqualTo(new MergeResult.Duplicate());
    assertThat(catalog.toPassOn(PEER.peerId())).isNull();
    assertThat(catalog.merge(first.toNotice(), true, NOW))
        .isEqualTo(new MergeResult.News(new PeerDiscovered(first.entry())));
    assertThat(catalog.demote(PEER.peerId())).isNotNull();
    assertThat(merge(entry(PEER, 1, NOW + 1, "b")))
        .isEqualTo(new MergeResult.News(new PeerDiscovered(entry(PEER, 1, NOW + 1, "b").entry())));
  }

  @Test
  void a_full_catalog_refuses_further_peers_and_keeps_up_with_the_known() {
    var small = new CatalogCore(NETWORK, SELF.peerId(), DiscoveryConfig.DEFAULTS.withMaxPeers(1));
    small.merge(entry(PEER, 1, NOW, "a").toNotice(), false, NOW);

    assertThat(small.merge(entry(SecretKey.of("third"), 1, NOW, "a").toNotice(), false, NOW))
        .isEqualTo(new MergeResult.Refused(MergeResult.Cause.FULL));
    assertThat(small.merge(entry(PEER, 1, NOW + 1, "b").toNotice(), false, NOW))
        .isInstanceOf(MergeResult.News.class);
  }

  @Test
  void snapshots_stay_as_they_were() {
    merge(entry(PEER, 1, NOW, "a"));
    CatalogSnapshot before = catalog.shown();

    merge(entry(SecretKey.of("third"), 1, NOW, "a"));

    assertThat(before.peers()).hasSize(1);
    assertThat(catalog.shown().peers()).hasSize(2);
    assertThat(catalog.shown().peers().stream().map(PeerEntry::peerId).toList()).isSorted();
  }

  private MergeResult merge(SignedPeerEntry entry) {
    return catalog.merge(entry.toNotice(), false, NOW);
  }

  private static Notice departure(long start, long update) {
    return Notice.departure(NETWORK, new EntryVersion(start, update), PEER);
  }

  private static Notice forged(long start, long update) {
    Notice right = entry(PEER, start, update, "forged").toNotice();
    return new Notice(
        right.kind(), right.network(), right.peer(), right.version(), right.bytes(), new byte[64]);
  }

  private static SignedPeerEntry entry(SecretKey key, long start, long update, String tag) {
    return entry(NETWORK, key, start, update, tag);
  }

  private static SignedPeerEntry entry(
      NetworkId network, SecretKey key, long start, long update, String tag) {
    return SignedPeerEntry.sign(
        new PeerEntry(
            1,
            network,
            key.peerId(),
            new EntryVersion(start, update),
            List.of(),
            new TreeSet<>(List.of(Tag.of(tag))),
            new TreeSet<>(),
            new TreeSet<>(),
            new TreeSet<>(),
            List.of()),
        key);
  }
}
