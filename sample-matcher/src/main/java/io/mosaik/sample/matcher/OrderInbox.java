package io.mosaik.sample.matcher;

import io.mosaik.sample.Order;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * {@link PendingOrders} for several threads: the listener that receives orders, the submitter, and
 * the group that applies them.
 */
@Component
class OrderInbox {

  private static final Logger LOG = LoggerFactory.getLogger(OrderInbox.class);

  private static final PendingOrders.Config DEFAULTS =
      new PendingOrders.Config(
          100_000, 256, 4, TimeUnit.SECONDS.toNanos(1), TimeUnit.MILLISECONDS.toNanos(500));

  private final PendingOrders pending;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition mayBeDue = lock.newCondition();
  private final Condition hasRoom = lock.newCondition();
  private long received;
  private long lastAppliedAtMicros;

  /**
   * Counters.
   *
   * @param received orders received from traders
   * @param pending orders received and not yet applied
   * @param submitted orders submitted to the group, repetitions included
   * @param lastAppliedAtMicros when an order was last applied here, microseconds since 1970
   */
  record Stats(long received, int pending, long submitted, long lastAppliedAtMicros) {}

  OrderInbox() {
    this(DEFAULTS);
  }

  OrderInbox(PendingOrders.Config config) {
    pending = new PendingOrders(config);
  }

  /** An order was received. Waits while too many are pending, which holds its trader back. */
  void receive(Order order) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      received++;
      while (pending.add(order, System.nanoTime()) == PendingOrders.Added.FULL) {
        if (!hasRoom.await(10, TimeUnit.SECONDS)) {
          LOG.warn(
              "{} orders are pending, none is applied: is the group without a majority?",
              pending.size());
        }
      }
      mayBeDue.signal();
    } finally {
      lock.unlock();
    }
  }

  /** This matcher's replica has applied the orders. */
  void applied(List<Order> orders) {
    lock.lock();
    try {
      for (Order order : orders) {
        pending.applied(order.trader(), order.sequence());
      }
      lastAppliedAtMicros = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
      hasRoom.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** The group's leader has changed. */
  void leadership(boolean leads) {
    lock.lock();
    try {
      pending.leadership(leads, System.nanoTime());
      mayBeDue.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Waits for the next orders to submit; {@link #answered} has to follow. */
  List<Order> takeBatch() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (true) {
        List<Order> batch = pending.next(System.nanoTime());
        if (!batch.isEmpty()) {
          return batch;
        }
        mayBeDue.awaitNanos(pending.waitNs(System.nanoTime()));
      }
    } finally {
      lock.unlock();
    }
  }

  /** A submission has its answer, good or bad. */
  void answered(List<Order> batch) {
    lock.lock();
    try {
      pending.answered(batch, System.nanoTime());
      mayBeDue.signal();
    } finally {
      lock.unlock();
    }
  }

  Stats stats() {
    lock.lock();
    try {
      return new Stats(received, pending.size(), pending.submitted(), lastAppliedAtMicros);
    } finally {
      lock.unlock();
    }
  }
}
