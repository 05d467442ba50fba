package io.mosaik.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.mosaik.Network;
import io.mosaik.id.NetworkId;
import io.mosaik.id.PeerId;
import io.mosaik.id.StreamId;
import io.mosaik.id.Tag;
import io.mosaik.sim.LinkProfile;
import io.mosaik.sim.World;
import io.mosaik.transport.Address;
import io.mosaik.transport.PeerAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whole nodes in simulated worlds: what users see in the catalog, and when. */
class DiscoveryWorldTest {

  private static final NetworkId TRADING = NetworkId.of("trading");

  private final World world = World.seeded(1);
  private final Map<String, Network> nodes = new LinkedHashMap<>();

  @AfterEach
  void nothingFailed() {
    assertThat(world.failures()).isEmpty();
    world.close();
  }

  @Test
  void seven_nodes_find_each_other_from_one_address() {
    start(7);

    world.runUntil("all see all", () -> allSee(7), Duration.ofSeconds(3));
  }

  @Test
  void nodes_that_start_before_their_bootstrap_node_find_it() {
    PeerAddress later = PeerAddress.parse("n0:4000");
    for (int i = 1; i < 4; i++) {
      start("n" + i, TRADING, List.of(later));
    }
    world.run(Duration.ofSeconds(30));
    assertThat(seen(node("n1"))).isEmpty();

    world.node("n0");
    nodes.put(
        "n0",
        Network.builder(TRADING)
            .host(world.host("n0"))
            .secretKey(world.node("n0").key())
            .bind(new Address("0.0.0.0", 4000))
            .start());

    world.runUntil("all see all", () -> allSee(4), Duration.ofSeconds(10));
  }

  @Test
  void a_list_that_names_the_node_itself_serves_all_alike() {
    List<PeerAddress> all = List.of("n0", "n1", "n2").stream().map(this::bareAddress).toList();
    for (String name : List.of("n0", "n1", "n2")) {
      start(name, TRADING, all);
    }

    world.runUntil("all see all", () -> allSee(3), Duration.ofSeconds(3));
    world.run(Duration.ofMinutes(3));
    assertThat(allSee(3)).isTrue();
  }

  @Test
  void a_node_whose_clock_is_ahead_is_seen_when_its_clock_is_right() {
    start(3);
    world.node("late").clockOffset(Duration.ofMinutes(1));
    Network late = start("late", TRADING, List.of(node("n0").address()));
    List<DiscoveryEvent> events = new ArrayList<>();
    late.discovery().onEvent(Runnable::run, events::add);
    world.run(Duration.ofSeconds(30));
    assertThat(allSeeIgnoring(late, 3)).isTrue();
    assertThat(events).noneMatch(DiscoveryEvent.PeerDeparted.class::isInstance);

    world.node("late").clockOffset(Duration.ZERO);
    world.run(Duration.ofSeconds(30)); // its start is still a minute ahead of the others' clocks
    world.runUntil("all see all", () -> allSee(4), Duration.ofMinutes(1));
  }

  @Test
  void a_node_whose_clock_is_a_little_behind_is_like_any_other() {
    world.node("n1").clockOffset(Duration.ofSeconds(-8));
    start(3);

    world.runUntil("all see all", () -> allSee(3), Duration.ofSeconds(3));
    node("n1").discovery().addTags(Tag.of("behind"));
    world.runUntil(
        "all see its tag",
        () -> othersSee(node("n1"), e -> e.hasTag("behind")),
        Duration.ofSeconds(1));
  }

