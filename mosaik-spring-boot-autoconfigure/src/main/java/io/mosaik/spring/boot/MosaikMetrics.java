package io.mosaik.spring.boot;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.mosaik.Network;
import io.mosaik.groups.Group;
import io.mosaik.runtime.Cancellation;
import io.mosaik.spring.listener.MosaikListenerContainer;
import io.mosaik.spring.listener.MosaikListenerRegistry;
import io.mosaik.streams.Consumer;
import io.mosaik.streams.FoldInfo;
import io.mosaik.streams.Producer;
import io.mosaik.streams.Refusal;
import io.mosaik.streams.ShareGroupInfo;
import io.mosaik.streams.SubscriptionInfo;
import io.mosaik.streams.Unwanted;
import io.mosaik.streams.View;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.ToDoubleFunction;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextRefreshedEvent;

/**
 * Meters of the node, its groups, streams and listeners. Those that are made later than the
 * application's start get theirs when this node's entry or the catalog changes next.
 */
final class MosaikMetrics
    implements MeterBinder,
        SmartInitializingSingleton,
        ApplicationListener<ContextRefreshedEvent>,
        DisposableBean {

  private final Network network;
  private final MosaikListenerRegistry listeners;
  private final GroupNames names;
  private final CopyOnWriteArrayList<MeterRegistry> registries = new CopyOnWriteArrayList<>();
  private final Set<Object> bound = ConcurrentHashMap.newKeySet();
  private final List<Cancellation> watches = new ArrayList<>();

  MosaikMetrics(Network network, MosaikListenerRegistry listeners, GroupNames names) {
    this.network = network;
    this.names = names;
    this.listeners = listeners;
  }

  private record Binding(MeterRegistry registry, Object what) {}

  @Override
  public void bindTo(MeterRegistry registry) {
    registries.add(registry);
    Gauge.builder("mosaik.peers", network, n -> n.discovery().catalog().get().size())
        .description("Peers that this node knows")
        .register(registry);
    for (Refusal reason : List.of(Refusal.NOT_FOUND, Refusal.NO_CAPACITY)) {
      counter(
          registry,
          "mosaik.streams.refused",
          network.streams(),
          Tags.of("reason", reason.name()),
          "Subscriptions that this node refused before they came to a producer",
          streams -> streams.refusals().getOrDefault(reason, 0L));
    }
    refresh();
  }

  @Override
  public void afterSingletonsInstantiated() {
    // Meter filters are the application's code: none of it on the strand of discovery.
    Executor aside = Thread::startVirtualThread;
    watches.add(network.discovery().self().observe(aside, entry -> refresh()));
    watches.add(network.discovery().catalog().observe(aside, catalog -> refresh()));
  }

  /** Listeners have started now. */
  @Override
  public void onApplicationEvent(ContextRefreshedEvent event) {
    refresh();
  }

  @Override
  public void destroy() {
    watches.forEach(Cancellation::cancel);
  }

  /** Gives meters to what has none yet. */
  synchronized void refresh() {
    for (MeterRegistry registry : registries) {
      for (Group<?, ?, ?, ?> group : network.groups().joined()) {
        if (bound.add(new Binding(registry, group.id()))) {
          GroupMeters.bind(registry, group, names.of(group));
        }
      }
      for (Producer<?> producer : network.streams().producers()) {
        if (bound.add(new Binding(registry, producer))) {
          bind(registry, producer);
        }
        for (FoldInfo fold : producer.folds()) {
          var kept = new ViewMeters.KeptFold(producer, fold.name());
          if (bound.add(new Binding(registry, kept))) {
            ViewMeters.bind(registry, kept);
          }
        }
        for (ShareGroupInfo group : producer.shareGroups()) {
          var meters = new ShareMeters(producer, group.name());
          if (bound.add(new Binding(registry, meters))) {
            meters.bind(registry);
          }
        }
      }
      for (Consumer<?> consumer : network.streams().consumers()) {
        if (bound.add(new Binding(registry, consumer))) {
          bind(registry, consumer);
        }
      }
      for (View<?> view : network.streams().views()) {
        if (bound.add(new Binding(registry, view))) {
          ViewMeters.bind(registry, view);
        }
      }
      for (MosaikListenerContainer listener : listeners.containers()) {
        if (bound.add(new Binding(registry, listener))) {
          bind(registry, listener);
        }
      }
    }
  }

  private static void bind(MeterRegistry registry, Producer<?> producer) {
    Tags tags = Tags.of("stream", producer.name());
    Gauge.builder("mosaik.producer.subscriptions", producer, p -> connected(p.consumers()))
        .description("Consumers that are subscribed")
        .tags(tags)
        .register(registry);
    Gauge.builder("mosaik.producer.lag", producer, p -> largestLag(p.consumers()))
        .description("Datums that wait for the consumer for whom most do")
        .tags(tags)
        .register(registry);
    counter(
        registry,
        "mosaik.producer.datums",
        producer,
        tags,
        "Datums handed to consumers",
        p -> p.stats().datums());
    counter(
        registry,
        "mosaik.producer.bytes",
        producer,
        tags,
        "Bytes of those datums",
        p -> p.stats().bytes());
    Gauge.builder("mosaik.producer.past.datums", producer, p -> p.past().datums())
        .description("Datums that are kept for consumers that come late")
        .tags(tags)
        .register(registry);
    Gauge.builder("mosaik.producer.past.bytes", producer, p -> p.past().bytes())
        .description("What they take")
        .baseUnit("bytes")
        .tags(tags)
        .register(registry);
    counter(
        registry,
        "mosaik.producer.replayed",
        producer,
        tags,
        "Datums handed to consumers that came later than they",
        p -> p.stats().replayed());
    counter(
        registry,
        "mosaik.producer.dropped",
        producer,
        tags,
        "Datums that were accepted and not delivered",
        p -> p.stats().dropped());
    counter(
        registry,
        "mosaik.producer.unheard",
        producer,
        tags,
        "Datums that were accepted and handed to no consumer",
        p -> p.stats().unheard());
    for (Refusal reason : Refusal.values()) {
      counter(
          registry,
          "mosaik.producer.refused",
          producer,
          tags.and("reason", reason.name()),
          "Subscriptions that this node's producer refused",
          p -> p.refusals().getOrDefault(reason, 0L));
    }
  }

  private static void bind(MeterRegistry registry, Consumer<?> consumer) {
    // Several consumers of one stream on a node are told apart by their number.
    String name = consumer.name();
    int number = registry.find("mosaik.consumer.subscriptions").tag("stream", name).meters().size();
    Tags tags = Tags.of("stream", name, "consumer", Integer.toString(number));
    Gauge.builder("mosaik.consumer.subscriptions", consumer, c -> connected(c.producers()))
        .description("Producers that are subscribed to")
        .tags(tags)
        .register(registry);
    Gauge.builder("mosaik.consumer.lag", consumer, c -> largestLag(c.producers()))
        .description("Datums that wait for the application, of the producer of whom most do")
        .tags(tags)
        .register(registry);
    counter(
        registry,
        "mosaik.consumer.datums",
        consumer,
        tags,
        "Datums received",
        c -> c.stats().datums());
    counter(
        registry,
        "mosaik.consumer.bytes",
        consumer,
        tags,
        "Bytes of those datums",
        c -> c.stats().bytes());
    counter(
        registry,
        "mosaik.consumer.dropped",
        consumer,
        tags,
        "Datums that could not be decoded",
        c -> c.stats().dropped());
    counter(
        registry,
        "mosaik.consumer.missed",
        consumer,
        tags,
        "Datums that a producer sent and this consumer never got",
        c -> c.stats().missed());
    counter(
        registry,
        "mosaik.consumer.gaps",
        consumer,
        tags,
        "Times that datums were missed, also where it is unknown how many",
        c -> c.stats().gaps());
    for (Unwanted reason : Unwanted.values()) {
      Gauge.builder("mosaik.consumer.unwanted", consumer, c -> c.unwanted().getOrDefault(reason, 0))
          .description("Producers of the stream that don't satisfy what this consumer requires")
          .tags(tags.and("reason", reason.name()))
          .register(registry);
    }
    for (Refusal reason : Refusal.values()) {
      counter(
          registry,
          "mosaik.consumer.refused",
          consumer,
          tags.and("reason", reason.name()),
          "Subscriptions that a producer refused to this consumer",
          c -> c.refusals().getOrDefault(reason, 0L));
    }
  }

  private static void bind(MeterRegistry registry, MosaikListenerContainer listener) {
    Tags tags = Tags.of("listener", listener.endpoint().id());
    counter(
        registry,
        "mosaik.listener.handled",
        listener,
        tags,
        "Datums worked off",
        MosaikListenerContainer::handled);
    counter(
        registry,
        "mosaik.listener.failed",
        listener,
        tags,
        "Datums whose method threw",
        MosaikListenerContainer::failed);
  }

  private static <T> void counter(
      MeterRegistry registry,
      String name,
      T source,
      Tags tags,
      String description,
      ToDoubleFunction<T> value) {
    FunctionCounter.builder(name, source, value)
        .description(description)
        .tags(tags)
        .register(registry);
  }

  private static long largestLag(List<SubscriptionInfo> subscriptions) {
    return subscriptions.stream().mapToLong(SubscriptionInfo::lag).max().orElse(0);
  }

  private static long connected(List<SubscriptionInfo> subscriptions) {
    return subscriptions.stream()
        .filter(subscription -> subscription.state() == SubscriptionInfo.State.CONNECTED)
        .count();
  }
}
