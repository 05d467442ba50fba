package io.mosaik.spring.boot;

import static io.mosaik.spring.boot.TestContext.SOON;
import static io.mosaik.spring.boot.TestContext.nodeBeside;
import static io.mosaik.spring.boot.TestContext.runner;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.mosaik.Network;
import io.mosaik.spring.boot.TestContext.Tick;
import io.mosaik.spring.listener.MosaikListener;
import io.mosaik.spring.listener.MosaikListenerErrorHandler;
import io.mosaik.spring.listener.MosaikListenerRegistry;
import io.mosaik.streams.Producer;
import io.mosaik.streams.Received;
import io.mosaik.streams.Replay;
import io.mosaik.streams.ShareGroupInfo;
import io.mosaik.streams.criteria.Criteria;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

class MosaikListenerTest {

  @Test
  void a_listener_gets_what_a_producer_sends_and_goes_on_after_an_error() {
    runner()
        .withConfiguration(
            AutoConfigurations.of(
                MetricsAutoConfiguration.class, SimpleMetricsExportAutoConfiguration.class))
        .withUserConfiguration(Listening.class)
        .run(context -> {
          try (Network other = nodeBeside(context.getBean(Network.class), "feed")) {
            Producer<Tick> ticks = other.streams().produce(Tick.class);
            ticks.when().subscribed().minimumOf(2).await(SOON);
            for (int i = 0; i < 4; i++) {
              ticks.send(new Tick(i));
            }
            Listening listening = context.getBean(Listening.class);
            for (int i = 0; i < 4; i++) {
              assertThat(poll(listening.plain)).isEqualTo(new Tick(i));
              assertThat(poll(listening.received))
                  .isEqualTo(new Received<>(new Tick(i), other.peerId()));
            }
            assertThat(poll(listening.failed)).isEqualTo("plain: tick 2 is refused");
            MeterRegistry meters = context.getBean(MeterRegistry.class);
            assertThat(meters.get("mosaik.peers").gauge().value()).isEqualTo(1);
            assertThat(
                    meters
                        .get("mosaik.listener.failed")
                        .tag("listener", "plain")
                        .functionCounter()
                        .count())
                .isEqualTo(1);
            assertThat(
                    meters
                        .get("mosaik.consumer.datums")
                        .tag("consumer", "0")
                        .functionCounter()
                        .count())
                .isEqualTo(4);
          }
        });
  }

  @Test
  void a_producer_without_the_tag_is_not_heard() {
    runner()
        .withUserConfiguration(Listening.class)
        .run(context -> {
          try (Network other = nodeBeside(context.getBean(Network.class), "elsewhere")) {
            Producer<Tick> ticks = other.streams().produce(Tick.class);
            ticks.send(new Tick(7), SOON);
            Listening listening = context.getBean(Listening.class);
            assertThat(poll(listening.received).datum()).isEqualTo(new Tick(7));
            assertThat(listening.plain).isEmpty();
          }
        });
  }

  @Test
  void a_listener_with_criteria_is_called_with_what_it_wants() {
    runner()
        .withUserConfiguration(Picky.class)
        .run(context -> {
          try (Network other = nodeBeside(context.getBean(Network.class))) {
            Producer<Tick> ticks = other.streams().produce(Tick.class);
            for (int i = 0; i < 10; i++) {
              ticks.send(new Tick(i), SOON);
            }
            Picky picky = context.getBean(Picky.class);
            assertThat(poll(picky.received)).isEqualTo(new Tick(8));
            assertThat(poll(picky.received)).isEqualTo(new Tick(9));
            assertThat(ticks.stats().datums()).isEqualTo(2);
          }
        });
  }

