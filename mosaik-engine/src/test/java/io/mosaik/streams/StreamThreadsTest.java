package io.mosaik.streams;

import static io.mosaik.streams.criteria.Criteria.where;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mosaik.Network;
import io.mosaik.id.NetworkId;
import io.mosaik.streams.criteria.Criteria;
import io.mosaik.transport.Address;
import io.mosaik.wire.BinaryReader;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.Codec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What only real threads can break; over QUIC, with buffers so small that everyone waits. */
@Timeout(60)
class StreamThreadsTest {

  private static final NetworkId NETWORK = NetworkId.of("stream-threads");
  private static final int BUFFER = 16;

  private final Network here = Network.builder(NETWORK).bind(new Address("127.0.0.1", 0)).start();
  private final Network there =
      Network.builder(NETWORK).bind(new Address("127.0.0.1", 0)).bootstrap(here.address()).start();
  private Producer<Step> producer;
  private Consumer<Step> consumer;

  @Datum("steps")
  record Step(int thread, int number) {}

  @BeforeEach
  void connect() {
    producer =
        here.streams()
            .producer(Step.class)
            .bufferSize(BUFFER)
            .slowConsumers(SlowConsumerPolicy.BLOCK)
            .build();
    consumer = there.streams().consumer(Step.class).bufferSize(BUFFER).build();
    producer.when().subscribed().await();
  }

  @AfterEach
  void close() {
    there.close();
    here.close();
  }

  @Datum("kept steps")
  record KeptStep(int number) {}

  @Test
  void a_consumer_that_is_disconnected_again_and_again_gets_each_datum_once() {
    try (var keeping =
            here.streams()
                .producer(KeptStep.class)
                .bufferSize(BUFFER)
                .onlineWhen(consumers -> consumers.minimumOf(0))
                .replay(Replay.last(1_000_000))
                .build();
        var slow =
            there
                .streams()
                .consumer(KeptStep.class)
                .bufferSize(BUFFER)
                .backoff(Duration.ofMillis(1), Duration.ofMillis(5))
                .from(Start.EARLIEST)
                .build()) {
      int datums = 20_000;
      for (int number = 0; number < datums; number++) {
        keeping.send(new KeptStep(number));
        if (number % 1_000 == 0) {
          slow.when().subscribed().await();
        }
      }
      for (int number = 0; number < datums; number++) {
        assertThat(slow.receive(Duration.ofSeconds(20)).number()).isEqualTo(number);
      }
      assertThat(slow.stats().gaps()).isZero();
      assertThat(keeping.stats().replayed()).isPositive();
      assertThat(keeping.stats().dropped()).as("it was disconnected").isPositive();
    }
  }

  @Test
  void each_senders_order_holds_however_often_it_waits() throws Exception {
    var received = new ConcurrentLinkedQueue<Step>();
    consumer.listen(next -> received.add(next.datum()));
    int each = 500;
    try (var threads = Executors.newFixedThreadPool(3)) {
      List<Callable<Void>> senders = new ArrayList<>();
      for (int thread = 0; thread < 3; thread++) {
        int sender = thread;
        senders.add(() -> {
          for (int number = 0; number < each; number++) {
            producer.send(new Step(sender, number));
          }
          return null;
        });
      }
      for (var sent : threads.invokeAll(senders)) {
        sent.get();
      }
    }
    await(() -> received.size() == 3 * each);

    for (int thread = 0; thread < 3; thread++) {
      int sender = thread;
      assertThat(received.stream().filter(step -> step.thread() == sender))
          .extracting(Step::number)
          .containsExactlyElementsOf(IntStream.range(0, each).boxed().toList());
    }
    assertThat(consumer.stats()).isEqualTo(producer.stats());
  }

  @Test
  void asynchronous_sends_keep_the_order_of_the_calls() throws Exception {
    int count = 800;
    try (var sender = Executors.newSingleThreadExecutor()) {
      var sending =
          sender.submit(() -> {
            for (int number = 0; number < count; ) {
              var sent = producer.sendAsync(new Step(0, number));
              if (!sent.isCompletedExceptionally()) {
                number++;
              } else {
                Thread.onSpinWait(); // too many wait already
              }
            }
          });
      for (int number = 0; number < count; number++) {
        assertThat(consumer.receive(Duration.ofSeconds(10))).isEqualTo(new Step(0, number));
      }
      sending.get();
    }
  }

