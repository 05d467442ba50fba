package io.mosaik.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.Network;
import io.mosaik.id.PeerId;
import io.mosaik.id.TicketId;
import io.mosaik.sim.World;
import io.mosaik.streams.criteria.Criteria;
import io.mosaik.tickets.Ticket;
import io.mosaik.tickets.TicketValidator;
import io.mosaik.tickets.Validity;
import io.mosaik.wire.BinaryReader;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.Codec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Runs what {@code docs/streams.md} shows, and sees that it shows what runs. */
class StreamsGuideTest {

  private final World world = World.seeded(1);
  private final Network n0 = world.network("n0", node -> node.tags("exchange"));
  private final Network n1 =
      world.network("n1", node -> node.tags("reader").bootstrap(n0.address()));
  private final Network n2 =
      world.network("n2", node -> node.tags("reader").bootstrap(n0.address()));

  @AfterEach
  void close() {
    world.close();
  }

  @Datum("trades")
  record Trade(String pair, long price, int quantity) {}

  @Test
  void the_first_example() {
    Producer<Trade> trades = n0.streams().produce(Trade.class);
    Consumer<Trade> first = n1.streams().consume(Trade.class);
    Consumer<Trade> second = n2.streams().consume(Trade.class);

    trades.when().subscribed().minimumOf(2).await();
    trades.send(new Trade("BTC-USD", 97_000, 1));

    Trade received = first.receive();
    assertThat(received).isEqualTo(new Trade("BTC-USD", 97_000, 1));
    assertThat(second.receive()).isEqualTo(received);
  }

  @Test
  void settings() {
    var lost = new ArrayList<Trade>();

    Producer<Trade> trades =
        n0.streams()
            .producer(Trade.class)
            .requireConsumer(peer -> peer.hasTag("reader"))
            .onlineWhen(subscribed -> subscribed.minimumOf(2))
            .maxConsumers(4)
            .bufferSize(10_000)
            .slowConsumers(SlowConsumerPolicy.DROP_OLDEST)
            .egressLimit(EgressLimit.bytes(10_000_000))
            .undelivered(lost::add)
            .build();

    Consumer<Trade> consumer =
        n1.streams()
            .consumer(Trade.class)
            .subscribeIf(peer -> peer.hasTag("exchange"))
            .prefer(Preference.nearest(2))
            .criteria(Criteria.where("pair").in("BTC-USD", "ETH-USD"))
            .backoff(Duration.ofSeconds(1), Duration.ofMinutes(1))
            .build();

    n2.streams().consume(Trade.class);
    trades.send(new Trade("ETH-USD", 3_000, 1));
    assertThat(consumer.receive().pair()).isEqualTo("ETH-USD");
    assertThat(lost).isEmpty();
  }

  @Test
  void sending() {
    var handled = new ArrayList<String>();
    var trade = new Trade("BTC-USD", 97_000, 1);
    Producer<Trade> trades = n0.streams().produce(Trade.class);

    switch (trades.trySend(trade)) {
      case SendResult.Sent<Trade> ignored -> handled.add("on its way");
      case SendResult.Offline<Trade> offline -> handled.add("nobody there: " + offline.datum());
      case SendResult.Full<Trade> full -> handled.add("no room: " + full.datum());
      case SendResult.Closed<Trade> closed -> handled.add("too late: " + closed.datum());
    }

    CompletableFuture<Integer> heard = trades.sendAsync(trade); // completes with 1
    Consumer<Trade> consumer = n1.streams().consume(Trade.class);
    trades.sendAll(List.of(trade, trade), Duration.ofSeconds(5));

    int readers = trades.sendAndCount(trade); // waits for its turn: 1
    int atLeast = trades.sendAllAndCount(List.of(trade, trade)); // of each of them: 1

    world.run(Duration.ofSeconds(1));
    assertThat(handled).containsExactly("nobody there: " + trade);
    assertThat(heard).isCompletedWithValue(1);
    assertThat(readers).isOne();
    assertThat(atLeast).isOne();
    assertThat(consumer.stats().datums()).isEqualTo(6);
  }

  @Test
  void taking() {
    var book = new ArrayList<Trade>();
    var gaps = new ArrayList<Gap>();
    Producer<Trade> trades = n0.streams().produce(Trade.class);
    Consumer<Trade> consumer = n1.streams().consume(Trade.class);
    Consumer<Trade> listening = n2.streams().consume(Trade.class);
    Consumer<Trade> quick = n2.streams().consume(Trade.class);
    trades.when().subscribed().minimumOf(3).await();
    trades.send(new Trade("BTC-USD", 97_000, 1));
    world.run(Duration.ofSeconds(1));
    consumer.close();

    for (Trade next : consumer) { // ends when the consumer is closed
      book.add(next);
    }

    listening.onGap(gaps::add);
    listening.listen(4, next -> book.add(next.datum())); // four side by side
    quick.listenDirectly(next -> book.add(next.datum())); // must not block

    world.run(Duration.ofSeconds(1));
    assertThat(book).hasSize(3);
    assertThat(gaps).isEmpty();
  }

  @Test
  void the_recent_past() {
    Producer<Trade> trades =
        n0.streams()
            .producer(Trade.class)
            .onlineWhen(subscribed -> subscribed.minimumOf(0)) // also with nobody there
            .replay(Replay.lastFor(Duration.ofMinutes(10)).withDatums(100_000))
            .build();
    trades.send(new Trade("BTC-USD", 97_000, 1));

    Consumer<Trade> late = n1.streams().consumer(Trade.class).from(Start.EARLIEST).build();
    Trade earlier = late.receive();

    assertThat(earlier).isEqualTo(new Trade("BTC-USD", 97_000, 1));
    assertThat(trades.past().datums()).isOne();
  }

