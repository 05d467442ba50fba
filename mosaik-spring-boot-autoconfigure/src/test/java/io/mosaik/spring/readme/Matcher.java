package io.mosaik.spring.readme;

import io.mosaik.spring.listener.MosaikListener;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.springframework.stereotype.Component;

@Component
class Matcher {

  private final List<Order> book = new CopyOnWriteArrayList<>();

  @MosaikListener(tags = "trader")
  void on(Order order) {
    book.add(order);
  }

  List<Order> book() {
    return book;
  }
}
