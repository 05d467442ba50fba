package io.mosaik.spring.boot;

import io.mosaik.Network;
import io.mosaik.id.NetworkId;
import io.mosaik.id.PeerId;
import io.mosaik.id.TicketId;
import io.mosaik.streams.Datum;
import io.mosaik.tickets.Ticket;
import io.mosaik.tickets.TicketValidator;
import io.mosaik.tickets.Validity;
import io.mosaik.transport.Address;
import java.time.Duration;
import java.time.Instant;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** What the tests of this package share: an application with everything, and what it sends. */
final class TestContext {

  /** How long what comes soon may take on a busy machine. */
  static final Duration SOON = Duration.ofSeconds(30);

  static final String NETWORK = "spring-test";

  private TestContext() {}

  @Datum("spring-test.tick")
  record Tick(int value) {}

  @Datum("spring-test.other")
  record Other(int value) {}

  /** All of Mosaik's auto-configurations, and a node on this machine alone. */
  static ApplicationContextRunner runner() {
    return new ApplicationContextRunner()
        .withConfiguration(
            AutoConfigurations.of(
                MosaikAutoConfiguration.class,
                MosaikHealthAutoConfiguration.class,
                MosaikInfoAutoConfiguration.class,
                MosaikEndpointAutoConfiguration.class,
                MosaikMetricsAutoConfiguration.class,
                MosaikObservationAutoConfiguration.class))
        .withPropertyValues("mosaik.network=" + NETWORK, "mosaik.bind=127.0.0.1:0");
  }

  /** A node beside the application's, which knows that. */
  static Network nodeBeside(Network known, String... tags) {
    return Network.builder(NetworkId.of(NETWORK))
        .bind(Address.parse("127.0.0.1:0"))
        .tags(tags)
        .bootstrap(known.address())
        .start();
  }

  /** Finds every ticket of a class good for a day. */
  static TicketValidator ticketsOf(String name) {
    return new TicketValidator() {
      @Override
      public TicketId ticketClass() {
        return TicketId.of(name);
      }

      @Override
      public String signature() {
        return name;
      }

      @Override
      public Validity validate(Ticket ticket, PeerId peer, Instant now) {
        return Validity.until(now.plus(Duration.ofDays(1)));
      }
    };
  }
}
