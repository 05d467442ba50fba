package io.mosaik.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.Network;
import io.mosaik.id.NetworkId;
import io.mosaik.id.Tag;
import io.mosaik.runtime.RealPlatform;
import io.mosaik.streams.flow.Encoded;
import io.mosaik.transport.Address;
import io.mosaik.wire.BinaryReader;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.Codec;
import io.mosaik.wire.Codecs;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Users' code that fails with an {@link Error} costs one datum and never those after it. On real
 * strands, because a world ends a test when a task of it fails.
 */
@Timeout(60)
class UserErrorsTest {

  private static final NetworkId NETWORK = NetworkId.of("user-errors");
  private static final int BUFFER = 4;
  private static final int DATUMS = 40;

  private final Network here = Network.builder(NETWORK).bind(new Address("127.0.0.1", 0)).start();
  private final Network there =
      Network.builder(NETWORK).bind(new Address("127.0.0.1", 0)).bootstrap(here.address()).start();
  private final Once once = new Once();
  private final ConcurrentLinkedQueue<Integer> received = new ConcurrentLinkedQueue<>();
  private final CountDownLatch lastCame = new CountDownLatch(1);

  @Datum("works")
  record Work(int number) {}

  /** Fails the first time. */
  private static final class Once {

    private final AtomicBoolean failed = new AtomicBoolean();

    void fail() {
      if (failed.compareAndSet(false, true)) {
        throw new AssertionError("on purpose");
      }
    }
  }

  /** CBOR, but for what fails once. */
  private record Failing<T>(Codec<T> codec, Runnable onEncode, Runnable onDecode)
      implements Codec<T> {

    @Override
    public void encode(T value, BinaryWriter out) {
      onEncode.run();
      codec.encode(value, out);
    }

    @Override
    public T decode(BinaryReader in) {
      onDecode.run();
      return codec.decode(in);
    }
  }

  @AfterEach
  void close() {
    there.close();
    here.close();
  }

  private ProducerBuilder<Work> producer() {
    return here.streams()
        .producer(Work.class)
        .bufferSize(BUFFER)
        .slowConsumers(SlowConsumerPolicy.BLOCK);
  }

  private ConsumerBuilder<Work> consumer() {
    return there.streams().consumer(Work.class).bufferSize(BUFFER);
  }

  private static void send(Producer<Work> producer) {
    producer.sendAll(works(), Duration.ofSeconds(20));
  }

  private static List<Work> works() {
    return IntStream.range(0, DATUMS).mapToObj(Work::new).toList();
  }

  private void note(Work work) {
    received.add(work.number());
    if (work.number() == DATUMS - 1) {
      lastCame.countDown();
    }
  }

  private void assertThatAllButTheFirstCame() throws InterruptedException {
    assertThat(lastCame.await(20, TimeUnit.SECONDS)).as("the last one came").isTrue();
    assertThat(received).containsExactlyElementsOf(IntStream.range(1, DATUMS).boxed().toList());
  }

  @Test
  void a_listener_that_fails_is_called_with_the_next_datum() throws Exception {
    Producer<Work> producer = producer().build();
    Consumer<Work> consumer = consumer().build();
    consumer.listen(next -> {
      once.fail();
      note(next.datum());
    });
    send(producer);
    assertThatAllButTheFirstCame();
    assertThat(consumer.stats().failed()).isOne();
  }

  @Test
  void a_datum_that_can_not_be_read_is_counted_and_the_next_one_comes() throws Exception {
    Producer<Work> producer = producer().build();
    var told = new ConcurrentLinkedQueue<Throwable>();
    Consumer<Work> consumer =
        consumer()
            .codec(new Failing<>(Codecs.cbor(Work.class), () -> {}, once::fail))
            .onUndecodable(datum -> {
              told.add(datum.error());
              throw new AssertionError("the handler, too");
            })
            .build();
    consumer.listen(next -> note(next.datum()));
    send(producer);
    assertThatAllButTheFirstCame();
    assertThat(consumer.stats().dropped()).isOne();
    assertThat(told).singleElement().isInstanceOf(AssertionError.class);
  }

  @Test
  void a_reducer_that_fails_changes_nothing_and_folds_the_next_datum() {
    Fold<Work, Integer> sum =
        Fold.of(
            "sum",
            0,
            (total, work) -> {
              if (work.number() == DATUMS - 1) {
                throw new AssertionError("on purpose");
              }
              return total + work.number();
            });
    Producer<Work> producer = producer().fold(sum).build();
    try (View<Integer> view = there.streams().fold(Work.class, sum)) {
      view.when().subscribed().await();
      for (int round = 0; round < 3; round++) {
        send(producer);
      }
      int all = 3 * IntStream.range(0, DATUMS - 1).sum();
      assertThat(view.await(shown -> shown.byProducer().containsValue(all))).isNotNull();
      try (View<Integer> late = there.streams().fold(Work.class, sum)) {
        assertThat(late.await(shown -> shown.byProducer().containsValue(all))).isNotNull();
      }
    }
  }

  @Test
  void a_state_that_can_not_be_encoded_refuses_its_viewer_who_comes_back() {
    Fold<Work, Integer> count =
        Fold.<Work, Integer>of("count", 0, (total, work) -> total + 1)
            .codec(new Failing<>(Codecs.cbor(Integer.class), once::fail, () -> {}));
    Producer<Work> producer =
        producer().onlineWhen(subscribed -> subscribed.minimumOf(0)).fold(count).build();
    send(producer);
    try (View<Integer> view = there.streams().fold(Work.class, count)) {
      assertThat(view.await(shown -> shown.byProducer().containsValue(DATUMS))).isNotNull();
    }
    assertThat(producer.refusals().get(Refusal.NO_CAPACITY)).isOne();
  }

  @Test
  void a_sink_that_fails_gets_the_next_datum_that_nobody_got() throws Exception {
    try (var platform = new RealPlatform()) {
      var undelivered =
          new Undelivered(
              StreamName.of(Work.class),
              platform.clock(),
              platform.newUserStrand("undelivered"),
              work -> {
                once.fail();
                note((Work) work);
              },
              DATUMS,
              1_000,
              new StreamCounters());
      undelivered.giveBack(
          works().stream().map(work -> new Encoded(new BinaryWriter(), work, null)).toList());
      assertThatAllButTheFirstCame();
    }
  }

  @Test
  void a_predicate_that_fails_says_no_and_is_asked_again() throws Exception {
    Producer<Work> producer =
        producer()
            .requireConsumer(peer -> {
              once.fail();
              return true;
            })
            .build();
    Consumer<Work> consumer = consumer().build();
    while (consumer.refusals().getOrDefault(Refusal.NOT_ALLOWED, 0L) == 0) {
      TimeUnit.MILLISECONDS.sleep(5);
    }
    there.discovery().addTags(Tag.of("another entry"));
    producer.when().subscribed().await();
    assertThat(producer.refusals().get(Refusal.NOT_ALLOWED)).isOne();
    consumer.close();
  }
}
