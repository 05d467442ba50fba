package io.mosaik.streams;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.id.PeerId;
import io.mosaik.id.TicketId;
import io.mosaik.tickets.Ticket;
import io.mosaik.tickets.TicketValidator;
import io.mosaik.tickets.Validity;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Producers that take only consumers with a ticket, in a simulated world. */
class TicketWorldTest {

  private final StreamWorld world = new StreamWorld(1);
  private final StreamWorld.Node n0 = world.start("n0");
  private final StreamWorld.Node n1 = world.start("n1");

  @AfterEach
  void close() {
    world.close();
  }

  @Datum("secrets")
  record Secret(int number) {}

  /** A pass says until when it is good, in milliseconds of wall time, or that it is for ever. */
  private record Passes(TicketId ticketClass) implements TicketValidator {

    Passes(String name) {
      this(TicketId.of(name));
    }

    @Override
    public String signature() {
      return "passes";
    }

    @Override
    public Validity validate(Ticket ticket, PeerId peer, Instant now) {
      String text = new String(ticket.data(), UTF_8);
      return text.equals("ever")
          ? Validity.unlimited()
          : Validity.until(Instant.ofEpochMilli(Long.parseLong(text)));
    }
  }

  private Ticket pass(String name, Duration goodFor) {
    long endMs = n0.host().platform().clock().currentTimeMillis() + goodFor.toMillis();
    return new Ticket(TicketId.of(name), Long.toString(endMs).getBytes(UTF_8));
  }

  private Producer<Secret> producer(String... classes) {
    ProducerBuilder<Secret> builder = n0.streams().producer(Secret.class);
    for (String name : classes) {
      builder.requireTicket(new Passes(name));
    }
    return builder.build();
  }

  @Test
  void who_carries_no_ticket_is_refused_until_it_does() {
    Producer<Secret> producer = producer("gold");
    Consumer<Secret> consumer = n1.streams().consume(Secret.class);
    n1.discovery().addTickets(new Ticket(TicketId.of("silver"), "ever".getBytes(UTF_8)));
    world.run(Duration.ofSeconds(30));
    assertThat(producer.consumers()).isEmpty();
    assertThat(producer.refusals().get(Refusal.NO_TICKET)).isPositive();
    assertThat(consumer.refusals().get(Refusal.NOT_ALLOWED)).isPositive();
    assertThat(consumer.producers())
        .singleElement()
        .satisfies(info -> assertThat(String.valueOf(info.lastClose())).contains("no ticket"));

    n1.discovery().addTickets(new Ticket(TicketId.of("gold"), "ever".getBytes(UTF_8)));
    producer.when().subscribed().await(Duration.ofSeconds(5));
    producer.send(new Secret(1));
    assertThat(consumer.receive()).isEqualTo(new Secret(1));
  }

  @Test
  void a_ticket_of_each_class_is_asked_for() {
    Producer<Secret> producer = producer("gold", "silver");
    n1.streams().consume(Secret.class);
    n1.discovery().addTickets(pass("gold", Duration.ofDays(2)));
    world.run(Duration.ofSeconds(30));
    assertThat(producer.consumers()).isEmpty();
    n1.discovery().addTickets(pass("silver", Duration.ofDays(2)));
    producer.when().subscribed().await(Duration.ofSeconds(5));
  }

  @Test
  void a_ticket_that_expires_ends_the_subscription_and_a_new_one_begins_another() {
    Producer<Secret> producer = producer("gold");
    n1.streams().consume(Secret.class);
    n1.discovery().addTickets(pass("gold", Duration.ofMinutes(2)));
    producer.when().subscribed().await(Duration.ofSeconds(10));
    world.run(Duration.ofSeconds(100));
    assertThat(producer.consumers()).hasSize(1);
    world.run(Duration.ofSeconds(30));
    assertThat(producer.consumers()).isEmpty();
    assertThat(producer.refusals().get(Refusal.NO_TICKET)).isPositive();

    n1.discovery().addTickets(pass("gold", Duration.ofMinutes(2)));
    producer.when().subscribed().await(Duration.ofSeconds(10));
  }

  private Consumer<Secret> asking(String... classes) {
    ConsumerBuilder<Secret> builder = n1.streams().consumer(Secret.class);
    for (String name : classes) {
      builder.requireTicket(new Passes(name));
    }
    return builder.build();
  }

  @Test
  void a_consumer_takes_nothing_from_a_producer_without_the_tickets_it_asks_for() {
    Producer<Secret> producer = producer();
    Consumer<Secret> consumer = asking("gold", "silver");
    n0.discovery().addTickets(pass("gold", Duration.ofDays(2)));
    world.run(Duration.ofSeconds(30));
    assertThat(producer.consumers()).isEmpty();
    assertThat(consumer.unwanted().get(Unwanted.NO_TICKET)).isOne();

    n0.discovery().addTickets(pass("silver", Duration.ofDays(2)));
    producer.when().subscribed().await(Duration.ofSeconds(5));
    assertThat(consumer.unwanted().get(Unwanted.NO_TICKET)).isZero();
    producer.send(new Secret(1));
    assertThat(consumer.receive()).isEqualTo(new Secret(1));
  }

  @Test
  void a_consumer_lets_a_producer_go_when_its_ticket_expires_and_takes_it_back_with_a_new_one() {
    Producer<Secret> producer = producer();
    Consumer<Secret> consumer = asking("gold");
    n0.discovery().addTickets(pass("gold", Duration.ofMinutes(2)));
    producer.when().subscribed().await(Duration.ofSeconds(10));
    world.run(Duration.ofSeconds(100));
    assertThat(producer.consumers()).hasSize(1);
    world.run(Duration.ofSeconds(30));
    assertThat(producer.consumers()).isEmpty();
    assertThat(consumer.producers()).isEmpty();

    n0.discovery().addTickets(pass("gold", Duration.ofMinutes(2)));
    producer.when().subscribed().await(Duration.ofSeconds(10));
  }

  @Test
  void a_producer_that_renews_in_time_keeps_its_consumers() {
    Producer<Secret> producer = producer();
    var unused = asking("gold");
    n0.discovery().addTickets(pass("gold", Duration.ofMinutes(2)));
    producer.when().subscribed().await(Duration.ofSeconds(10));
    world.run(Duration.ofMinutes(1));
    n0.discovery().addTickets(pass("gold", Duration.ofMinutes(10)));
    world.run(Duration.ofMinutes(5));
    assertThat(producer.consumers()).hasSize(1);
    assertThat(producer.consumers().get(0).uptime()).isGreaterThan(Duration.ofMinutes(5));
  }

  @Test
  void who_renews_in_time_stays_subscribed_past_the_old_expiry() {
    Producer<Secret> producer = producer("gold");
    Consumer<Secret> consumer = n1.streams().consume(Secret.class);
    n1.discovery().addTickets(pass("gold", Duration.ofMinutes(2)));
    producer.when().subscribed().await(Duration.ofSeconds(10));
    world.run(Duration.ofMinutes(1));
    n1.discovery().addTickets(pass("gold", Duration.ofMinutes(10)));
    world.run(Duration.ofMinutes(5));

    assertThat(producer.consumers()).hasSize(1);
    assertThat(producer.consumers().get(0).uptime()).isGreaterThan(Duration.ofMinutes(5));
    producer.send(new Secret(1));
    assertThat(consumer.receive()).isEqualTo(new Secret(1));
    world.run(Duration.ofMinutes(6));
    assertThat(producer.consumers()).isEmpty();
  }
}