  /** One that is exactly as far as it may be stays. */
  @Test
  void who_is_further_away_than_may_be_is_left_out_until_it_is_near_for_good() {
    start(2);
    Network picky =
        Network.builder(TRADING)
            .host(world.host("picky"))
            .secretKey(world.node("picky").key())
            .bootstrap(node("n0").address())
            .discovery(
                DiscoveryConfig.DEFAULTS
                    .withMaxRtt(Duration.ofMillis(40))
                    .withSyncInterval(Duration.ofSeconds(5)))
            .start();
    world.link("picky", "n0", LinkProfile.ofLatency(Duration.ofMillis(20)));
    world.link("picky", "n1", LinkProfile.ofLatency(Duration.ofMillis(21)));
    List<DiscoveryEvent> events = new ArrayList<>();
    picky.discovery().onEvent(Runnable::run, events::add);
    world.run(Duration.ofSeconds(30));
    assertThat(seen(picky)).containsExactly(node("n0").peerId());
    assertThat(seen(node("n0"))).contains(picky.peerId(), node("n1").peerId());

    node("n1").discovery().addTags(Tag.of("far"));
    world.run(Duration.ofSeconds(30));
    assertThat(seen(picky)).containsExactly(node("n0").peerId());

    world.link("picky", "n1", LinkProfile.ofLatency(Duration.ofMillis(5)));
    world.runUntil(
        "it is near for good",
        () -> picky.discovery().catalog().get().get(node("n1").peerId()) != null,
        Duration.ofMinutes(2));
    PeerEntry found = events.getLast().entry();
    assertThat(events.getLast()).isInstanceOf(DiscoveryEvent.PeerDiscovered.class);
    assertThat(found.hasTag("far")).isTrue();
    picky.close();
  }

  @Test
  void a_peer_that_falls_silent_without_a_trace_is_gone_when_its_entry_is_stale() {
    start(2);
    world.runUntil("all see all", () -> allSee(2), Duration.ofSeconds(3));
    SignedPeerEntry last = node("n1").discovery().signedSelf();
    crash("n1");
    world.run(Duration.ofMinutes(1));
    assertThat(seen(node("n0"))).isEmpty();

    assertThat(world.await(node("n0").discovery().feed(last), Duration.ofSeconds(1))).isFalse();
    assertThat(seen(node("n0"))).isEmpty();
  }

  @Test
  void tags_and_streams_come_and_go_everywhere() {
    start(5);
    world.runUntil("all see all", () -> allSee(5), Duration.ofSeconds(3));
    Network n0 = node("n0");

    n0.discovery().addTags(Tag.of("matcher"));
    var advertised = n0.discovery().advertise(StreamId.of("orders"));
    world.runUntil(
        "all see the tag and the stream",
        () ->
            othersSee(n0, e -> e.hasTag("matcher") && e.streams().contains(StreamId.of("orders"))),
        Duration.ofSeconds(1));

    n0.discovery().removeTags(Tag.of("matcher"));
    advertised.cancel();
    world.runUntil(
        "nobody sees them any more",
        () -> othersSee(n0, e -> e.tags().isEmpty() && e.streams().isEmpty()),
        Duration.ofSeconds(1));
  }

  @Test
  void a_change_that_changes_nothing_makes_no_new_version() {
    start(2);
    world.runUntil("all see all", () -> allSee(2), Duration.ofSeconds(3));
    Network n0 = node("n0");
    n0.discovery().addTags(Tag.of("matcher"));
    world.run(Duration.ofMillis(10));
    EntryVersion before = n0.discovery().self().get().version();

    n0.discovery().addTags(Tag.of("matcher"));
    n0.discovery().removeTags(Tag.of("reporter"));
    world.run(Duration.ofMillis(10));

    assertThat(n0.discovery().self().get().version()).isEqualTo(before);
  }

  @Test
  void a_node_that_leaves_is_gone_everywhere_at_once() {
    start(5);
    world.runUntil("all see all", () -> allSee(5), Duration.ofSeconds(3));

    var closed = take("n3").closeAsync();

    world.runUntil("nobody sees it", () -> allSee(4), Duration.ofMillis(100));
    world.await(closed, Duration.ofSeconds(2));
    world.run(Duration.ofSeconds(200));
    assertThat(allSee(4)).isTrue();
  }

  @Test
  void a_node_that_crashes_is_noticed_within_ten_seconds() {
    start(5);
    world.runUntil("all see all", () -> allSee(5), Duration.ofSeconds(3));
    world.run(Duration.ofSeconds(20));

    crash("n3");

    world.runUntil("nobody sees it", () -> allSee(4), Duration.ofSeconds(10));
  }

