package io.mosaik.sample;

import io.mosaik.Network;
import io.mosaik.streams.SubscriptionInfo;
import java.util.List;

/**
 * Whom a node is connected to; every sample shows it beside its own figures.
 *
 * @param peerId the node
 * @param knownPeers how many other nodes it knows
 * @param producers how many producers of the stream that it consumes it is subscribed to
 * @param consumers how many consumers are subscribed to the stream that it produces
 */
public record Connections(String peerId, int knownPeers, long producers, long consumers) {

  /**
   * The connections of a node as they are now.
   *
   * @param network the node
   * @param consumed name of the stream whose producers count
   * @param produced name of the stream whose consumers count
   * @return the connections
   */
  public static Connections of(Network network, String consumed, String produced) {
    return new Connections(
        network.peerId().toString(),
        network.discovery().catalog().get().size(),
        network.streams().consumers().stream()
            .filter(consumer -> consumer.name().equals(consumed))
            .mapToLong(consumer -> connected(consumer.producers()))
            .sum(),
        network.streams().producers().stream()
            .filter(producer -> producer.name().equals(produced))
            .mapToLong(producer -> connected(producer.consumers()))
            .sum());
  }

  private static long connected(List<SubscriptionInfo> subscriptions) {
    return subscriptions.stream()
        .filter(subscription -> subscription.state() == SubscriptionInfo.State.CONNECTED)
        .count();
  }
}
