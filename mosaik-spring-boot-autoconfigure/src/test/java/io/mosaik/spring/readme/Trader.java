package io.mosaik.spring.readme;

import io.mosaik.streams.Producer;
import org.springframework.stereotype.Component;

@Component
class Trader {

  private final Producer<Order> orders;

  Trader(Producer<Order> orders) {
    this.orders = orders;
  }

  void buy(String pair, long priceTicks, long lots) {
    orders.send(new Order(pair, priceTicks, lots)); // waits for a listener, 30 s at most
  }
}
