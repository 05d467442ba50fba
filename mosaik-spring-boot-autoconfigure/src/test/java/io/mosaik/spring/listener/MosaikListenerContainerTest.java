package io.mosaik.spring.listener;

import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.Network;
import io.mosaik.streams.Consumer;
import io.mosaik.streams.ConsumerBuilder;
import io.mosaik.streams.Start;
import io.mosaik.streams.Streams;
import io.mosaik.tickets.TicketValidator;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MosaikListenerContainerTest {

  private final AtomicInteger consumers = new AtomicInteger();
  private final CountDownLatch closed = new CountDownLatch(1);

  @Test
  void a_listener_that_can_not_receive_shows_as_stopped_and_can_be_started_again()
      throws InterruptedException {
    var endpoint =
        new MosaikListenerEndpoint(
            "broken",
            String.class,
            null,
            PeerRequirements.NONE,
            MosaikListenerContainerTest::noValidator,
            null,
            null,
            1,
            null,
            Start.NOW,
            true,
            true,
            received -> {});
    var container =
        new MosaikListenerContainer(
            endpoint, network(), (listener, received, error) -> {}, List.of());

    container.start();
    assertThat(closed.await(10, TimeUnit.SECONDS)).as("its consumer is closed").isTrue();
    assertThat(container.isRunning()).isFalse();

    container.start();
    assertThat(consumers).hasValue(2);
    assertThat(container.isRunning()).isTrue();

    container.stop(Duration.ZERO);
    assertThat(container.isRunning()).isFalse();
  }

  @Test
  void listeners_that_do_not_end_share_the_time_to_stop() {
    consumers.set(1); // none of these is broken
    Network network = network();
    var registry =
        new MosaikListenerRegistry(
            () -> network,
            () -> (listener, received, error) -> {},
            List::of,
            Duration.ofMillis(200));
    for (int i = 0; i < 20; i++) {
      registry.register(
          new MosaikListenerEndpoint(
              "busy " + i,
              String.class,
              null,
              PeerRequirements.NONE,
              MosaikListenerContainerTest::noValidator,
              null,
              null,
              1,
              null,
              Start.NOW,
              true,
              true,
              received -> {}));
    }
    registry.start();
    assertThat(registry.containers()).allMatch(MosaikListenerContainer::isRunning);

    long startNs = System.nanoTime();
    registry.stop();
    assertThat(Duration.ofNanos(System.nanoTime() - startNs))
        .isBetween(Duration.ofMillis(200), Duration.ofSeconds(2)); // one by one it would be four
    assertThat(registry.containers()).noneMatch(MosaikListenerContainer::isRunning);
  }

  /** Its first consumer fails to receive; the others wait for ever. */
  private Network network() {
    ConsumerBuilder<?> builder =
        stub(ConsumerBuilder.class, (self, name) -> name.equals("build") ? consumer() : self);
    Streams streams = stub(Streams.class, (self, name) -> builder);
    return stub(Network.class, (self, name) -> streams);
  }

  private static TicketValidator noValidator(String name) {
    throw new AssertionError("nobody asks for " + name);
  }

  private Consumer<?> consumer() {
    boolean broken = consumers.incrementAndGet() == 1;
    return stub(
        Consumer.class,
        (self, name) ->
            switch (name) {
              case "tryReceive" -> null;
              case "receiveAsync" ->
                  broken
                      ? CompletableFuture.failedFuture(new IllegalStateException("a bug"))
                      : new CompletableFuture<>();
              case "close" -> {
                closed.countDown();
                yield null;
              }
              default -> throw new UnsupportedOperationException(name);
            });
  }

  private interface Answer {

    @Nullable Object to(Object self, String method);
  }

  private static <T> T stub(Class<T> type, Answer answer) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> answer.to(proxy, method.getName())));
  }
}