  @Test
  void listeners_that_share_get_each_datum_once() {
    runner()
        .withUserConfiguration(Sharing.class)
        .run(context -> {
          try (Network other = nodeBeside(context.getBean(Network.class))) {
            Producer<Tick> ticks = other.streams().produce(Tick.class);
            ticks.when().subscribed().minimumOf(2).await(SOON);
            for (int i = 0; i < 100; i++) {
              ticks.send(new Tick(i));
            }
            Sharing sharing = context.getBean(Sharing.class);
            var received = new ArrayList<Integer>();
            while (received.size() < 100) {
              received.add(poll(sharing.received).value());
            }
            assertThat(received)
                .containsExactlyInAnyOrderElementsOf(IntStream.range(0, 100).boxed().toList());
            assertThat(ticks.stats().datums()).isEqualTo(100);
            assertThat(ticks.shareGroups())
                .extracting(ShareGroupInfo::name)
                .containsExactly("work");
          }
        });
  }

  @Test
  void a_listener_that_comes_late_is_called_with_what_its_producer_keeps() {
    runner()
        .withUserConfiguration(Late.class)
        .run(context -> {
          try (Network other = nodeBeside(context.getBean(Network.class))) {
            Producer<Tick> ticks = keeping(other);
            for (int i = 0; i < 10; i++) {
              ticks.send(new Tick(i), SOON);
            }
            context.getBean(MosaikListenerRegistry.class).start("late");
            Late late = context.getBean(Late.class);
            for (int i = 7; i < 10; i++) {
              assertThat(poll(late.received)).isEqualTo(new Tick(i));
            }
            assertThat(late.received).isEmpty();
            assertThat(ticks.stats().replayed()).isEqualTo(3);
          }
        });
  }

  private static Producer<Tick> keeping(Network at) {
    return at.streams()
        .producer(Tick.class)
        .onlineWhen(consumers -> consumers.minimumOf(0))
        .replay(Replay.last(3))
        .build();
  }

  @Test
  void a_listener_that_wants_to_begin_nowhere_fails_at_start_with_a_sentence() {
    runner()
        .withPropertyValues("feed.from=yesterday")
        .withUserConfiguration(Late.class)
        .run(context ->
            assertThat(context)
                .getFailure()
                .rootCause()
                .hasMessage("from is 'yesterday'; give now or earliest"));
  }

  @Test
  void a_listener_can_be_started_and_stopped_by_its_id() {
    runner()
        .withUserConfiguration(Together.class)
        .run(context -> {
          var registry = context.getBean(MosaikListenerRegistry.class);
          Network network = context.getBean(Network.class);
          assertThat(network.streams().consumers()).isEmpty();
          registry.start("together");
          assertThat(network.streams().consumers()).hasSize(1);
          registry.stop("together");
          assertThat(network.streams().consumers()).isEmpty();
        });
  }

  @Test
  void with_concurrency_datums_are_worked_on_side_by_side() {
    runner()
        .withUserConfiguration(Together.class)
        .run(context -> {
          context.getBean(MosaikListenerRegistry.class).start("together");
          try (Network other = nodeBeside(context.getBean(Network.class))) {
            Producer<Tick> ticks = other.streams().produce(Tick.class);
            for (int i = 0; i < 3; i++) {
              ticks.send(new Tick(i), SOON);
            }
            assertThat(context.getBean(Together.class).met.await(30, TimeUnit.SECONDS)).isTrue();
          }
        });
  }

  @Test
  void what_was_received_is_worked_off_when_the_application_stops() {
    var handled = new CopyOnWriteArrayList<Integer>();
    runner()
        .withBean(Slow.class, () -> new Slow(handled))
        .run(context -> {
          try (Network other = nodeBeside(context.getBean(Network.class))) {
            Producer<Tick> ticks = other.streams().produce(Tick.class);
            for (int i = 0; i < 20; i++) {
              ticks.send(new Tick(i), SOON);
            }
            Network network = context.getBean(Network.class);
            long deadlineNs = System.nanoTime() + SOON.toNanos();
            while (network.streams().consumers().getFirst().stats().datums() < 20
                && System.nanoTime() < deadlineNs) {
              Thread.sleep(5); // the datums are on their way
            }
            context.getBean(Slow.class).goOn.countDown();
            context.getSourceApplicationContext().close();
          }
        });
    assertThat(handled).isEqualTo(IntStream.range(0, 20).boxed().toList());
  }

