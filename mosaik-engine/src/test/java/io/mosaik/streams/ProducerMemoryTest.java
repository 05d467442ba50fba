package io.mosaik.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.runtime.Strand;
import io.mosaik.streams.criteria.Criteria;
import io.mosaik.streams.protocol.StreamCodec;
import io.mosaik.streams.protocol.StreamMessage;
import io.mosaik.transport.CloseReason;
import io.mosaik.transport.Link;
import io.mosaik.transport.LinkHandler;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What a producer holds stays within what its settings allow, by the count of every encoded byte,
 * while consumers take quickly, stall, want little, are refused, come and go, and fill the network
 * with what they don't read.
 */
class ProducerMemoryTest {

  private static final int BODY_BYTES = 1_000;

  /** A datum encoded, at most. */
  private static final int DATUM_BYTES = BODY_BYTES + 64;

  private static final int BUFFER_DATUMS = 256;
  private static final long BUFFER_BYTES = 100_000;

  private static final long PAST_BYTES = 300_000;

  /** A batch, or what is left of one. */
  private static final long BATCH_BYTES = 64 * 1024 + DATUM_BYTES;

  private static final int CONSUMERS = 8;

  private static final long MOST =
      2 * (BUFFER_BYTES + DATUM_BYTES) // its own queue, and sends that wait
          + (BUFFER_BYTES + 2 * BATCH_BYTES) // what waits for its consumers
          + (BUFFER_BYTES / 16 + 2 * BATCH_BYTES) // for those with criteria
          + (BUFFER_BYTES / 4 + 2 * BATCH_BYTES) // for those who share
          + CONSUMERS * (BUFFER_BYTES + BATCH_BYTES) // what the network hasn't taken
          + BUFFER_BYTES; // nor from those that were given up before the last was let in

  private final StreamWorld world = new StreamWorld(1);

  @Datum("memory")
  record Item(int number, byte[] body) {}

  /** Subscribes all the time, with all credit there is, and reads nothing. */
  private static final class Hoarder implements LinkHandler<StreamMessage> {

    private final StreamWorld.Node at;
    private final StreamWorld.Node producer;
    private final Strand strand;
    private int subscriptions;

    Hoarder(StreamWorld.Node at, StreamWorld.Node producer) {
      this.at = at;
      this.producer = producer;
      strand = at.host().platform().newStrand("hoarder");
    }

    void subscribe() {
      strand.schedule(Duration.ofMillis(20), this::subscribe);
      Link<StreamMessage> link =
          at.links().dial(producer.address(), StreamCodec.PROTOCOL, strand, this);
      link.send(
          new StreamMessage.Subscribe(
              StreamName.of(Item.class).id(),
              ++subscriptions,
              at.discovery().self().get().version(),
              new StreamMessage.Credit(
                  StreamMessage.Credit.MAX_AHEAD_DATUMS, StreamMessage.Credit.MAX_AHEAD_BYTES)));
    }

    @Override
    public void received(Link<StreamMessage> link, StreamMessage message, int wireBytes) {
      link.setReading(false);
      strand.schedule(Duration.ofSeconds(2), () -> link.close(CloseReason.CANCELLED));
    }

    @Override
    public void closed(Link<StreamMessage> link, CloseReason reason) {}
  }

  @ParameterizedTest
  @EnumSource(SlowConsumerPolicy.class)
  void a_producer_holds_no_more_than_its_settings_allow_whatever_its_consumers_do(
      SlowConsumerPolicy policy) {
    run(policy, Replay.NONE, MOST);
  }

  @Test
  void a_past_is_held_besides_no_more_than_it_may_be() {
    run(
        SlowConsumerPolicy.DISCONNECT,
        Replay.lastBytes(PAST_BYTES),
        MOST + PAST_BYTES - BUFFER_BYTES + (PAST_BYTES - BUFFER_BYTES) / 16);
  }