  @Test
  void a_cut_link_does_not_remove_a_peer_that_others_see() {
    start(4);
    world.runUntil("all see all", () -> allSee(4), Duration.ofSeconds(3));
    List<DiscoveryEvent> events = new ArrayList<>();
    node("n1").discovery().onEvent(Runnable::run, events::add);

    world.cut("n1", "n2");
    world.run(Duration.ofMinutes(2));

    assertThat(events).noneMatch(DiscoveryEvent.PeerDeparted.class::isInstance);
    assertThat(allSee(4)).isTrue();
  }

  @Test
  void a_peer_behind_a_cut_link_that_crashes_is_noticed_too() {
    start(4);
    world.runUntil("all see all", () -> allSee(4), Duration.ofSeconds(3));
    world.cut("n1", "n2");
    world.run(Duration.ofMinutes(1));

    crash("n2");

    world.runUntil("nobody sees it", () -> allSee(3), Duration.ofSeconds(12));
  }

  @Test
  void a_short_glitch_removes_nobody() {
    start(4);
    world.runUntil("all see all", () -> allSee(4), Duration.ofSeconds(3));
    List<DiscoveryEvent> events = new ArrayList<>();
    nodes.values().forEach(n -> n.discovery().onEvent(Runnable::run, events::add));

    world.isolate("n2");
    world.run(Duration.ofSeconds(4));
    world.heal();
    world.run(Duration.ofSeconds(30));

    assertThat(events).noneMatch(DiscoveryEvent.PeerDeparted.class::isInstance);
  }

  @Test
  void a_partition_parts_the_catalog_and_healing_joins_it() {
    start(6);
    world.runUntil("all see all", () -> allSee(6), Duration.ofSeconds(3));

    world.partition(Set.of("n0", "n1", "n2"), Set.of("n3", "n4", "n5"));
    world.runUntil(
        "each side sees itself",
        () -> nodes.values().stream().allMatch(n -> seen(n).size() == 2),
        Duration.ofSeconds(12));
    node("n4").discovery().addTags(Tag.of("late"));
    world.run(Duration.ofMinutes(1));

    world.heal();
    world.runUntil("all see all", () -> allSee(6), Duration.ofSeconds(15));
    world.runUntil(
        "all see the tag",
        () -> othersSee(node("n4"), e -> e.hasTag("late")),
        Duration.ofSeconds(1));
  }

  @Test
  void a_node_that_restarts_with_its_key_supersedes_its_earlier_life() {
    start(4);
    world.runUntil("all see all", () -> allSee(4), Duration.ofSeconds(3));
    Network first = node("n2");
    first.discovery().addTags(Tag.of("first"));
    world.run(Duration.ofSeconds(1));

    world.crash("n2");
    world.run(Duration.ofSeconds(1));
    world.restart("n2");
    start("n2", TRADING, List.of(node("n0").address()));
    node("n2").discovery().addTags(Tag.of("second"));

    assertThat(node("n2").peerId()).isEqualTo(first.peerId());
    world.runUntil(
        "all see its new life",
        () -> othersSee(node("n2"), e -> e.hasTag("second") && !e.hasTag("first")),
        Duration.ofSeconds(3));
    world.runUntil("it sees all", () -> allSee(4), Duration.ofSeconds(3));
  }

  @Test
  void networks_on_the_same_machines_never_mix() {
    start(3);
    NetworkId other = NetworkId.of("other");
    List<PeerAddress> addresses = nodes.values().stream().map(Network::address).toList();
    Network stranger =
        Network.builder(other)
            .host(world.host("stranger"))
            .bootstrap(addresses.toArray(PeerAddress[]::new))
            .start();
    Network fellow =
        Network.builder(other).host(world.host("fellow")).bootstrap(stranger.address()).start();

    world.run(Duration.ofSeconds(30));

    assertThat(allSee(3)).isTrue();
    assertThat(seen(stranger)).containsExactly(fellow.peerId());
  }

