package io.mosaik.sample.trader;

import io.mosaik.Network;
import io.mosaik.sample.Order;
import io.mosaik.streams.Producer;
import io.mosaik.streams.SlowConsumerPolicy;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Where the trader wants something else than the defaults. */
@Configuration(proxyBeanMethods = false)
class TraderConfiguration {

  /**
   * Only matchers may hear orders. One that falls behind holds the trader back instead of missing
   * orders: until then a whole buffer of them may wait for it.
   */
  @Bean
  Producer<Order> orders(Network network) {
    return network
        .streams()
        .producer(Order.class)
        .requireConsumer(peer -> peer.hasTag("matcher"))
        .onlineWhen(online -> online.minimumOf(1).withTags("matcher"))
        .bufferSize(16_384)
        .slowConsumers(SlowConsumerPolicy.BLOCK)
        .build();
  }
}
