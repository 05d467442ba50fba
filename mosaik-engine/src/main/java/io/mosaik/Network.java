package io.mosaik;

import io.mosaik.discovery.Discovery;
import io.mosaik.groups.Groups;
import io.mosaik.id.NetworkId;
import io.mosaik.id.PeerId;
import io.mosaik.streams.Streams;
import io.mosaik.transport.PeerAddress;
import java.util.concurrent.CompletableFuture;

/**
 * One node of a network. Thread-safe; close it to leave in order.
 *
 * {@snippet :
 * try (var network = Network.builder(NetworkId.of("trading")).tags("trader").start()) {
 *   Producer<Order> orders = network.streams().produce(Order.class);
 *   orders.send(order);
 * }
 * }
 */
public interface Network extends AutoCloseable {

  /** Starts to build a node of the named network. */
  static NetworkBuilder builder(NetworkId id) {
    return new NetworkBuilder(id);
  }

  /** The network that this node belongs to. */
  NetworkId id();

  /** This node's identity. */
  PeerId peerId();

  /** Where this node can be reached: what others put into their bootstrap. */
  PeerAddress address();

  /** Who else is there. */
  Discovery discovery();

  /** Typed pub/sub. */
  Streams streams();

  /** Replicated state and leader election. */
  Groups groups();

  /**
   * Leaves in order: groups hand over, producers drain, the departure is told to all, links are
   * closed. Idempotent.
   *
   * @return completes when everything is released
   */
  CompletableFuture<Void> closeAsync();

  /** {@link #closeAsync} and wait for it, 10 seconds at most. */
  @Override
  void close();
}
