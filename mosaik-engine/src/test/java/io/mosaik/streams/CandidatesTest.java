package io.mosaik.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.discovery.Catalog;
import io.mosaik.discovery.Discovery;
import io.mosaik.discovery.EntryVersion;
import io.mosaik.discovery.PeerEntry;
import io.mosaik.id.NetworkId;
import io.mosaik.id.PeerId;
import io.mosaik.runtime.Watch;
import io.mosaik.runtime.WatchSource;
import io.mosaik.sim.World;
import io.mosaik.streams.flow.Backoff;
import io.mosaik.streams.flow.Choice;
import io.mosaik.tickets.TicketRequirement;
import io.mosaik.transport.Address;
import io.mosaik.transport.PeerAddress;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which producers a consumer takes from while their round-trip times become known. */
class CandidatesTest {

  private final World world = World.seeded(1);
  private final Map<PeerId, Duration> times = new LinkedHashMap<>();
  private final Map<PeerId, CompletableFuture<Duration>> pings = new LinkedHashMap<>();
  private final Map<PeerId, PeerEntry> entries = new LinkedHashMap<>();
  private final List<String> decided = new ArrayList<>();
  private final List<Integer> renounced = new ArrayList<>();
  private final Candidates candidates;

  CandidatesTest() {
    var platform = world.node("n").host().platform();
    var settings =
        new ConsumerSettings(
            StreamName.of(String.class),
            List.of(),
            TicketRequirement.NONE,
            Duration.ofMillis(20),
            null,
            null,
            null,
            16,
            Backoff.DEFAULT,
            Start.NOW,
            true,
            null,
            ConditionSpec.ALWAYS);
    candidates =
        new Candidates(
            platform,
            platform.newStrand("consumer"),
            platform.newUserStrand("user"),
            discovery(),
            settings,
            peer -> Choice.Health.PENDING,
            (entry, wanted) -> decided.add(number(entry.peerId()) + (wanted ? "+" : "-")),
            peer -> renounced.add(number(peer)));
  }

  @AfterEach
  void close() {
    world.close();
  }

  /** Knows the times that the test says, and answers pings when the test does. */
  private Discovery discovery() {
    Watch<Catalog> catalog = new WatchSource<>(new Known());
    return (Discovery)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {Discovery.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "rtt" -> times.get((PeerId) arguments[0]);
                  case "catalog" -> catalog;
                  case "ping" -> {
                    var answer = new CompletableFuture<Duration>();
                    pings.put(((PeerAddress) arguments[0]).peerId(), answer);
                    yield answer;
                  }
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }

  /** Everyone who has appeared. */
  private final class Known implements Catalog {

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
  }

  private static PeerId peer(int number) {
    var bytes = new byte[PeerId.LENGTH];
    bytes[0] = (byte) number;
    return PeerId.ofBytes(bytes);
  }

  private static int number(PeerId peer) {
    return peer.toBytes()[0];
  }

  private void appears(int number) {
    var entry =
        new PeerEntry(
            PeerEntry.PROTOCOL_VERSION,
            NetworkId.of("test"),
            peer(number),
            new EntryVersion(1, 1),
            List.of(new Address("host" + number, 4000)),
            new TreeSet<>(),
            new TreeSet<>(),
            new TreeSet<>(),
            new TreeSet<>(),
            List.of());
    entries.put(entry.peerId(), entry);
    candidates.judged(entry, candidates.judge(entry));
  }

  private void answers(int number, int rttMs) {
    times.put(peer(number), Duration.ofMillis(rttMs));
    Objects.requireNonNull(pings.remove(peer(number))).complete(Duration.ofMillis(rttMs));
    world.run(Duration.ofMillis(1));
  }

  @Test
  void who_is_not_known_is_measured_before_it_is_dialled() {
    appears(1);
    appears(2);
    assertThat(pings.keySet()).containsExactly(peer(1), peer(2));
    assertThat(decided).containsExactly("1-", "2-");
    assertThat(renounced).as("what is not known yet decides nothing").isEmpty();
    assertThat(candidates.unwanted().get(Unwanted.TOO_FAR)).isZero();

    answers(1, 19);
    answers(2, 20);
    assertThat(decided).containsExactly("1-", "2-", "1+", "2-");
    assertThat(renounced).containsExactly(2);
    assertThat(candidates.unwanted().get(Unwanted.TOO_FAR)).isOne();
  }

  @Test
  void whose_time_is_known_is_not_measured() {
    times.put(peer(1), Duration.ofMillis(5));
    appears(1);
    assertThat(pings).isEmpty();
    assertThat(decided).containsExactly("1+");
  }

  @Test
  void who_does_not_answer_is_taken_for_near_enough() {
    appears(1);
    Objects.requireNonNull(pings.get(peer(1))).completeExceptionally(new IllegalStateException());
    world.run(Duration.ofMillis(1));
    assertThat(decided).containsExactly("1-", "1+");
  }

  @Test
  void so_many_are_measured_at_a_time_and_the_others_in_their_turn() {
    for (int number = 1; number <= 20; number++) {
      appears(number);
    }
    assertThat(pings).hasSize(16);
    for (int number = 1; number <= 16; number++) {
      answers(number, 5);
    }
    assertThat(pings).isEmpty();
    candidates.tick(List.of(), peer -> null);
    assertThat(pings).hasSize(4);
  }

  @Test
  void who_is_gone_while_it_is_measured_is_not_dialled() {
    appears(1);
    candidates.gone(peer(1));
    answers(1, 5);
    assertThat(decided).containsExactly("1-");
  }
}
