package io.mosaik.sample.matcher;

import io.mosaik.groups.Group;
import io.mosaik.groups.Group.Consistency;
import io.mosaik.sample.FillRequest;
import io.mosaik.spring.listener.MosaikListener;
import org.springframework.stereotype.Component;

/** Publishes fills again that a reporter asks for. */
@Component
class FillRequests {

  private final Group<OrderBatch, Integer, BookQuery, BookAnswer> books;
  private final FillPublisher publisher;

  FillRequests(Group<OrderBatch, Integer, BookQuery, BookAnswer> books, FillPublisher publisher) {
    this.books = books;
    this.publisher = publisher;
  }

  @MosaikListener(tags = "reporter")
  void onRequest(FillRequest request) {
    books
        .query(BookQuery.fills(request.fromSequence()), Consistency.WEAK)
        .answer()
        .fills()
        .forEach(publisher::publish);
  }
}
