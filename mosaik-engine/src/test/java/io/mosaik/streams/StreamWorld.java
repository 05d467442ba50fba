package io.mosaik.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.Host;
import io.mosaik.discovery.Discovery;
import io.mosaik.discovery.DiscoveryConfig;
import io.mosaik.discovery.bootstrap.BootstrapSource;
import io.mosaik.discovery.worker.DiscoveryNode;
import io.mosaik.id.NetworkId;
import io.mosaik.id.PeerId;
import io.mosaik.id.Tag;
import io.mosaik.sim.World;
import io.mosaik.streams.protocol.StreamCodec;
import io.mosaik.streams.protocol.StreamMessage;
import io.mosaik.transport.Address;
import io.mosaik.transport.Endpoint;
import io.mosaik.transport.LinkHandler;
import io.mosaik.transport.LinkOptions;
import io.mosaik.transport.Links;
import io.mosaik.transport.PeerAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A simulated world of nodes with discovery and streams; each knows where the earlier ones are. */
final class StreamWorld implements AutoCloseable {

  static final NetworkId NETWORK = NetworkId.of("streams");

  private final World world;
  private final List<Node> nodes = new ArrayList<>();

  StreamWorld(long seed) {
    world = World.seeded(seed);
  }

  World world() {
    return world;
  }

  /** Starts a node with these tags. */
  Node start(String name, String... tags) {
    var node = new Node(name, tags);
    node.streams = StreamsModule.start(node.host.platform(), node.links, node.discovery());
    return add(node);
  }

  /** Starts a node that speaks the protocol of streams in its own way. */
  Node startRogue(String name, LinkHandler<StreamMessage> handler) {
    var node = new Node(name);
    node.links.listen(
        StreamCodec.PROTOCOL, node.host.platform().newStrand("rogue"), link -> handler);
    return add(node);
  }

  private Node add(Node node) {
    String name = node.name;
    nodes.removeIf(old -> old.name.equals(name));
    nodes.add(node);
    return node;
  }

  /** The node of this name that was started last. */
  Node node(String name) {
    return nodes.stream().filter(node -> node.name.equals(name)).findFirst().orElseThrow();
  }

  StreamWorld run(Duration time) {
    world.run(time);
    return this;
  }

  StreamWorld until(String what, BooleanSupplier condition) {
    world.runUntil(what, condition, Duration.ofSeconds(30));
    return this;
  }

  /** Takes what is there of a consumer's datums. */
  static <T> List<T> drain(Consumer<T> consumer) {
    return Stream.generate(consumer::tryReceive)
        .takeWhile(next -> next != null)
        .map(Received::datum)
        .toList();
  }

  @Override
  public void close() {
    assertThat(world.failures()).isEmpty();
    world.close();
  }

  /** One node. */
  final class Node {

    private final String name;
    private final Host host;
    private final Endpoint endpoint;
    private final Links links;
    private final DiscoveryNode discovery;
    private @Nullable StreamsModule streams;

    private Node(String name, String... tags) {
      this.name = name;
      var machine = world.node(name);
      host = machine.host();
      endpoint = host.open(machine.key(), new Address("0.0.0.0", 4000), List.of());
      links = Links.over(endpoint, host.platform(), NETWORK, null, LinkOptions.DEFAULTS);
      List<PeerAddress> others =
          nodes.stream()
              .map(node -> node.name)
              .filter(other -> !other.equals(name))
              .map(other -> PeerAddress.parse(other + ":4000"))
              .toList();
      discovery =
          DiscoveryNode.start(
              host.platform(),
              links,
              new DiscoveryNode.Settings(
                  NETWORK,
                  machine.key(),
                  Stream.of(tags).map(Tag::of).toList(),
                  others.isEmpty() ? List.of() : List.of(BootstrapSource.of(others)),
                  DiscoveryConfig.DEFAULTS));
    }

    String name() {
      return name;
    }

    PeerId peerId() {
      return endpoint.peerId();
    }

    PeerAddress address() {
      return new PeerAddress(endpoint.peerId(), endpoint.addresses());
    }

    Host host() {
      return host;
    }

    Links links() {
      return links;
    }

    Discovery discovery() {
      return discovery.discovery();
    }

    StreamsModule streams() {
      return Objects.requireNonNull(streams, "a rogue has no streams");
    }
  }
}
