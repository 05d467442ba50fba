package io.mosaik.benchmarks;

import io.mosaik.Network;
import io.mosaik.id.NetworkId;
import io.mosaik.streams.Consumer;
import io.mosaik.streams.Producer;
import io.mosaik.streams.Received;
import io.mosaik.streams.SlowConsumerPolicy;
import io.mosaik.transport.Address;
import io.mosaik.transport.PeerAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/** Mosaik's streams: a node for each producer, and one for each consumer. */
final class MosaikStream {

  private static final NetworkId NETWORK = NetworkId.of("benchmark");

  private MosaikStream() {}

  private static Network start(List<String> known) {
    var builder = Network.builder(NETWORK).bind(new Address("127.0.0.1", 0));
    known.forEach(address -> builder.bootstrap(PeerAddress.parse(address)));
    return builder.start();
  }

  /** The producers. */
  static final class Source<T> implements StreamSource {

    private final StreamLoad<T> load;
    private final List<Network> nodes = new ArrayList<>();
    private final List<Producer<T>> producers = new ArrayList<>();

    Source(StreamLoad<T> load, int producerCount, SlowConsumerPolicy policy, int bufferedDatums) {
      this.load = load;
      for (int i = 0; i < producerCount; i++) {
        Network node = start(List.of());
        nodes.add(node);
        producers.add(
            node.streams()
                .producer(load.type())
                .codec(load.codec())
                .bufferSize(bufferedDatums)
                .slowConsumers(policy)
                .build());
      }
    }

    @Override
    public List<String> addresses() {
      return nodes.stream().map(node -> node.address().toString()).toList();
    }

    @Override
    public void awaitReceivers(int each) {
      producers.forEach(
          producer -> producer.when().subscribed().minimumOf(each).await(Duration.ofSeconds(30)));
    }

    @Override
    public void send(int producer, long[] dueNs, int count) {
      Producer<T> to = producers.get(producer);
      for (int i = 0; i < count; i++) {
        to.send(load.make().apply(dueNs[i]));
      }
    }

    @Override
    public void close() {
      nodes.forEach(Network::close);
    }
  }

  /** The consumers, some of which may take nothing. */
  static final class Sink<T> implements StreamSink {

    private final List<Network> nodes = new ArrayList<>();
    private final List<Tally> tallies;

    /**
     * @param listening gives a listener to a consumer
     */
    Sink(
        StreamLoad<T> load,
        BiConsumer<Consumer<T>, java.util.function.Consumer<Received<T>>> listening,
        int takers,
        int stalled,
        int bufferedDatums,
        List<String> producers) {
      tallies = StreamSink.newTallies(takers);
      for (int i = 0; i < takers + stalled; i++) {
        Network node = start(producers);
        nodes.add(node);
        Consumer<T> consumer =
            node.streams()
                .consumer(load.type())
                .codec(load.codec())
                .bufferSize(bufferedDatums)
                .build();
        if (i < takers) {
          Tally tally = tallies.get(i);
          listening.accept(
              consumer, next -> tally.received(load.dueNs().applyAsLong(next.datum())));
        }
      }
    }

    @Override
    public List<Tally> tallies() {
      return tallies;
    }

    @Override
    public void close() {
      nodes.forEach(Network::close);
    }
  }
}