  record Volume(long traded, int trades) {

    static final Volume NONE = new Volume(0, 0);

    Volume plus(Trade trade) {
      return new Volume(traded + trade.price() * trade.quantity(), trades + 1);
    }

    Volume and(Volume other) {
      return new Volume(traded + other.traded, trades + other.trades);
    }
  }

  static final Fold<Trade, Volume> VOLUME =
      Fold.<Trade, Volume>of("volume", Volume.NONE, Volume::plus).merging(Volume::and);

  @Test
  void views() {
    Producer<Trade> trades = n0.streams().producer(Trade.class).fold(VOLUME).build();
    Consumer<Trade> consumer = n2.streams().consume(Trade.class);
    trades.send(new Trade("BTC-USD", 97_000, 2));

    View<Volume> late = n1.streams().fold(Trade.class, VOLUME);
    late.await(now -> now.byProducer().size() == 1);
    Volume volume = late.get();

    assertThat(volume).isEqualTo(new Volume(194_000, 1));
    assertThat(consumer.receive().quantity()).isEqualTo(2);
  }

  @Test
  void criteria() {
    Criteria wanted =
        Criteria.where("pair")
            .startsWith("BTC-")
            .and(Criteria.where("price").between(90_000, 100_000))
            .and(Criteria.where("quantity").in(1, 2, 3).negate());

    Consumer<Trade> consumer = n1.streams().consumer(Trade.class).criteria(wanted).build();
    Producer<Trade> trades = n0.streams().produce(Trade.class);
    trades.sendAll(
        List.of(
            new Trade("BTC-USD", 97_000, 1),
            new Trade("BTC-USD", 97_000, 5),
            new Trade("ETH-USD", 97_000, 5)));
    world.run(Duration.ofSeconds(1));
    assertThat(StreamWorld.drain(consumer)).containsExactly(new Trade("BTC-USD", 97_000, 5));
  }

  private static final TicketValidator exchanges =
      new TicketValidator() {
        @Override
        public TicketId ticketClass() {
          return TicketId.of("exchange");
        }

        @Override
        public String signature() {
          return "everyone";
        }

        @Override
        public Validity validate(Ticket ticket, PeerId peer, Instant now) {
          return Validity.until(now.plusSeconds(60));
        }
      };

  @Test
  void near_ones_with_tickets() {
    Consumer<Trade> near =
        n1.streams()
            .consumer(Trade.class)
            .rttBelow(Duration.ofMillis(20))
            .requireTicket(exchanges) // producers carry it: discovery().addTickets(...)
            .build();

    Producer<Trade> trades = n0.streams().produce(Trade.class);
    n2.streams().produce(Trade.class);
    n0.discovery().addTickets(new Ticket(TicketId.of("exchange"), new byte[0]));
    trades.send(new Trade("BTC-USD", 97_000, 1));
    assertThat(near.receive().pair()).isEqualTo("BTC-USD");
    assertThat(near.unwanted().get(Unwanted.NO_TICKET)).isOne();
  }

  @Test
  void sharing() {
    Consumer<Trade> clerk =
        n1.streams().consumer(Trade.class).shared("settlement").bufferSize(8).build();
    Consumer<Trade> colleague =
        n2.streams().consumer(Trade.class).shared("settlement").bufferSize(8).build();

    Producer<Trade> trades = n0.streams().produce(Trade.class);
    trades.when().subscribed().minimumOf(2).await();
    trades.send(new Trade("BTC-USD", 97_000, 1));
    trades.send(new Trade("BTC-USD", 97_000, 2));
    assertThat(clerk.receive()).isNotEqualTo(colleague.receive());
    assertThat(trades.shareGroups()).extracting(ShareGroupInfo::members).containsExactly(2);
  }

  static final class TradeCodec implements Codec<Trade> {

    @Override
    public void encode(Trade trade, BinaryWriter out) {
      out.string(trade.pair()).i64(trade.price()).i32(trade.quantity());
    }

    @Override
    public Trade decode(BinaryReader in) {
      return new Trade(in.string(64), in.i64(), in.i32());
    }
  }

  @Test
  void a_codec_by_hand() {
    Producer<Trade> trades = n0.streams().producer(Trade.class).codec(new TradeCodec()).build();
    Consumer<Trade> consumer = n1.streams().consumer(Trade.class).codec(new TradeCodec()).build();

    trades.send(new Trade("BTC-USD", 97_000, 1));
    assertThat(consumer.receive()).isEqualTo(new Trade("BTC-USD", 97_000, 1));
    assertThat(consumer.stats().bytes()).isEqualTo(1 + 7 + 8 + 4);
  }

  @Test
  void the_page_shows_what_runs_here() throws IOException {
    String here =
        squeezed(
            Files.readString(Path.of("src/test/java/io/mosaik/streams/StreamsGuideTest.java")));
    String page = Files.readString(Path.of("../docs/streams.md"));
    var blocks = Pattern.compile("(?s)```java\n(.*?)```").matcher(page);
    int count = 0;
    while (blocks.find()) {
      assertThat(here).contains(squeezed(blocks.group(1)));
      count++;
    }
    assertThat(count).isPositive().isEqualTo(page.split("```java", -1).length - 1);
  }

  private static String squeezed(String code) {
    return code.replaceAll("\\s+", " ").strip();
  }
}