  private void run(SlowConsumerPolicy policy, Replay replay, long allowed) {
    try (world) {
      var n0 = world.start("n0");
      Producer<Item> producer =
          n0.streams()
              .producer(Item.class)
              .requireConsumer(peer -> !peer.hasTag("unwanted"))
              .maxConsumers(CONSUMERS)
              .bufferSize(BUFFER_DATUMS)
              .bufferBytes(BUFFER_BYTES)
              .slowConsumers(policy)
              .replay(replay)
              .build();
      world.start("quick").streams().consume(Item.class).listen(next -> {});
      Consumer<Item> stalled =
          world.start("stalled").streams().consumer(Item.class).bufferSize(50).build();
      Consumer<Item> picky =
          world
              .start("picky")
              .streams()
              .consumer(Item.class)
              .criteria(Criteria.where("number").atLeast(100))
              .bufferSize(50)
              .from(Start.EARLIEST)
              .build();
      Consumer<Item> sharing =
          world
              .start("sharing")
              .streams()
              .consumer(Item.class)
              .shared("work")
              .bufferSize(50)
              .build();
      Consumer<Item> refused = world.start("refused", "unwanted").streams().consume(Item.class);
      subscribe(world.start("flapping"));
      var hoarder = new Hoarder(world.start("hoarder"), n0);
      producer.when().subscribed().minimumOf(5).await();
      hoarder.subscribe();

      long most = 0;
      int sent = 0;
      for (int ms = 0; ms < 10_000; ms++) {
        for (int i = 0; i < 8; i++) {
          var item = new Item(sent, new byte[BODY_BYTES]);
          if (i % 2 == 0) {
            sent += producer.trySend(item).isSent() ? 1 : 0;
          } else {
            var unused = producer.sendAsync(item);
          }
        }
        world.run(Duration.ofMillis(1));
        if (ms % 500 == 0) {
          stalled.tryReceive();
          picky.tryReceive();
        }
        if (ms < 3_000) {
          StreamWorld.drain(sharing);
        } else if (ms % 50 == 0) {
          sharing.tryReceive();
        }
        if (ms % 4_000 == 2_000) {
          world.world().crash("flapping");
        } else if (ms % 4_000 == 3_000) {
          world.world().restart("flapping");
          subscribe(world.start("flapping"));
        }
        long held = heldBytes(producer);
        assertThat(held).as("after %d ms", ms).isLessThanOrEqualTo(allowed);
        most = Math.max(most, held);
      }
      assertThat(sent).isGreaterThan(100);
      assertThat(most).as("there was pressure").isGreaterThan(BUFFER_BYTES);
      assertThat(hoarder.subscriptions).isGreaterThan(100);
      assertThat(refused.refusals().get(Refusal.NOT_ALLOWED)).isPositive();

      producer.close();
      world.run(Duration.ofMinutes(1));
      assertThat(heldBytes(producer)).isZero();
    }
  }

  @Test
  void a_slow_fold_and_a_slow_sink_hold_no_more_than_the_buffer_each() {
    try (world) {
      var n0 = world.start("n0");
      Runnable slowly = () -> n0.host().platform().await(pause(n0), Duration.ofMinutes(1));
      Fold<Item, Integer> sum =
          Fold.of(
              "sum",
              0,
              (total, item) -> {
                slowly.run();
                return total + item.number();
              });
      Producer<Item> producer =
          n0.streams()
              .producer(Item.class)
              .bufferSize(BUFFER_DATUMS)
              .bufferBytes(BUFFER_BYTES)
              .onlineWhen(subscribed -> subscribed.minimumOf(0))
              .fold(sum)
              .undelivered(item -> slowly.run())
              .build();
      long most = press(producer);
      assertThat(most)
          .as("a queue, a fold and a sink")
          .isBetween(2 * BUFFER_BYTES, 3 * BUFFER_BYTES + BATCH_BYTES + 2 * DATUM_BYTES);
      world.run(Duration.ofMinutes(1));
      assertThat(heldBytes(producer)).isZero();
    }
  }

  /** Sends faster than anyone can take; returns how much was held at the most. */
  private long press(Producer<Item> producer) {
    long most = 0;
    for (int ms = 0; ms < 1_000; ms++) {
      for (int i = 0; i < 8; i++) {
        var unused = producer.trySend(new Item(i, new byte[BODY_BYTES]));
      }
      world.run(Duration.ofMillis(1));
      most = Math.max(most, heldBytes(producer));
    }
    return most;
  }

  private static CompletableFuture<Void> pause(StreamWorld.Node node) {
    var over = new CompletableFuture<Void>();
    node.host()
        .platform()
        .newStrand("pause")
        .schedule(Duration.ofMillis(20), () -> over.complete(null));
    return over;
  }

  @Test
  void senders_that_block_hold_a_datum_each() {
    try (world) {
      var n0 = world.start("n0");
      Producer<Item> producer =
          n0.streams().producer(Item.class).bufferSize(2).bufferBytes(DATUM_BYTES).build();
      int senders = 20;
      for (int i = 0; i < senders; i++) {
        var item = new Item(i, new byte[BODY_BYTES]);
        n0.host().platform().newUserStrand("sender").execute(() -> producer.send(item));
      }
      world.run(Duration.ofSeconds(1));
      assertThat(heldBytes(producer))
          .isBetween(senders * (long) BODY_BYTES, senders * (long) DATUM_BYTES);
      Consumer<Item> consumer = world.start("n1").streams().consume(Item.class);
      assertThat(Stream.generate(consumer::receive).limit(senders))
          .extracting(Item::number)
          .containsExactlyInAnyOrderElementsOf(IntStream.range(0, senders).boxed().toList());
      assertThat(heldBytes(producer)).isZero();
    }
  }

  private static void subscribe(StreamWorld.Node node) {
    node.streams().consumer(Item.class).bufferSize(50).build();
  }

  private static long heldBytes(Producer<?> producer) {
    return ((ProducerHandle<?>) producer).worker().heldBytes();
  }
}