  @Test
  void a_listener_without_a_datum_fails_at_start_with_a_sentence() {
    runner()
        .withUserConfiguration(Wrong.class)
        .run(context ->
            assertThat(context)
                .getFailure()
                .rootCause()
                .hasMessageContaining("takes 2 parameters"));
  }

  @Test
  void two_listeners_of_one_id_fail_at_start_with_a_sentence() {
    runner()
        .withUserConfiguration(Twice.class)
        .run(context ->
            assertThat(context)
                .getFailure()
                .hasMessageContaining("two listeners have the id 'same'"));
  }

  private static <T> T poll(BlockingQueue<T> queue) throws InterruptedException {
    T next = queue.poll(SOON.toMillis(), TimeUnit.MILLISECONDS);
    if (next == null) {
      throw new AssertionError("nothing came within " + SOON);
    }
    return next;
  }

  @Configuration(proxyBeanMethods = false)
  static class Listening {

    final BlockingQueue<Tick> plain = new LinkedBlockingQueue<>();
    final BlockingQueue<Received<Tick>> received = new LinkedBlockingQueue<>();
    final BlockingQueue<String> failed = new LinkedBlockingQueue<>();

    @MosaikListener(id = "plain", tags = "${feed:feed}")
    void onTick(Tick tick) {
      plain.add(tick);
      if (tick.value() == 2) {
        throw new IllegalStateException("tick 2 is refused");
      }
    }

    @MosaikListener(stream = "spring-test.tick", bufferSize = "16")
    void onReceived(Received<Tick> tick) {
      received.add(tick);
    }

    @Bean
    MosaikListenerErrorHandler errors() {
      return (id, datum, error) -> failed.add(id + ": " + error.getMessage());
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class Picky {

    final BlockingQueue<Tick> received = new LinkedBlockingQueue<>();

    @Bean
    Criteria largeTicks() {
      return Criteria.where("value").atLeast(8);
    }

    @MosaikListener(criteria = "${which:largeTicks}")
    void onTick(Tick tick) {
      received.add(tick);
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class Sharing {

    final BlockingQueue<Tick> received = new LinkedBlockingQueue<>();

    @MosaikListener(shared = "${group:work}")
    void onTick(Tick tick) {
      received.add(tick);
    }

    @MosaikListener(shared = "work")
    void onTickToo(Tick tick) {
      received.add(tick);
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class Late {

    final BlockingQueue<Tick> received = new LinkedBlockingQueue<>();

    @MosaikListener(id = "late", from = "${feed.from:earliest}", autoStartup = false)
    void onTick(Tick tick) {
      received.add(tick);
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class Together {

    final CountDownLatch met = new CountDownLatch(3);
    private final CyclicBarrier barrier = new CyclicBarrier(3);

    @MosaikListener(id = "together", autoStartup = false, concurrency = "3")
    void onTick(Tick tick) throws Exception {
      barrier.await(30, TimeUnit.SECONDS);
      met.countDown();
    }
  }

  static final class Slow {

    final CountDownLatch goOn = new CountDownLatch(1);
    private final List<Integer> handled;

    Slow(List<Integer> handled) {
      this.handled = handled;
    }

    @MosaikListener
    void onTick(Tick tick) throws InterruptedException {
      goOn.await();
      handled.add(tick.value());
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class Wrong {

    @MosaikListener
    void onTick(Tick tick, int more) {}
  }

  @Configuration(proxyBeanMethods = false)
  static class Twice {

    @MosaikListener(id = "same")
    void onTick(Tick tick) {}

    @MosaikListener(id = "same")
    void onTickAgain(Tick tick) {}
  }
}
