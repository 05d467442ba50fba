package io.mosaik.sample.matcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.sample.Order;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class OrderInboxTest {

  private static final int ORDERS = 5_000;

  @Test
  @Timeout(30)
  void a_small_inbox_holds_its_traders_back_and_loses_nothing() throws Exception {
    var inbox =
        new OrderInbox(new PendingOrders.Config(64, 16, 3, 0, TimeUnit.MILLISECONDS.toNanos(1)));
    var books = new OrderBooks();
    var orders = new TestOrders();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        ExecutorService applier = Executors.newSingleThreadExecutor()) {
      CompletableFuture<Void> received =
          CompletableFuture.runAsync(
              () -> {
                for (int i = 1; i <= ORDERS; i++) {
                  receive(inbox, orders.buy("a", i, 100, 1));
                }
              },
              threads);
      // A group that loses every third submission and answers them all, late and in any order.
      Thread submitter =
          Thread.ofVirtual()
              .start(() -> {
                var random = new Random(1);
                try {
                  while (true) {
                    List<Order> batch = inbox.takeBatch();
                    boolean lost = random.nextInt(3) == 0;
                    applier.execute(() -> {
                      if (!lost) {
                        batch.forEach(order -> books.apply(order, fill -> {}));
                        inbox.applied(batch);
                      }
                      inbox.answered(batch);
                    });
                  }
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              });
      received.get();
      while (inbox.stats().pending() > 0) {
        Thread.onSpinWait();
      }
      submitter.interrupt();
      submitter.join();
    }
    assertThat(books.orders()).isEqualTo(ORDERS);
    assertThat(inbox.stats().received()).isEqualTo(ORDERS);
    assertThat(inbox.stats().submitted()).isGreaterThan(ORDERS);
  }

  private static void receive(OrderInbox inbox, Order order) {
    try {
      inbox.receive(order);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