  @Test
  void sends_that_wait_for_their_turn_are_each_told_of_their_own() throws Exception {
    Consumer<Step> ofOne =
        there
            .streams()
            .consumer(Step.class)
            .criteria(Criteria.where("thread").is(1))
            .bufferSize(BUFFER)
            .build();
    producer.when().subscribed().minimumOf(2).await();
    consumer.listen(step -> {});
    ofOne.listen(step -> {});
    try (var threads = Executors.newFixedThreadPool(3)) {
      List<Future<?>> sending =
          IntStream.range(0, 3)
              .<Future<?>>mapToObj(thread ->
                  threads.submit(() -> {
                    int hear = thread == 1 ? 2 : 1;
                    for (int number = 0; number < 50; number++) {
                      var step = new Step(thread, number);
                      assertThat(producer.sendAndCount(step)).isEqualTo(hear);
                      assertThat(producer.sendAllAndCount(Collections.nCopies(3 * BUFFER, step)))
                          .isEqualTo(hear);
                    }
                  }))
              .toList();
      for (Future<?> each : sending) {
        each.get();
      }
    }
  }

  @Test
  void several_receivers_get_each_datum_once() throws Exception {
    int count = 800;
    var received = new ConcurrentLinkedQueue<Integer>();
    try (var threads = Executors.newFixedThreadPool(3)) {
      for (int thread = 0; thread < 3; thread++) {
        threads.execute(() -> {
          boolean open = true;
          while (open) {
            try {
              received.add(consumer.receive().number());
            } catch (ConsumerClosedException e) {
              open = false;
            }
          }
        });
      }
      for (int number = 0; number < count; number++) {
        producer.send(new Step(0, number));
      }
      await(() -> received.size() >= count);
      consumer.close();
    }
    assertThat(received)
        .containsExactlyInAnyOrderElementsOf(IntStream.range(0, count).boxed().toList());
  }

  @Test
  void a_direct_listener_gets_all_in_order_on_threads_that_it_finds_there() throws Exception {
    var received = new ConcurrentLinkedQueue<Step>();
    var threads = ConcurrentHashMap.<String>newKeySet();
    consumer.listenDirectly(next -> {
      received.add(next.datum());
      threads.add(Thread.currentThread().getName());
    });
    List<Step> steps = IntStream.range(0, 2_000).mapToObj(n -> new Step(0, n)).toList();
    producer.sendAll(steps);
    await(() -> received.size() == steps.size());
    assertThat(received).containsExactlyElementsOf(steps);
    assertThat(threads).allMatch(name -> name.matches("mosaik-(quic|engine)-.*"));
    assertThatThrownBy(() -> consumer.listenDirectly(next -> {}))
        .hasMessageContaining("a listener already");
  }

  @Test
  void a_direct_listener_that_would_wait_hears_that_it_must_not() throws Exception {
    var refusals = new ConcurrentLinkedQueue<String>();
    consumer.listenDirectly(next -> {
      try {
        consumer.receive(Duration.ofSeconds(30));
      } catch (IllegalStateException e) {
        refusals.add(e.getMessage());
      }
    });
    producer.send(new Step(0, 0));
    await(() -> !refusals.isEmpty());
    assertThat(refusals.peek()).contains("a wait on the engine's own strand");
  }

  @Test
  void two_that_share_get_each_datum_once_also_when_one_leaves() throws Exception {
    consumer.close();
    int count = 800;
    var received = new ConcurrentLinkedQueue<Integer>();
    Consumer<Step> stays =
        there.streams().consumer(Step.class).shared("work").bufferSize(BUFFER).build();
    Consumer<Step> leaves =
        there.streams().consumer(Step.class).shared("work").bufferSize(BUFFER).build();
    producer.when().subscribed().minimumOf(2).await();
    stays.listen(2, next -> received.add(next.datum().number()));
    leaves.listen(2, next -> received.add(next.datum().number()));
    for (int number = 0; number < count; number++) {
      producer.send(new Step(0, number));
      if (number == count / 2) {
        leaves.close();
      }
    }
    await(() -> received.size() >= count);
    assertThat(leaves.stats().datums()).isPositive();
    assertThat(received)
        .containsExactlyInAnyOrderElementsOf(IntStream.range(0, count).boxed().toList());
  }

