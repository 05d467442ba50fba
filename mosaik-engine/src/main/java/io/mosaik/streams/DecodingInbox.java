package io.mosaik.streams;

import io.mosaik.streams.protocol.DatumBatch;
import io.mosaik.wire.Codec;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The inbox of a consumer: decodes where the application takes. What doesn't decode is counted,
 * told to the handler, and left out.
 */
final class DecodingInbox<T> implements Inbox<T> {

  private static final Logger LOG = LoggerFactory.getLogger(DecodingInbox.class);

  private final StreamName stream;
  private final Class<T> type;
  private final Codec<T> codec;
  private final HandOver handOver;
  private final StreamCounters counters;
  private final BooleanSupplier over;
  private final java.util.function.Consumer<? super Undecodable> handler;
  private final HandOver.Reader<Received<T>> reader = this::decode;
  private final Queue<Received<T>> returned = new ConcurrentLinkedQueue<>();

  DecodingInbox(
      StreamName stream,
      Class<T> type,
      Codec<T> codec,
      HandOver handOver,
      StreamCounters counters,
      BooleanSupplier over,
      java.util.function.Consumer<? super Undecodable> handler) {
    this.stream = stream;
    this.type = type;
    this.codec = codec;
    this.handOver = handOver;
    this.counters = counters;
    this.over = over;
    this.handler = handler;
  }

  @Override
  public @Nullable Received<T> poll() {
    Received<T> back = returned.poll();
    if (back != null) {
      return back;
    }
    return handOver.poll(reader);
  }

  private @Nullable Received<T> decode(ProducerSource source, DatumBatch batch, int index) {
    try {
      T datum = Objects.requireNonNull(codec.decode(batch.datum(index)), "the codec read null");
      return new Received<>(datum, source.peer());
    } catch (Throwable e) { // whatever a codec throws: the next datum is another one
      counters.dropped(1);
      LOG.atLevel(source.isFirstComplaint() ? Level.WARN : Level.DEBUG)
          .log(
              "Stream {}: a datum of {} is no {}, it is left out and counted (later ones of this"
                  + " producer are told at debug level): {}",
              stream,
              source.peer().toShortString(),
              type.getName(),
              e.toString());
      tell(new Undecodable(batch.datum(index).rest(), source.peer(), e));
      return null;
    }
  }

  private void tell(Undecodable datum) {
    try {
      handler.accept(datum);
    } catch (Throwable e) {
      LOG.error("Stream {}: the handler of undecodable datums failed", stream, e);
    }
  }

  @Override
  public void giveBack(Received<T> datum) {
    returned.add(datum);
    handOver.wakeAll();
  }

  @Override
  public boolean isEmpty() {
    return handOver.isEmpty() && returned.isEmpty();
  }

  @Override
  public boolean isOver() {
    return over.getAsBoolean();
  }

  @Override
  public CompletableFuture<Void> arrival() {
    return handOver.sleeper().woken();
  }

  @Override
  public ConsumerClosedException closedError() {
    return new ConsumerClosedException(
        "the consumer of stream " + stream + " is closed, and nothing is left");
  }
}
