package io.mosaik.streams;

import io.mosaik.discovery.Discovery;
import io.mosaik.id.StreamId;
import io.mosaik.runtime.Cancellation;
import io.mosaik.runtime.Platform;
import io.mosaik.streams.protocol.StreamCodec;
import io.mosaik.transport.Links;
import io.mosaik.wire.Codec;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The producers and consumers of one node. Internal: the network makes it and hands it out as
 * {@link Streams}; applications never see this type.
 */
public final class StreamsModule implements Streams {

  private final Platform platform;
  private final Links links;
  private final Discovery discovery;
  private final Map<StreamId, ProducerHandle<?>> producers = new ConcurrentSkipListMap<>();
  private final Map<Long, ProducerHandle<?>> producersInOrder = new ConcurrentSkipListMap<>();
  private final Map<Long, ConsumerHandle<?>> consumers = new ConcurrentSkipListMap<>();
  private final Map<Long, View<?>> views = new ConcurrentSkipListMap<>();
  private final AtomicLong numbers = new AtomicLong();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final Reception reception;

  private StreamsModule(Platform platform, Links links, Discovery discovery) {
    this.platform = platform;
    this.links = links;
    this.discovery = discovery;
    reception =
        new Reception(
            platform,
            discovery,
            closed::get,
            stream -> {
              ProducerHandle<?> producer = producers.get(stream);
              return producer == null ? null : producer.worker();
            });
  }

  /** Begins to answer consumers of other nodes. */
  public static StreamsModule start(Platform platform, Links links, Discovery discovery) {
    var module = new StreamsModule(platform, links, discovery);
    links.listen(StreamCodec.PROTOCOL, module.reception.strand(), module.reception::receive);
    return module;
  }

  /**
   * Closes all consumers and producers; the latter drain first.
   *
   * @return completes when that is done, after 5 s or so in any case
   */
  public CompletableFuture<Void> closeAsync() {
    closed.set(true);
    Stream<CompletableFuture<Void>> endings =
        Stream.concat(
            consumers.values().stream().map(ConsumerHandle::closeAsync),
            producersInOrder.values().stream().map(ProducerHandle::closeAsync));
    return CompletableFuture.allOf(endings.toArray(CompletableFuture<?>[]::new));
  }

  @Override
  public <T> Producer<T> produce(Class<T> type) {
    return builder(type).buildOrGet();
  }

  @Override
  public <T> Consumer<T> consume(Class<T> type) {
    return consumer(type).build();
  }

  @Override
  public <T, S> View<S> fold(Class<T> type, Fold<T, S> fold) {
    return consumer(type).fold(fold);
  }

  @Override
  public <T> ProducerBuilder<T> producer(Class<T> type) {
    return builder(type);
  }

  @Override
  public List<Producer<?>> producers() {
    return List.copyOf(producersInOrder.values());
  }

  @Override
  public List<Consumer<?>> consumers() {
    return List.copyOf(consumers.values());
  }

  @Override
  public List<View<?>> views() {
    return List.copyOf(views.values());
  }

  @Override
  public Map<Refusal, Long> refusals() {
    return reception.refusals();
  }

  private <T> ProducerSetup<T> builder(Class<T> type) {
    return new ProducerSetup<>(this, type);
  }

  @Override
  public <T> ConsumerBuilder<T> consumer(Class<T> type) {
    return new ConsumerSetup<>(this, type);
  }

  /**
   * The producer of the stream: a new one, or the one that is there.
   *
   * @throws IllegalStateException if the one that is there is of another type
   */
  <T> Made<T> producer(
      Class<T> type,
      Codec<T> codec,
      java.util.function.@Nullable Consumer<Object> undelivered,
      ProducerSettings settings) {
    checkOpen();
    StreamId stream = settings.stream().id();
    ProducerHandle<?> known = producers.get(stream);
    if (known != null) {
      return new Made<>(typed(known, type), false);
    }
    var worker =
        new ProducerWorker(platform, discovery, settings, undelivered, type, codec::decode);
    var retraction = new Retraction();
    var handle = new ProducerHandle<>(platform, type, codec, worker, retraction);
    ProducerHandle<?> existing = producers.putIfAbsent(stream, handle);
    if (existing != null) {
      return new Made<>(typed(existing, type), false);
    }
    long number = numbers.incrementAndGet();
    producersInOrder.put(number, handle);
    worker.start();
    Cancellation advertisement = discovery.advertise(stream);
    retraction.set(() -> {
      if (producers.remove(stream, handle)) {
        producersInOrder.remove(number);
        advertisement.cancel();
      }
    });
    if (closed.get()) {
      var unused = handle.closeAsync();
    }
    return new Made<>(handle, true);
  }

  @SuppressWarnings("unchecked") // the types were compared
  private static <T> Producer<T> typed(ProducerHandle<?> existing, Class<T> type) {
    if (existing.type() != type) {
      throw new IllegalStateException(
          "this node produces the stream "
              + existing.name()
              + " as "
              + existing.type().getName()
              + " already, it can't produce it as "
              + type.getName()
              + " too; give one of them another stream by @Datum or stream(...)");
    }
    return (Producer<T>) existing;
  }

  <T> Consumer<T> consumer(
      Class<T> type,
      Codec<T> codec,
      java.util.function.Consumer<? super Undecodable> undecodable,
      ConsumerSettings settings) {
    return consumer(type, codec, undecodable, settings, new HandOver());
  }

  <T, S> View<S> view(Class<T> type, Codec<T> codec, Fold<T, S> fold, ConsumerSettings settings) {
    var handOver = new HandOver();
    var view = new FoldedView<>(platform, settings.stream(), fold);
    handOver.onState(view::begin);
    ConsumerHandle<T> consumer = consumer(type, codec, view::undecodable, settings, handOver);
    long number = numbers.incrementAndGet();
    view.follow(consumer, () -> views.remove(number));
    views.put(number, view);
    return view;
  }

  private <T> ConsumerHandle<T> consumer(
      Class<T> type,
      Codec<T> codec,
      java.util.function.Consumer<? super Undecodable> undecodable,
      ConsumerSettings settings,
      HandOver handOver) {
    checkOpen();
    var counters = new StreamCounters();
    var worker = new ConsumerWorker(platform, links, discovery, settings, handOver, counters);
    var retraction = new Retraction();
    var handle =
        new ConsumerHandle<>(
            platform,
            type,
            handOver,
            new DecodingInbox<>(
                settings.stream(), type, codec, handOver, counters, worker::isClosing, undecodable),
            counters,
            worker,
            retraction);
    long number = numbers.incrementAndGet();
    consumers.put(number, handle);
    retraction.set(() -> consumers.remove(number));
    worker.start();
    if (closed.get()) {
      var unused = handle.closeAsync();
    }
    return handle;
  }

  private void checkOpen() {
    if (closed.get()) {
      throw new IllegalStateException("the network is closed; no producer or consumer can be made");
    }
  }

  /**
   * A producer, and whether it was made now.
   *
   * @param producer the one there is
   * @param isNew whether there was none
   */
  record Made<T>(Producer<T> producer, boolean isNew) {}

  /** Known before what it takes back is. */
  private static final class Retraction implements Cancellation {

    private volatile Cancellation target = () -> {};

    void set(Cancellation what) {
      target = what;
    }

    @Override
    public void cancel() {
      target.cancel();
    }
  }
}