  @Datum("folded steps")
  record FoldedStep(int number) {}

  /** Two that are equal are of the same steps in the same order. */
  record Chain(int steps, long hash) {

    static final Chain EMPTY = new Chain(0, 17);

    Chain plus(FoldedStep step) {
      return new Chain(steps + 1, hash * 31 + step.number());
    }
  }

  /** So long that it travels in parts. */
  private static final Codec<Chain> LONG =
      new Codec<>() {

        private static final int PADDING = 300_000;

        @Override
        public void encode(Chain chain, BinaryWriter out) {
          out.raw(new byte[PADDING]).i32(chain.steps()).i64(chain.hash());
        }

        @Override
        public Chain decode(BinaryReader in) {
          in.raw(PADDING);
          return new Chain(in.i32(), in.i64());
        }
      };

  @Test
  void views_over_quic_show_in_the_end_what_was_sent_whenever_they_came() throws Exception {
    Fold<FoldedStep, Chain> fold = Fold.of("chain", Chain.EMPTY, Chain::plus).codec(LONG);
    int count = 6_000;
    try (var steps =
            here.streams()
                .producer(FoldedStep.class)
                .onlineWhen(consumers -> consumers.minimumOf(0))
                .fold(fold)
                .build();
        var sender = Executors.newSingleThreadExecutor()) {
      var views = new ArrayList<View<Chain>>();
      var sent =
          sender.submit(() -> {
            Chain chain = Chain.EMPTY;
            for (int number = 0; number < count; number++) {
              var step = new FoldedStep(number);
              steps.send(step);
              chain = chain.plus(step);
            }
            return chain;
          });
      for (int i = 0; i < 3; i++) {
        View<Chain> view = there.streams().fold(FoldedStep.class, fold);
        views.add(view);
        view.when().subscribed().await();
      }
      Chain all = sent.get();
      View<Chain> late = there.streams().fold(FoldedStep.class, fold);
      views.add(late);
      for (View<Chain> view : views) {
        view.await(now -> now.byProducer().containsValue(all));
        assertThat(view.info().states()).isPositive();
        assertThat(view.info().stateBytes()).isEqualTo(300_012);
        assertThat(view.info().failed()).isZero();
      }
      assertThat(late.stats().datums()).as("all are in its state").isZero();
      assertThat(steps.folds()).singleElement().extracting(FoldInfo::name).isEqualTo("chain");
      assertThat(steps.folds().getFirst().states()).isGreaterThanOrEqualTo(4);
      assertThat(there.streams().views()).containsExactlyElementsOf(views);
      views.forEach(View::close);
      assertThat(there.streams().views()).isEmpty();
    }
  }

  @Test
  void a_consumer_gets_what_it_wants_and_hears_over_quic_why_it_is_refused() throws Exception {
    Consumer<Step> some =
        there
            .streams()
            .consumer(Step.class)
            .criteria(where("number").atLeast(790).and(where("thread").is(1)))
            .build();
    record OtherStep(String reason) {}
    Consumer<OtherStep> other =
        there.streams().consumer(OtherStep.class).stream(producer.stream())
            .criteria(where("reason").is("none"))
            .build();
    producer.when().subscribed().minimumOf(2).await();
    consumer.close();
    producer.sendAll(IntStream.range(0, 800).mapToObj(n -> new Step(n % 2, n)).toList());

    for (int number = 791; number < 800; number += 2) {
      assertThat(some.receive(Duration.ofSeconds(10))).isEqualTo(new Step(1, number));
    }
    assertThat(some.stats().datums()).isEqualTo(5);
    await(() -> other.refusals().getOrDefault(Refusal.BAD_CRITERIA, 0L) > 0);
    assertThat(String.valueOf(other.producers().get(0).lastClose()))
        .contains("'reason': Step has no component 'reason', but thread, number");
  }

  private static void await(Callable<Boolean> condition) throws Exception {
    long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.call()) {
      assertThat(System.nanoTime()).isLessThan(endNs);
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }
}
