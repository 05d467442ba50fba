package io.mosaik.sample.matcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.Host;
import io.mosaik.Network;
import io.mosaik.groups.Group;
import io.mosaik.groups.Group.Consistency;
import io.mosaik.groups.GroupKey;
import io.mosaik.id.NetworkId;
import io.mosaik.runtime.Platform;
import io.mosaik.runtime.Strand;
import io.mosaik.sample.Fill;
import io.mosaik.sample.FillRequest;
import io.mosaik.sample.Order;
import io.mosaik.sample.OrderGenerator;
import io.mosaik.sample.Positions;
import io.mosaik.sample.SequenceSet;
import io.mosaik.sim.Node;
import io.mosaik.sim.World;
import io.mosaik.streams.Producer;
import io.mosaik.transport.Address;
import io.mosaik.transport.PeerAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The trading network in a simulated world: the samples' own logic on the whole engine. */
class TradingWorldTest {

  private static final int ORDERS = 150;
  private static final NetworkId NETWORK = NetworkId.of("trading");
  private static final PendingOrders.Config CONFIG =
      new PendingOrders.Config(10_000, 50, 4, 1_000_000_000L, 500_000_000L);

  @Test
  void everything_is_applied_once_and_reported_once() {
    World.forSeeds(
        1,
        5,
        world -> {
          var trading = new Trading(world);
          trading.awaitAllApplied();
          trading.checkAll();
        });
  }

  @Test
  void nothing_is_lost_or_done_twice_when_the_leader_dies() {
    World.forSeeds(
        100,
        10,
        world -> {
          var trading = new Trading(world);
          world.run(Duration.ofMillis(2_000 + world.random().nextInt(6_000)));
          trading.killLeader();
          trading.awaitAllApplied();
          trading.checkAll();
        });
  }

  @Test
  void nothing_is_lost_or_done_twice_whichever_matcher_dies_and_whenever() {
    World.forSeeds(
        200,
        15,
        world -> {
          var trading = new Trading(world);
          trading.awaitFirstOrder();
          world.run(Duration.ofMillis(world.random().nextInt(4_000)));
          trading.kill(trading.matchers.get(world.random().nextInt(3)));
          trading.awaitAllApplied();
          trading.checkAll();
        });
  }

  @Test
  void a_matcher_that_comes_back_without_its_log_repeats_nothing() {
    World.forSeeds(
        300,
        8,
        world -> {
          var trading = new Trading(world);
          trading.awaitFirstOrder();
          world.run(Duration.ofMillis(world.random().nextInt(3_000)));
          Matcher dead = trading.matchers.get(world.random().nextInt(3));
          trading.kill(dead);
          world.run(Duration.ofMillis(world.random().nextInt(15_000)));
          world.restart(dead.name);
          trading.matchers.add(new Matcher(world.node(dead.name)));
          trading.awaitAllApplied();
          trading.checkAll();
        });
  }

  @Test
  void a_leader_that_is_cut_off_until_its_submissions_are_in_doubt_repeats_nothing() {
    World.forSeeds(
        400,
        8,
        world -> {
          var trading = new Trading(world);
          trading.awaitFirstOrder();
          world.run(Duration.ofMillis(world.random().nextInt(2_500)));
          String leader = trading.leader().name;
          Set<String> others = new TreeSet<>(Trading.NAMES);
          others.remove(leader);
          world.partition(Set.of(leader), others);
          world.run(Duration.ofSeconds(12 + world.random().nextInt(20)));
          world.heal();
          trading.awaitAllApplied();
          trading.checkAll();
        });
  }

  /** Two traders, three matchers, two reporters; everyone is told the first matcher's address. */
  private static final class Trading {
    static final List<String> NAMES =
        List.of("matcher1", "matcher2", "matcher3", "reporter1", "reporter2", "trader1", "trader2");

    final World world;
    final List<Matcher> matchers = new ArrayList<>();
    final List<Reporter> reporters = new ArrayList<>();
    final List<Trader> traders = new ArrayList<>();

    Trading(World world) {
      this.world = world;
      for (int i = 1; i <= 3; i++) {
        matchers.add(new Matcher(world.node("matcher" + i)));
      }
      for (int i = 1; i <= 2; i++) {
        reporters.add(new Reporter(world.node("reporter" + i)));
        traders.add(new Trader(world.node("trader" + i), world.seed() * 10 + i));
      }
    }

    void killLeader() {
      kill(leader());
    }

    Matcher leader() {
      world.runUntil(
          "someone leads",
          () -> matchers.stream().anyMatch(matcher -> matcher.books.isLeader()),
          Duration.ofSeconds(60));
      return matchers.stream()
          .filter(matcher -> matcher.books.isLeader())
          .findFirst()
          .orElseThrow();
    }

    void kill(Matcher matcher) {
      matchers.remove(matcher);
      world.crash(matcher.name);
    }

    void awaitFirstOrder() {
      world.runUntil(
          "orders flow",
          () -> traders.stream().allMatch(trader -> trader.sent > 0),
          Duration.ofSeconds(60));
    }

    void awaitAllApplied() {
      world.runUntil(
          "all is applied and reported",
          () ->
              traders.stream().allMatch(trader -> trader.sent == ORDERS)
                  && matchers.stream().allMatch(Matcher::hasAppliedAll)
                  && reporters.stream().allMatch(r -> r.seen.size() == matchers.get(0).lastFill),
          Duration.ofMinutes(2));
      world.run(Duration.ofSeconds(5));
    }

