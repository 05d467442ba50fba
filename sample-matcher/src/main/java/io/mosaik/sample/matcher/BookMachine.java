package io.mosaik.sample.matcher;

import io.mosaik.groups.ApplyContext;
import io.mosaik.groups.StateMachine;
import io.mosaik.sample.Fill;
import io.mosaik.sample.Order;
import io.mosaik.wire.Codec;
import io.mosaik.wire.Codecs;
import java.util.List;
import java.util.function.Consumer;

/**
 * The order books as a replicated state machine: every matcher applies the same batches in the same
 * sequence and so has the same books. Whom it tells of fills and applied orders concerns this
 * matcher alone and is not part of the state.
 */
class BookMachine implements StateMachine<OrderBatch, Integer, BookQuery, BookAnswer> {

  private OrderBooks books = new OrderBooks();
  private final Consumer<Fill> fills;
  private final Consumer<List<Order>> applied;

  /**
   * Empty books.
   *
   * @param fills told of each fill, in sequence
   * @param applied told of the orders of each batch when they have been applied, those that had
   *     been applied before included
   */
  BookMachine(Consumer<Fill> fills, Consumer<List<Order>> applied) {
    this.fills = fills;
    this.applied = applied;
  }

  @Override
  public String signature() {
    return "mosaik.sample.order-book.1";
  }

  /**
   * Applies a batch.
   *
   * @return how many of its orders had not been applied before
   */
  @Override
  public Integer apply(OrderBatch batch, ApplyContext context) {
    long before = books.orders();
    for (Order order : batch.orders()) {
      books.apply(order, fills);
    }
    applied.accept(batch.orders());
    return Math.toIntExact(books.orders() - before);
  }

  @Override
  public void reset() {
    books = new OrderBooks();
  }

  @Override
  public BookAnswer query(BookQuery query) {
    return new BookAnswer(
        query.overview() ? BookAnswer.Overview.of(books) : null,
        query.maxFills() > 0 ? books.fillsFrom(query.fromFill(), query.maxFills()) : List.of());
  }

  @Override
  public Codec<OrderBatch> commandCodec() {
    return Codecs.cbor(OrderBatch.class);
  }

  @Override
  public Codec<BookQuery> queryCodec() {
    return Codecs.cbor(BookQuery.class);
  }

  @Override
  public Codec<BookAnswer> answerCodec() {
    return Codecs.cbor(BookAnswer.class);
  }
}
