package io.mosaik.sample.matcher;

import io.mosaik.groups.Group;
import io.mosaik.runtime.Cancellation;
import io.mosaik.sample.Order;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Submits the orders that are due to the group: those that this matcher shall submit now, see
 * {@link PendingOrders}. Several batches are on their way at a time.
 */
@Component
class OrderSubmitter {

  private static final Logger LOG = LoggerFactory.getLogger(OrderSubmitter.class);

  private final OrderInbox inbox;
  private final Group<OrderBatch, Integer, BookQuery, BookAnswer> books;
  private @Nullable Thread thread;
  private @Nullable Cancellation watching;

  /** What matters of the group's status here. */
  private record Leadership(boolean leads, long term) {}

  private @Nullable Leadership leadership;

  OrderSubmitter(OrderInbox inbox, Group<OrderBatch, Integer, BookQuery, BookAnswer> books) {
    this.inbox = inbox;
    this.books = books;
  }

  @PostConstruct
  void start() {
    watching =
        books
            .status()
            .observe(
                Runnable::run,
                status ->
                    leadership(new Leadership(status.role() == Group.Role.LEADER, status.term())));
    thread = Thread.ofVirtual().name("order-submitter").start(this::submitAll);
  }

  @PreDestroy
  void stop() {
    if (watching != null) {
      watching.cancel();
    }
    if (thread != null) {
      thread.interrupt();
    }
  }

  private void leadership(Leadership now) {
    if (!now.equals(leadership)) {
      leadership = now;
      inbox.leadership(now.leads());
    }
  }

  private void submitAll() {
    try {
      while (true) {
        submit(inbox.takeBatch());
      }
    } catch (InterruptedException e) {
      LOG.debug("stopped");
    }
  }

  private void submit(List<Order> batch) {
    CompletableFuture<Group.Executed<Integer>> done;
    try {
      done = books.executeAsync(new OrderBatch(batch));
    } catch (RuntimeException e) {
      done = CompletableFuture.failedFuture(e);
    }
    var unused = done.whenComplete((executed, error) -> answered(batch, error));
  }

  /** Whatever the answer: what it leaves unapplied becomes due again. */
  private void answered(List<Order> batch, @Nullable Throwable error) {
    inbox.answered(batch);
    if (error != null) {
      LOG.info("{} orders will be submitted again: {}", batch.size(), error.getMessage());
    }
  }
}
