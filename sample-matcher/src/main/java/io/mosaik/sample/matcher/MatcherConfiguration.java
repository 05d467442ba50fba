package io.mosaik.sample.matcher;

import io.mosaik.Network;
import io.mosaik.sample.Fill;
import io.mosaik.streams.Producer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The machine of the order-book group, and where a matcher wants something else than defaults. */
@Configuration(proxyBeanMethods = false)
class MatcherConfiguration {

  /** A buffer for bursts: a matcher that catches up publishes all fills of the past at once. */
  @Bean
  Producer<Fill> fills(Network network) {
    return network.streams().producer(Fill.class).bufferSize(65_536).build();
  }

  /** Joins the group whose key is {@code mosaik.groups.order-book.key}. */
  @Bean
  BookMachine bookMachine(FillPublisher publisher, OrderInbox inbox) {
    return new BookMachine(publisher::publish, inbox::applied);
  }
}
