package io.mosaik.spring.boot;

import io.mosaik.Network;
import io.mosaik.spring.listener.NamedBeans;
import io.mosaik.spring.listener.PeerRequirements;
import io.mosaik.streams.Consumer;
import io.mosaik.streams.ConsumerBuilder;
import io.mosaik.streams.Fold;
import io.mosaik.streams.Producer;
import io.mosaik.streams.ProducerBuilder;
import io.mosaik.streams.ProducerExistsException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.beans.factory.InjectionPoint;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/** Makes what is injected of streams, as the injection points say. Thread-safe. */
final class InjectedStreams {

  private final Network network;
  private final ConfigurableListableBeanFactory beans;
  private final Map<Producer<?>, PeerRequirements> made = new ConcurrentHashMap<>();

  InjectedStreams(Network network, ConfigurableListableBeanFactory beans) {
    this.network = network;
    this.beans = beans;
  }

  /**
   * The one producer of the stream; it keeps the states of all {@link Fold} beans of its datums.
   *
   * @throws IllegalStateException if another injection point asked for other peers
   */
  <T> Producer<T> producer(InjectionPoint at) {
    Class<T> type = DatumType.of(at, Producer.class);
    PeerRequirements peers = peers(at);
    ProducerBuilder<T> builder = network.streams().producer(type);
    peers.require(builder, name -> NamedBeans.validator(beans, name));
    for (String fold : beans.getBeanNamesForType(Fold.class)) {
      if (FoldType.of(fold, beans).datums() == type) {
        keep(builder, fold);
      }
    }
    synchronized (made) {
      try {
        Producer<T> producer = builder.build();
        made.put(producer, peers);
        return producer;
      } catch (ProducerExistsException e) {
        Producer<T> producer = network.streams().produce(type);
        PeerRequirements before = made.getOrDefault(producer, PeerRequirements.NONE);
        if (!before.equals(peers)) {
          throw new IllegalStateException(
              "the producer at "
                  + at.getMember()
                  + " asks for "
                  + describe(peers)
                  + ", but the stream's one producer was made with "
                  + describe(before)
                  + "; say the same at each injection point, or declare a bean",
              e);
        }
        return producer;
      }
    }
  }

  @SuppressWarnings("unchecked") // the bean's declaration says that it is of these datums
  private <T> void keep(ProducerBuilder<T> builder, String fold) {
    builder.fold((Fold<T, ?>) beans.getBean(fold, Fold.class));
  }

  /** Another consumer of the stream. */
  <T> Consumer<T> consumer(InjectionPoint at) {
    ConsumerBuilder<T> builder = network.streams().consumer(DatumType.<T>of(at, Consumer.class));
    peers(at).require(builder, name -> NamedBeans.validator(beans, name));
    return builder.build();
  }

  private PeerRequirements peers(InjectionPoint at) {
    MosaikPeers asked = at.getAnnotation(MosaikPeers.class);
    if (asked == null) {
      return PeerRequirements.NONE;
    }
    try {
      return PeerRequirements.of(
          asked.tags(), asked.rttBelow(), asked.requireTicket(), this::resolve);
    } catch (IllegalArgumentException e) {
      throw new IllegalStateException(
          "@MosaikPeers at " + at.getMember() + ": " + e.getMessage(), e);
    }
  }

  private String resolve(String text) {
    String resolved = beans.resolveEmbeddedValue(text);
    return resolved == null ? "" : resolved;
  }

  private static String describe(PeerRequirements peers) {
    return peers.equals(PeerRequirements.NONE)
        ? "no @MosaikPeers"
        : "@MosaikPeers(tags = "
            + peers.tags()
            + ", rttBelow = "
            + peers.rttBelow()
            + ", requireTicket = "
            + peers.tickets()
            + ")";
  }
}
