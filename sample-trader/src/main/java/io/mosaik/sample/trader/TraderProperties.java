package io.mosaik.sample.trader;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the trader behaves.
 *
 * @param name id of the trader on its orders; made of the node's id and the time of its start if
 *     not set. An id must not be used again: orders are numbered from 1 per id, and numbers that
 *     were seen are taken for repetitions.
 * @param share which orders of the file to send, as {@code 1/2}: the first of two traders that
 *     share it
 * @param ordersPerSecond how fast to send
 * @param matchers how many matchers have to be subscribed before the first order is sent
 * @param autoStart whether it begins by itself; otherwise when {@code POST /api/trader/start} says
 */
@ConfigurationProperties("trader")
record TraderProperties(
    @Nullable String name,
    @DefaultValue("1/1") Share share,
    @DefaultValue("1000") int ordersPerSecond,
    @DefaultValue("1") int matchers,
    @DefaultValue("true") boolean autoStart) {

  /** Refuses speeds that make no sense. */
  TraderProperties {
    if (ordersPerSecond < 1 || ordersPerSecond > 1_000_000) {
      throw new IllegalArgumentException(
          "trader.orders-per-second is " + ordersPerSecond + "; allowed: 1 to 1000000");
    }
    if (matchers < 1) {
      throw new IllegalArgumentException("trader.matchers is " + matchers + "; allowed: 1 or more");
    }
  }
}
