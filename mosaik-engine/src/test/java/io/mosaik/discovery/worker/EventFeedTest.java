package io.mosaik.discovery.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.discovery.DiscoveryEvent;
import io.mosaik.discovery.DiscoveryEvent.PeerDeparted;
import io.mosaik.discovery.DiscoveryEvent.PeerDiscovered;
import io.mosaik.discovery.DiscoveryEvent.PeerUpdated;
import io.mosaik.discovery.EntryVersion;
import io.mosaik.discovery.PeerEntry;
import io.mosaik.id.NetworkId;
import io.mosaik.id.PeerId;
import io.mosaik.id.SecretKey;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventFeedTest {

  private static final List<PeerId> PEERS =
      List.of("a", "b", "c", "d", "e").stream().map(name -> SecretKey.of(name).peerId()).toList();

  /** What was given to the listener's executor and has not run. */
  private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();

  private final List<DiscoveryEvent> heard = new ArrayList<>();
  private final EventFeed feed =
      new EventFeed(Runnable::run, tasks::add, heard::add, cancelled -> {});

  @Test
  void a_listener_that_keeps_up_hears_every_event() {
    List<DiscoveryEvent> fired = new ArrayList<>();
    for (int i = 0; i < EventFeed.MAX_WAITING; i++) {
      fired.add(new PeerUpdated(entry(PEERS.get(0), i), entry(PEERS.get(0), i + 1)));
    }
    fired.forEach(feed::fire);
    drain();

    assertThat(heard).isEqualTo(fired);
  }

  @Test
  void what_waits_for_a_listener_that_hangs_is_bounded_and_ends_at_the_latest_entry() {
    int last = 100_000;
    for (int i = 0; i < last; i++) {
      feed.fire(new PeerUpdated(entry(PEERS.get(i % 5), i), entry(PEERS.get(i % 5), i + 1)));
    }
    assertThat(tasks).hasSize(EventFeed.MAX_WAITING);
    drain();

    assertThat(heard).hasSize(EventFeed.MAX_WAITING + 5);
    assertThat(heard.getLast().entry().version().updateMs()).isGreaterThan(last - 5);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void a_listener_however_slow_is_led_to_the_catalog_there_is(long seed) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    var catalog = new TreeMap<PeerId, PeerEntry>();
    for (int i = 0; i < 10_000; i++) {
      feed.fire(change(catalog, PEERS.get(random.nextInt(PEERS.size())), i, random));
      if (random.nextInt(4) == 0 && !tasks.isEmpty()) {
        tasks.remove().run();
      }
    }
    drain();

    assertThat(heard).hasSizeLessThan(9_000);
    assertThat(replayed()).isEqualTo(catalog);
  }

  private static DiscoveryEvent change(
      Map<PeerId, PeerEntry> catalog, PeerId peer, int version, RandomGenerator random) {
    PeerEntry present = catalog.get(peer);
    PeerEntry next = entry(peer, version);
    if (present == null) {
      catalog.put(peer, next);
      return new PeerDiscovered(next);
    }
    if (random.nextBoolean()) {
      catalog.remove(peer);
      return new PeerDeparted(present);
    }
    catalog.put(peer, next);
    return new PeerUpdated(present, next);
  }

  /** The catalog of who knows only what was heard; each event must fit what came before. */
  private Map<PeerId, PeerEntry> replayed() {
    var catalog = new TreeMap<PeerId, PeerEntry>();
    for (DiscoveryEvent event : heard) {
      PeerId peer = event.entry().peerId();
      switch (event) {
        case PeerDiscovered discovered ->
            assertThat(catalog.put(peer, discovered.entry())).isNull();
        case PeerUpdated updated ->
            assertThat(catalog.put(peer, updated.entry())).isEqualTo(updated.previous());
        case PeerDeparted departed -> assertThat(catalog.remove(peer)).isNotNull();
      }
    }
    return catalog;
  }

  private void drain() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
  }

  private static PeerEntry entry(PeerId peer, long updateMs) {
    return new PeerEntry(
        PeerEntry.PROTOCOL_VERSION,
        NetworkId.of("net"),
        peer,
        new EntryVersion(1, updateMs),
        List.of(),
        new TreeSet<>(),
        new TreeSet<>(),
        new TreeSet<>(),
        new TreeSet<>(),
        List.of());
  }
}