    void checkAll() {
      List<BookAnswer.Overview> overviews = new ArrayList<>();
      for (Matcher matcher : matchers) {
        BookAnswer answer = matcher.books.query(BookQuery.all(), Consistency.WEAK).answer();
        overviews.add(Objects.requireNonNull(answer.overview()));
      }
      BookAnswer.Overview book = overviews.get(0);
      assertThat(overviews).allSatisfy(other -> assertThat(other).isEqualTo(book));
      assertThat(book.orders()).isEqualTo(2L * ORDERS);
      assertThat(book.ordersByTrader()).hasSize(2).containsValue((long) ORDERS);
      assertThat(book.fills()).isPositive();
      for (Reporter reporter : reporters) {
        assertThat(reporter.seen.watermark()).isEqualTo(book.fills());
        assertThat(reporter.positions.fillsDigest()).isEqualTo(book.fillsDigest());
        assertThat(reporter.positions.volumes()).isEqualTo(book.pairs());
        assertThat(reporter.positions.positions()).isEqualTo(book.positions());
      }
      assertThat(world.failures()).isEmpty();
    }
  }

  private static Network start(Node node, Host host, String tag) {
    return Network.builder(NETWORK)
        .host(host)
        .secretKey(node.key())
        .bind(new Address("0.0.0.0", 4000))
        .tags(tag)
        .bootstrap(PeerAddress.parse("matcher1:4000"))
        .start();
  }

  private static final class Matcher {
    final String name;
    final Platform platform;
    final Strand strand;
    final Group<OrderBatch, Integer, BookQuery, BookAnswer> books;
    final Producer<Fill> fills;
    final PendingOrders pending = new PendingOrders(CONFIG);
    long appliedOrders;
    long lastFill;

    Matcher(Node node) {
      name = node.name();
      var host = node.host();
      platform = host.platform();
      strand = platform.newStrand("matcher");
      Network network = start(node, host, "matcher");
      fills = network.streams().produce(Fill.class);
      books =
          network
              .groups()
              .withKey(GroupKey.of("order-book"))
              .stateMachine(new BookMachine(this::publish, this::applied))
              .join();
      var unusedStatus =
          books
              .status()
              .observe(
                  strand,
                  status -> {
                    pending.leadership(status.role() == Group.Role.LEADER, now());
                    submit();
                  });
      var unusedOrders =
          network
              .streams()
              .consume(Order.class)
              .listen(received ->
                  strand.execute(() -> {
                    pending.add(received.datum(), now());
                    submit();
                  }));
      var unusedRequests =
          network
              .streams()
              .consume(FillRequest.class)
              .listen(received ->
                  books
                      .query(BookQuery.fills(received.datum().fromSequence()), Consistency.WEAK)
                      .answer()
                      .fills()
                      .forEach(this::publish));
      tick();
    }

    boolean hasAppliedAll() {
      return pending.size() == 0 && appliedOrders >= 2L * ORDERS;
    }

    private long now() {
      return platform.clock().nanoTime();
    }

    private void tick() {
      submit();
      var unused = strand.schedule(Duration.ofMillis(100), this::tick);
    }

    private void submit() {
      for (List<Order> next = pending.next(now()); !next.isEmpty(); next = pending.next(now())) {
        List<Order> batch = next;
        var unused =
            books
                .executeAsync(new OrderBatch(batch))
                .whenComplete((done, error) ->
                    strand.execute(() -> {
                      pending.answered(batch, now());
                      submit();
                    }));
      }
    }

    private void publish(Fill fill) {
      lastFill = Math.max(lastFill, fill.sequence());
      var unused = fills.trySend(fill);
    }

    private void applied(List<Order> batch) {
      strand.execute(() -> {
        for (Order order : batch) {
          pending.applied(order.trader(), order.sequence());
        }
        appliedOrders += batch.size();
        submit();
      });
    }
  }

  private static final class Reporter {
    final SequenceSet seen = new SequenceSet(1_000);
    final Positions positions = new Positions();
    final Strand strand;
    final Producer<FillRequest> requests;

    Reporter(Node node) {
      var host = node.host();
      strand = host.platform().newStrand("reporter");
      Network network = start(node, host, "reporter");
      requests = network.streams().produce(FillRequest.class);
      var unusedFills =
          network
              .streams()
              .consume(Fill.class)
              .listen(received -> strand.execute(() -> add(received.datum())));
      ask();
    }

    private void add(Fill fill) {
      if (seen.add(fill.sequence())) {
        positions.add(fill);
      }
    }

    private void ask() {
      var unusedResult = requests.trySend(new FillRequest(seen.watermark() + 1));
      var unusedTimer = strand.schedule(Duration.ofSeconds(1), this::ask);
    }
  }

  private static final class Trader {
    final String name;
    final Strand strand;
    final Producer<Order> orders;
    final OrderGenerator generator;
    int sent;

    Trader(Node node, long seed) {
      name = node.name();
      generator = new OrderGenerator(seed);
      var host = node.host();
      strand = host.platform().newStrand("trader");
      Network network = start(node, host, "trader");
      orders = network.streams().produce(Order.class);
      var unused =
          orders
              .when()
              .subscribed()
              .minimumOf(3)
              .withTags("matcher")
              .future()
              .thenRun(() -> strand.execute(this::sendNext));
    }

    private void sendNext() {
      if (sent < ORDERS) {
        sent++;
        var unused = orders.sendAsync(generator.get().by(name, sent, sent));
        var unusedTimer = strand.schedule(Duration.ofMillis(20), this::sendNext);
      }
    }
  }
}
