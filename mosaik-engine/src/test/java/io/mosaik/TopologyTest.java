package io.mosaik;

import static io.mosaik.TradingWorld.MATCHERS;
import static io.mosaik.TradingWorld.REPORTERS;
import static io.mosaik.TradingWorld.TRADERS;
import static io.mosaik.TradingWorld.at;
import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.groups.BondInfo;
import io.mosaik.sim.LinkProfile;
import io.mosaik.sim.Trace;
import io.mosaik.sim.World;
import io.mosaik.sim.World.OpenConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Seven whole nodes with the roles of the trading network, in simulated worlds. */
class TopologyTest {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  private static void assertExactlyThePicture(TradingWorld trading) {
    for (String trader : TRADERS) {
      assertThat(trading.connected(at(trading.orders, trader).consumers()))
          .isEqualTo(set(MATCHERS));
    }
    for (String matcher : MATCHERS) {
      assertThat(trading.connected(at(trading.intakes, matcher).producers()))
          .isEqualTo(set(TRADERS));
      assertThat(trading.connected(at(trading.fills, matcher).consumers()))
          .isEqualTo(set(REPORTERS));
      Set<String> others = set(MATCHERS);
      others.remove(matcher);
      assertThat(
              trading.names(
                  at(trading.books, matcher).bonds().stream().map(BondInfo::peer).toList()))
          .isEqualTo(others);
    }
    for (String reporter : REPORTERS) {
      assertThat(trading.connected(at(trading.reports, reporter).producers()))
          .isEqualTo(set(MATCHERS));
    }
    assertThat(undirected(trading.world.connections("/mosaik/streams/1.0")))
        .containsExactlyInAnyOrderElementsOf(pairs());
    assertThat(undirected(trading.world.connections("/mosaik/groups/1")))
        .containsExactlyInAnyOrder(
            Set.of("matcher1", "matcher2"),
            Set.of("matcher1", "matcher3"),
            Set.of("matcher2", "matcher3"));
  }

  private static Set<String> set(List<String> names) {
    return new TreeSet<>(names);
  }

  private static List<Set<String>> undirected(List<OpenConnection> connections) {
    return connections.stream().map(c -> Set.of(c.dialler(), c.acceptor())).toList();
  }

  /** One stream link for each trader and matcher, and for each matcher and reporter. */
  private static List<Set<String>> pairs() {
    var pairs = new ArrayList<Set<String>>();
    for (String matcher : MATCHERS) {
      TRADERS.forEach(trader -> pairs.add(Set.of(trader, matcher)));
      REPORTERS.forEach(reporter -> pairs.add(Set.of(matcher, reporter)));
    }
    return pairs;
  }

  @Test
  void seven_nodes_with_one_bootstrap_address_form_exactly_the_picture_and_keep_it() {
    World.forSeeds(
        1,
        15,
        world -> {
          world.links(new LinkProfile(Duration.ofMillis(5), Duration.ofMillis(20), 0));
          try (var trading = new TradingWorld(world)) {
            world.runUntil("every link is there", trading::isComplete, LIMIT);
            assertThat(world.now()).isLessThan(Duration.ofSeconds(15));
            world.run(Duration.ofSeconds(5));
            assertExactlyThePicture(trading);
            if (world.seed() == 1) {
              world.run(Duration.ofMinutes(10));
              assertExactlyThePicture(trading);
            }
            assertThat(world.failures()).isEmpty();
          }
        });
  }

  @Test
  void a_matcher_that_crashes_and_returns_is_taken_back_into_the_picture() {
    World.forSeeds(
        100,
        3,
        world -> {
          try (var trading = new TradingWorld(world)) {
            world.runUntil("every link is there", trading::isComplete, LIMIT);
            world.crash("matcher2").run(Duration.ofSeconds(20));
            assertThat(undirected(world.connections("/mosaik/groups/1")))
                .containsExactly(Set.of("matcher1", "matcher3"));
            world.restart("matcher2");
            world.runUntil("every link is there again", trading::isComplete, LIMIT);
            world.run(Duration.ofSeconds(10));
            assertExactlyThePicture(trading);
            assertThat(world.failures()).isEmpty();
          }
        });
  }

  /** Orders flow while a matcher crashes and returns and another is cut off. */
  private static TradingRun trade(long seed) {
    try (World world = World.seeded(seed);
        var trading = new TradingWorld(world)) {
      world.links(new LinkProfile(Duration.ofMillis(1), Duration.ofMillis(2), 10_000_000));
      world.runUntil("every link is there", trading::isComplete, LIMIT);
      world.after(Duration.ofSeconds(2), () -> world.crash("matcher1"));
      world.after(Duration.ofSeconds(6), () -> world.restart("matcher1"));
      world.after(Duration.ofSeconds(7), () -> world.isolate("matcher3"));
      world.after(Duration.ofSeconds(9), world::heal);
      for (int i = 0; i < 200; i++) {
        int number = i;
        trading.orders.forEach(
            (name, producer) -> producer.trySend(new TradingWorld.Order(name + "-" + number)));
        world.run(Duration.ofMillis(50));
      }
      world.runUntil(
          "the books agree",
          () ->
              trading.isComplete()
                  && trading.machines.values().stream()
                          .map(TradingWorld.Book::inOrder)
                          .distinct()
                          .count()
                      == 1,
          LIMIT);
      return new TradingRun(world.trace(), List.copyOf(at(trading.machines, "matcher2").inOrder()));
    }
  }

  private record TradingRun(Trace trace, List<String> book) {}

  @Test
  void two_runs_of_one_seed_over_whole_nodes_and_faults_are_the_same_event_by_event() {
    for (long seed = 1; seed <= 2; seed++) {
      TradingRun first = trade(seed);
      TradingRun second = trade(seed);
      assertThat(second.trace().hash()).as("seed %d", seed).isEqualTo(first.trace().hash());
      assertThat(second.trace().events()).isEqualTo(first.trace().events());
      assertThat(second.book()).isEqualTo(first.book());
      assertThat(first.book()).hasSizeGreaterThan(200).doesNotHaveDuplicates();
    }
    assertThat(trade(4).trace().hash()).isNotEqualTo(trade(5).trace().hash());
  }
}
