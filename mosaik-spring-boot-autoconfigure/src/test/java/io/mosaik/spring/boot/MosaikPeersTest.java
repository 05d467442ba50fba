package io.mosaik.spring.boot;

import static io.mosaik.spring.boot.TestContext.SOON;
import static io.mosaik.spring.boot.TestContext.nodeBeside;
import static io.mosaik.spring.boot.TestContext.runner;
import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.Network;
import io.mosaik.id.TicketId;
import io.mosaik.spring.boot.TestContext.Other;
import io.mosaik.spring.boot.TestContext.Tick;
import io.mosaik.spring.listener.MosaikListener;
import io.mosaik.streams.Consumer;
import io.mosaik.streams.Producer;
import io.mosaik.streams.Refusal;
import io.mosaik.streams.Unwanted;
import io.mosaik.tickets.Ticket;
import io.mosaik.tickets.TicketValidator;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What annotations ask of the peers at the other end. */
class MosaikPeersTest {

  private static final Ticket BADGE = new Ticket(TicketId.of("badge"), new byte[0]);

  @Test
  void a_listener_takes_only_from_who_is_near_and_carries_a_ticket() {
    runner()
        .withUserConfiguration(Badges.class)
        .withBean(Careful.class)
        .run(context -> {
          Network here = context.getBean(Network.class);
          try (Network other = nodeBeside(here)) {
            Producer<Tick> ticks = other.streams().produce(Tick.class);
            Consumer<?> near = here.streams().consumers().getFirst();
            await(() -> near.unwanted().getOrDefault(Unwanted.NO_TICKET, 0) == 1);
            other.discovery().addTickets(BADGE);
            ticks.send(new Tick(7), SOON);
            assertThat(
                    context
                        .getBean(Careful.class)
                        .received
                        .poll(SOON.toMillis(), TimeUnit.MILLISECONDS))
                .isEqualTo(new Tick(7));
          }
        });
  }

  @Test
  void a_listener_leaves_who_is_too_far_alone() {
    runner()
        .withUserConfiguration(Badges.class)
        .withBean(Careful.class)
        .withPropertyValues("listener.near=1ns")
        .run(context -> {
          Network here = context.getBean(Network.class);
          try (Network other = nodeBeside(here)) {
            other.discovery().addTickets(BADGE);
            other.streams().produce(Tick.class);
            Consumer<?> near = here.streams().consumers().getFirst();
            await(() -> near.unwanted().getOrDefault(Unwanted.TOO_FAR, 0) == 1);
          }
        });
  }

  @Test
  void an_injected_producer_takes_only_who_carries_a_ticket() {
    runner()
        .withUserConfiguration(Badges.class)
        .withBean("first", Desk.class)
        .withBean("second", Desk.class)
        .run(context -> {
          Network here = context.getBean(Network.class);
          Producer<Tick> ticks = context.getBean("first", Desk.class).ticks;
          assertThat(context.getBean("second", Desk.class).ticks).isSameAs(ticks);
          try (Network other = nodeBeside(here)) {
            other.streams().consume(Tick.class);
            await(() -> ticks.refusals().getOrDefault(Refusal.NO_TICKET, 0L) > 0);
            other.discovery().addTickets(BADGE);
            ticks.when().subscribed().await(SOON);
          }
        });
  }

  @Test
  void an_injected_consumer_takes_only_from_who_has_the_tag() {
    runner()
        .withUserConfiguration(Badges.class)
        .withBean(Desk.class)
        .run(context -> {
          Network here = context.getBean(Network.class);
          Consumer<Other> others = context.getBean(Desk.class).others;
          try (Network other = nodeBeside(here);
              Network feed = nodeBeside(here, "feed")) {
            other.streams().produce(Other.class);
            feed.streams().produce(Other.class).send(new Other(3), SOON);
            assertThat(others.receive(SOON)).isEqualTo(new Other(3));
            await(() -> others.unwanted().getOrDefault(Unwanted.PREDICATE, 0) == 1);
          }
        });
  }

  @Test
  void two_injection_points_that_ask_a_producer_for_different_peers_fail_with_a_sentence() {
    runner()
        .withUserConfiguration(Badges.class)
        .withBean(Desk.class)
        .withBean(Undemanding.class)
        .run(context ->
            assertThat(context)
                .getFailure()
                .rootCause()
                .isInstanceOf(RuntimeException.class)
                .satisfies(root ->
                    assertThat(context.getStartupFailure())
                        .hasStackTraceContaining("say the same at each injection point")
                        .hasStackTraceContaining("asks for no @MosaikPeers")
                        .hasStackTraceContaining("requireTicket = [badges]")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "listener.near=soon   | rttBelow is 'soon'; give a duration, as \"20ms\"",
        "listener.near=0ms    | rttBelow is '0ms'; a round trip takes time, give more",
        "listener.near=-3ms   | rttBelow is '-3ms'; a round trip takes time, give more",
        "listener.ticket=     | requireTicket has a blank name",
        "listener.ticket=gold | requireTicket is 'gold', which is no bean of type TicketValidator;"
            + " there are [badges]",
        "listener.ticket=text | requireTicket is 'text', which is no bean of type TicketValidator;"
            + " there are [badges]",
        "listener.criteria=x  | criteria is 'x', which is no bean of type Criteria; there are []",
        "desk.near=soon       | rttBelow is 'soon'; give a duration, as \"20ms\"",
        "desk.ticket=gold     | requireTicket is 'gold', which is no bean of type TicketValidator;"
            + " there are [badges]",
      })
  void what_is_of_no_use_fails_at_start_with_a_sentence(String property, String sentence) {
    runner()
        .withUserConfiguration(Badges.class)
        .withBean(Careful.class)
        .withBean(Desk.class)
        .withPropertyValues(property.strip())
        .run(context -> assertThat(context).getFailure().hasStackTraceContaining(sentence.strip()));
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    long deadlineNs = System.nanoTime() + SOON.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("it holds within " + SOON).isLessThan(deadlineNs);
      Thread.sleep(10); // on its way; the deadline bounds it
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class Badges {

    @Bean
    TicketValidator badges() {
      return TestContext.ticketsOf("badge");
    }

    @Bean
    String text() {
      return "no validator";
    }
  }

  static final class Careful {

    final BlockingQueue<Tick> received = new LinkedBlockingQueue<>();

    @MosaikListener(
        rttBelow = "${listener.near:10s}",
        requireTicket = "${listener.ticket:badges}",
        criteria = "${listener.criteria:}")
    void onTick(Tick tick) {
      received.add(tick);
    }
  }

  static final class Desk {

    final Producer<Tick> ticks;
    final Consumer<Other> others;

    Desk(
        @MosaikPeers(rttBelow = "${desk.near:10s}", requireTicket = "${desk.ticket:badges}")
            Producer<Tick> ticks,
        @MosaikPeers(tags = "feed") Consumer<Other> others) {
      this.ticks = ticks;
      this.others = others;
    }
  }

  static final class Undemanding {

    Undemanding(Producer<Tick> ticks) {
      assertThat(ticks.name()).isEqualTo("spring-test.tick");
    }
  }
}
