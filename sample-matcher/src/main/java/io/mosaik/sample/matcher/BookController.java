package io.mosaik.sample.matcher;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.mosaik.Network;
import io.mosaik.groups.Group;
import io.mosaik.groups.Group.Consistency;
import io.mosaik.groups.GroupStatus;
import io.mosaik.sample.Connections;
import java.util.Objects;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** The books as JSON. */
@RestController
class BookController {

  private final Network network;
  private final Group<OrderBatch, Integer, BookQuery, BookAnswer> books;
  private final OrderInbox inbox;
  private final FillPublisher publisher;

  BookController(
      Network network,
      Group<OrderBatch, Integer, BookQuery, BookAnswer> books,
      OrderInbox inbox,
      FillPublisher publisher) {
    this.network = network;
    this.books = books;
    this.inbox = inbox;
    this.publisher = publisher;
  }

  /**
   * What {@code /api/book} answers.
   *
   * @param connections whom this node is connected to
   * @param role its part in the group
   * @param leader the leader it knows, or nothing
   * @param committee how many voters the group has
   * @param index the position in the log up to which the book is shown
   * @param book what the book adds up to
   * @param inbox what waits to be applied
   * @param unheardFills fills that were published when no reporter was there
   */
  record View(
      @JsonUnwrapped Connections connections,
      Group.Role role,
      String leader,
      int committee,
      long index,
      @JsonUnwrapped BookAnswer.Overview book,
      @JsonUnwrapped OrderInbox.Stats inbox,
      long unheardFills) {}

  @GetMapping("/api/book")
  View book() {
    GroupStatus status = books.status().get();
    var answered = books.query(BookQuery.all(), Consistency.WEAK);
    return new View(
        Connections.of(network, "orders", "fills"),
        status.role(),
        Objects.toString(status.leader(), ""),
        status.committee().size(),
        answered.index(),
        Objects.requireNonNull(answered.answer().overview()),
        inbox.stats(),
        publisher.unheard());
  }
}
