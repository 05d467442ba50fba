package io.mosaik.sample.matcher;

import io.mosaik.sample.Order;
import io.mosaik.spring.listener.MosaikListener;
import org.springframework.stereotype.Component;

/** Receives the orders of every trader. */
@Component
class OrderListener {

  private final OrderInbox inbox;

  OrderListener(OrderInbox inbox) {
    this.inbox = inbox;
  }

  @MosaikListener(tags = "trader", bufferSize = "16384")
  void onOrder(Order order) throws InterruptedException {
    inbox.receive(order);
  }
}
