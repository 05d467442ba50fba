package io.mosaik.sample.trader;

import io.mosaik.Network;
import io.mosaik.runtime.DeadlineExceededException;
import io.mosaik.sample.Order;
import io.mosaik.streams.Producer;
import io.mosaik.streams.ProducerClosedException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.stereotype.Component;

/** Sends the orders, one after the other, at a steady rate, once enough matchers listen. */
@Component
class Trader implements ApplicationRunner {

  private static final Logger LOG = LoggerFactory.getLogger(Trader.class);
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Producer<Order> orders;
  private final TraderProperties properties;
  private final String name;
  private final CountDownLatch start;
  private volatile Progress progress = new Progress(0, -1, false, 0);

  /**
   * How far the trader is.
   *
   * @param sent orders sent
   * @param total orders to send, -1 if there is no end
   * @param finished whether all are sent
   * @param firstSentAtMicros when the first was sent, microseconds since 1970; 0 before
   */
  record Progress(long sent, long total, boolean finished, long firstSentAtMicros) {}

  Trader(Network network, Producer<Order> orders, TraderProperties properties) {
    this.orders = orders;
    this.properties = properties;
    this.start = new CountDownLatch(properties.autoStart() ? 0 : 1);
    this.name =
        properties.name() != null
            ? properties.name()
            : network.peerId().toShortString() + "-" + Long.toString(nowMicros(), 36);
  }

  String name() {
    return name;
  }

  Progress progress() {
    return progress;
  }

  /** Lets a trader begin that was told to wait. */
  void start() {
    start.countDown();
  }

  @Override
  public void run(ApplicationArguments args) {
    OrderSource source = OrderSource.of(args, properties);
    progress = new Progress(0, source.total(), source.total() == 0, 0);
    try {
      start.await();
      awaitMatchers();
      sendAll(source);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ProducerClosedException e) {
      LOG.info("{} was stopped after {} orders", name, progress.sent());
    }
  }

  private void sendAll(OrderSource source) {
    long firstSentAtMicros = nowMicros();
    long startNs = System.nanoTime();
    long sent = 0;
    while (source.lines().hasNext()) {
      long dueNs = startNs + sent * TimeUnit.SECONDS.toNanos(1) / source.ordersPerSecond();
      for (long wait = dueNs - System.nanoTime(); wait > 0; wait = dueNs - System.nanoTime()) {
        LockSupport.parkNanos(wait);
      }
      send(source.lines().next().by(name, sent + 1, nowMicros()));
      sent++;
      progress = new Progress(sent, source.total(), !source.lines().hasNext(), firstSentAtMicros);
    }
    LOG.info("{} sent all of its {} orders", name, sent);
  }

  private void awaitMatchers() {
    while (true) {
      try {
        orders
            .when()
            .subscribed()
            .minimumOf(properties.matchers())
            .withTags("matcher")
            .await(PATIENCE);
        return;
      } catch (DeadlineExceededException e) {
        LOG.info("waiting for {} matchers to subscribe", properties.matchers());
      }
    }
  }

  /** An order that was not taken in time was surely not sent: the same one is tried again. */
  private void send(Order order) {
    while (true) {
      try {
        orders.send(order, PATIENCE);
        return;
      } catch (DeadlineExceededException e) {
        LOG.warn("order {} waits: {}", order.sequence(), e.getMessage());
      }
    }
  }

  private static long nowMicros() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
  }
}