  @Test
  void events_tell_the_catalog_completely_and_in_order() {
    start(1);
    Network n0 = node("n0");
    var told = new LinkedHashMap<PeerId, PeerEntry>();
    n0.discovery()
        .onEvent(
            Runnable::run,
            event -> {
              switch (event) {
                case DiscoveryEvent.PeerDiscovered(var entry) ->
                    assertThat(told.put(entry.peerId(), entry)).isNull();
                case DiscoveryEvent.PeerUpdated(var previous, var entry) ->
                    assertThat(told.put(entry.peerId(), entry)).isEqualTo(previous);
                case DiscoveryEvent.PeerDeparted(var entry) ->
                    assertThat(told.remove(entry.peerId())).isEqualTo(entry);
              }
            });
    for (int i = 1; i < 6; i++) {
      start("n" + i, TRADING, List.of(n0.address()));
    }
    world.run(Duration.ofSeconds(5));
    node("n4").discovery().addTags(Tag.of("a"));
    crash("n2");
    var unused = take("n3").closeAsync();
    world.run(Duration.ofMinutes(1));

    assertThat(told.values())
        .containsExactlyInAnyOrderElementsOf(n0.discovery().catalog().get().peers());
    assertThat(told).hasSize(3);
  }

  @Test
  void a_dial_meets_a_node_and_a_dial_to_nobody_says_so() {
    Network a = start("n0", TRADING, List.of());
    Network b = start("n1", TRADING, List.of());

    assertThat(
            world.await(
                a.discovery().dial(PeerAddress.of(b.address().candidates().getFirst())),
                Duration.ofSeconds(2)))
        .isEqualTo(b.peerId());
    assertThat(seen(a)).containsExactly(b.peerId());
    assertThat(seen(b)).containsExactly(a.peerId());
    assertThat(world.await(a.discovery().ping(b.address()), Duration.ofSeconds(2))).isPositive();
    assertThat(a.discovery().rtt(b.peerId())).isPositive();
    assertThat(
            catchThrowable(() ->
                world.await(
                    a.discovery().dial(PeerAddress.parse("nowhere:4000")), Duration.ofSeconds(15))))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("no peer was met");
  }

  // ---- the world

  private void start(int count) {
    Network first = start("n0", TRADING, List.of());
    for (int i = 1; i < count; i++) {
      start("n" + i, TRADING, List.of(first.address()));
    }
  }

  private Network start(String name, NetworkId id, List<PeerAddress> bootstrap) {
    Network network =
        Network.builder(id)
            .host(world.host(name))
            .secretKey(world.node(name).key())
            .bootstrap(bootstrap.toArray(PeerAddress[]::new))
            .start();
    nodes.put(name, network);
    return network;
  }

  private PeerAddress bareAddress(String host) {
    return PeerAddress.of(new Address(host, 4000));
  }

  private boolean allSeeIgnoring(Network stranger, int count) {
    return nodes.values().stream()
        .filter(node -> !node.equals(stranger))
        .allMatch(node -> seen(node).size() == count - 1);
  }

  private void crash(String name) {
    world.crash(name);
    nodes.remove(name);
  }

  private Network node(String name) {
    return Objects.requireNonNull(nodes.get(name));
  }

  private Network take(String name) {
    return Objects.requireNonNull(nodes.remove(name));
  }

  /** Whether all other nodes see the node's entry, as it should be. */
  private boolean othersSee(Network of, Predicate<PeerEntry> expected) {
    return nodes.values().stream()
        .filter(node -> !node.equals(of))
        .map(node -> node.discovery().catalog().get().get(of.peerId()))
        .allMatch(entry -> entry != null && expected.test(entry));
  }

  private static List<PeerId> seen(Network node) {
    return node.discovery().catalog().get().peers().stream().map(PeerEntry::peerId).toList();
  }

  /** Whether each node sees exactly the others, and there are so many. */
  private boolean allSee(int count) {
    return nodes.size() == count
        && nodes.values().stream()
            .allMatch(node ->
                Set.copyOf(seen(node))
                    .equals(
                        nodes.values().stream()
                            .map(Network::peerId)
                            .filter(peer -> !peer.equals(node.peerId()))
                            .collect(Collectors.toSet())));
  }
}
