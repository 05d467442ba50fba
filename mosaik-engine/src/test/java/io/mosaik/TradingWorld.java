package io.mosaik;

import io.mosaik.groups.ApplyContext;
import io.mosaik.groups.Group;
import io.mosaik.groups.GroupKey;
import io.mosaik.groups.StateMachine;
import io.mosaik.id.PeerId;
import io.mosaik.sim.Node;
import io.mosaik.sim.World;
import io.mosaik.streams.Consumer;
import io.mosaik.streams.Datum;
import io.mosaik.streams.Producer;
import io.mosaik.streams.SubscriptionInfo;
import io.mosaik.transport.PeerAddress;
import io.mosaik.wire.BinaryReader;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.Codec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The trading network in a simulated world: traders produce orders; matchers consume them, share a
 * group, and produce fills; reporters consume those. Only the first trader's address is given to
 * the others. Each order becomes one command of the group, and each matcher that has it applied
 * reports it.
 */
final class TradingWorld implements AutoCloseable {

  static final List<String> TRADERS = List.of("trader1", "trader2");
  static final List<String> MATCHERS = List.of("matcher1", "matcher2", "matcher3");
  static final List<String> REPORTERS = List.of("reporter1", "reporter2");

  private static final GroupKey BOOK_KEY = GroupKey.of("the matchers' key");

  @Datum("orders")
  record Order(String id) {}

  @Datum("fills")
  record Fill(String order, String matcher) {}

  final World world;
  final Map<String, Network> networks = new LinkedHashMap<>();
  final Map<String, Producer<Order>> orders = new LinkedHashMap<>();
  final Map<String, Consumer<Order>> intakes = new LinkedHashMap<>();
  final Map<String, Group<String, Integer, String, String>> books = new LinkedHashMap<>();
  final Map<String, Book> machines = new LinkedHashMap<>();
  final Map<String, Producer<Fill>> fills = new LinkedHashMap<>();
  final Map<String, Consumer<Fill>> reports = new LinkedHashMap<>();
  final Map<String, Set<String>> reported = new LinkedHashMap<>();

  TradingWorld(World world) {
    this.world = world;
    TRADERS.forEach(name -> world.node(name).runs(this::startTrader));
    MATCHERS.forEach(name -> world.node(name).runs(this::startMatcher));
    REPORTERS.forEach(name -> world.node(name).runs(this::startReporter));
  }

  private Network start(Node node, String tag) {
    Network first = networks.get(TRADERS.getFirst());
    PeerAddress[] bootstrap =
        first == null || node.name().equals(TRADERS.getFirst())
            ? new PeerAddress[0]
            : new PeerAddress[] {first.address()};
    Network network =
        world.network(node.name(), settings -> settings.tags(tag).bootstrap(bootstrap));
    networks.put(node.name(), network);
    return network;
  }

  private void startTrader(Node node) {
    orders.put(node.name(), start(node, "trader").streams().produce(Order.class));
  }

  private void startMatcher(Node node) {
    Network network = start(node, "matcher");
    Producer<Fill> fill = network.streams().produce(Fill.class);
    var book = new Book(order -> fill.trySend(new Fill(order, node.name())));
    var group = network.groups().withKey(BOOK_KEY).stateMachine(book).join();
    Consumer<Order> intake = network.streams().consume(Order.class);
    intake.listen(received -> {
      var unused = group.executeAsync(received.datum().id());
    });
    fills.put(node.name(), fill);
    machines.put(node.name(), book);
    books.put(node.name(), group);
    intakes.put(node.name(), intake);
  }

  private void startReporter(Node node) {
    Consumer<Fill> consumer = start(node, "reporter").streams().consume(Fill.class);
    Set<String> seen = new TreeSet<>();
    consumer.listen(received -> seen.add(received.datum().order()));
    reports.put(node.name(), consumer);
    reported.put(node.name(), seen);
  }

  /** The names of the peers that a subscription list shows as connected. */
  Set<String> connected(List<SubscriptionInfo> subscriptions) {
    var names = new TreeSet<String>();
    for (SubscriptionInfo subscription : subscriptions) {
      if (subscription.state() == SubscriptionInfo.State.CONNECTED) {
        names.add(name(subscription.peer()));
      }
    }
    return names;
  }

  Set<String> names(List<PeerId> peers) {
    var names = new TreeSet<String>();
    peers.forEach(peer -> names.add(name(peer)));
    return names;
  }

  /** What a node of that name has; it has been started. */
  static <V> V at(Map<String, V> things, String name) {
    return Objects.requireNonNull(things.get(name), name);
  }

  private String name(PeerId peer) {
    return networks.entrySet().stream()
        .filter(entry -> entry.getValue().peerId().equals(peer))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse("a stranger");
  }

  /** Whether every link that there should be is there. */
  boolean isComplete() {
    return TRADERS.stream()
            .allMatch(name -> connected(at(orders, name).consumers()).containsAll(MATCHERS))
        && MATCHERS.stream()
            .allMatch(name ->
                connected(at(intakes, name).producers()).containsAll(TRADERS)
                    && connected(at(fills, name).consumers()).containsAll(REPORTERS)
                    && at(books, name).bonds().size() == MATCHERS.size() - 1
                    && at(books, name).status().get().online())
        && REPORTERS.stream()
            .allMatch(name -> connected(at(reports, name).producers()).containsAll(MATCHERS));
  }

  @Override
  public void close() {
    world.close();
  }

  /** Keeps each order once. */
  static final class Book implements StateMachine<String, Integer, String, String> {

    private static final Codec<String> TEXT =
        new Codec<>() {
          @Override
          public void encode(String value, BinaryWriter out) {
            out.string(value);
          }

          @Override
          public String decode(BinaryReader in) {
            return in.string(1_000);
          }
        };

    private final Map<String, Integer> numbers = new TreeMap<>();
    private final List<String> inOrder = new ArrayList<>();
    private final java.util.function.Consumer<String> onFirst;

    Book(java.util.function.Consumer<String> onFirst) {
      this.onFirst = onFirst;
    }

    List<String> inOrder() {
      return inOrder;
    }

    @Override
    public String signature() {
      return "test-book.1";
    }

    @Override
    public Integer apply(String order, ApplyContext context) {
      return numbers.computeIfAbsent(
          order,
          id -> {
            inOrder.add(id);
            onFirst.accept(id);
            return inOrder.size();
          });
    }

    @Override
    public void reset() {
      numbers.clear();
      inOrder.clear();
    }

    @Override
    public String query(String query) {
      return String.join(",", inOrder);
    }

    @Override
    public Codec<String> commandCodec() {
      return TEXT;
    }

    @Override
    public Codec<String> queryCodec() {
      return TEXT;
    }

    @Override
    public Codec<String> answerCodec() {
      return TEXT;
    }
  }
}
