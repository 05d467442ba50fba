package io.mosaik.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.discovery.EntryVersion;
import io.mosaik.id.PeerId;
import io.mosaik.id.StreamId;
import io.mosaik.id.Tag;
import io.mosaik.id.TicketId;
import io.mosaik.runtime.Strand;
import io.mosaik.sim.LinkProfile;
import io.mosaik.streams.protocol.DatumBatch;
import io.mosaik.streams.protocol.StreamCloseReasons;
import io.mosaik.streams.protocol.StreamCodec;
import io.mosaik.streams.protocol.StreamMessage;
import io.mosaik.streams.protocol.StreamMessage.Accepted;
import io.mosaik.streams.protocol.StreamMessage.Credit;
import io.mosaik.streams.protocol.StreamMessage.Subscribe;
import io.mosaik.tickets.Ticket;
import io.mosaik.tickets.TicketValidator;
import io.mosaik.tickets.Validity;
import io.mosaik.transport.CloseReason;
import io.mosaik.transport.Link;
import io.mosaik.transport.LinkHandler;
import io.mosaik.wire.BinaryWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who is let in, who is not, and what misbehaviour costs whom. */
class AdmissionWorldTest {

  private static final StreamId LETTERS = StreamId.of("letters");
  private static final Credit CREDIT = new Credit(100, 100_000);

  private final StreamWorld world = new StreamWorld(1);

  @AfterEach
  void close() {
    world.close();
  }

  @Datum("letters")
  record Letter(String text) {}

  /** The bare other end of a link. */
  private static final class Peer implements LinkHandler<StreamMessage> {

    private final List<StreamMessage> received = new ArrayList<>();
    private @Nullable CloseReason closed;

    @Override
    public void received(Link<StreamMessage> link, StreamMessage message, int wireBytes) {
      received.add(message);
    }

    @Override
    public void closed(Link<StreamMessage> link, CloseReason reason) {
      closed = reason;
    }

    private boolean isClosedWith(CloseReason reason) {
      return closed != null && closed.is(reason);
    }
  }

  private Link<StreamMessage> dial(StreamWorld.Node from, StreamWorld.Node to, Peer handler) {
    Strand strand = from.host().platform().newStrand("peer");
    return from.links().dial(to.address(), StreamCodec.PROTOCOL, strand, handler);
  }

  private static Subscribe subscribe(long consumer) {
    return new Subscribe(LETTERS, consumer, new EntryVersion(0, 0), CREDIT);
  }

  private static Subscribe sharing(long consumer) {
    return new Subscribe(
        LETTERS,
        consumer,
        new EntryVersion(0, 0),
        CREDIT,
        null,
        StreamMessage.From.NOW,
        "work",
        null);
  }

  private void meet(StreamWorld.Node a, StreamWorld.Node b) {
    world.until(
        "they know each other",
        () ->
            a.discovery().catalog().get().get(b.peerId()) != null
                && b.discovery().catalog().get().get(a.peerId()) != null);
  }

  @Test
  void a_producer_takes_only_consumers_that_satisfy_it_now() {
    var n0 = world.start("n0");
    var n1 = world.start("n1", "reader");
    var n2 = world.start("n2");
    Producer<Letter> producer =
        n0.streams()
            .producer(Letter.class)
            .requireConsumer(entry -> entry.hasTag("reader"))
            .build();
    Consumer<Letter> reader = n1.streams().consume(Letter.class);
    Consumer<Letter> other = n2.streams().consume(Letter.class);
    world.run(Duration.ofSeconds(3));
    assertThat(reader.when().subscribed().isMet()).isTrue();
    assertThat(other.when().subscribed().isMet()).isFalse();
    assertThat(producer.consumers()).hasSize(1);

    n2.discovery().addTags(Tag.of("reader"));
    world.until("the other is let in", () -> other.when().subscribed().isMet());

    n1.discovery().removeTags(Tag.of("reader"));
    world.until("the first is expelled", () -> !reader.when().subscribed().isMet());
    world.run(Duration.ofSeconds(60));
    assertThat(reader.when().subscribed().isMet()).isFalse();
    assertThat(producer.consumers()).hasSize(1);
  }

  @Test
  void a_consumer_subscribes_only_to_producers_that_satisfy_it_now() {
    var n0 = world.start("n0", "good");
    var n1 = world.start("n1");
    Producer<Letter> producer = n0.streams().produce(Letter.class);
    Consumer<Letter> consumer =
        n1.streams().consumer(Letter.class).subscribeIf(entry -> entry.hasTag("good")).build();
    producer.when().subscribed().await();

    n0.discovery().removeTags(Tag.of("good"));
    world.until("it has let go", () -> consumer.producers().isEmpty());
    world.until("the producer knows", () -> producer.consumers().isEmpty());

    n0.discovery().addTags(Tag.of("good"));
    world.until("it is back", () -> producer.when().subscribed().isMet());
  }

  @Test
  void a_predicate_that_throws_says_no_and_harms_nothing() {
    var n0 = world.start("n0");
    var n1 = world.start("n1");
    Producer<Letter> producer =
        n0.streams()
            .producer(Letter.class)
            .requireConsumer(entry -> {
              throw new IllegalStateException("on purpose");
            })
            .build();
    Consumer<Letter> consumer = n1.streams().consume(Letter.class);
    world.run(Duration.ofSeconds(3));
    assertThat(producer.consumers()).isEmpty();
    assertThat(consumer.when().subscribed().isMet()).isFalse();
  }

  @Test
  void a_full_producer_refuses_and_a_place_that_is_free_again_is_taken() {
    var n0 = world.start("n0");
    var n1 = world.start("n1");
    var n2 = world.start("n2");
    Producer<Letter> producer = n0.streams().producer(Letter.class).maxConsumers(1).build();
    Consumer<Letter> first = n1.streams().consume(Letter.class);
    producer.when().subscribed().await();
    Consumer<Letter> second = n2.streams().consume(Letter.class);
    world.run(Duration.ofSeconds(5));
    assertThat(producer.consumers()).hasSize(1);
    assertThat(second.producers())
        .singleElement()
        .extracting(SubscriptionInfo::state)
        .isNotEqualTo(SubscriptionInfo.State.CONNECTED);

    first.close();
    world.until("the place is taken", () -> second.when().subscribed().isMet());

    var peer = new Peer();
    dial(n1, n0, peer).send(subscribe(1));
    world.until("refused", () -> peer.isClosedWith(StreamCloseReasons.NO_CAPACITY));
  }

  /** Says no, and counts how often it was asked. */
  private static final class Asked {

    private int times;

    boolean no() {
      times++;
      return false;
    }
  }

  private Producer<Letter> strict(
      String stream, int room, Duration rtt, Asked predicate, Asked tickets, boolean taken) {
    return world.node("n0").streams().producer(Letter.class).stream(StreamId.of(stream))
        .maxConsumers(room)
        .rttBelow(rtt)
        .requireConsumer(entry -> entry.hasTag("first") || taken || predicate.no())
        .requireTicket(
            new TicketValidator() {
              @Override
              public TicketId ticketClass() {
                return TicketId.of("pass");
              }

              @Override
              public String signature() {
                return "counts";
              }

              @Override
              public Validity validate(Ticket ticket, PeerId peer, Instant now) {
                if (!world.node("n1").peerId().equals(peer)) {
                  tickets.no();
                  return Validity.refused("not this one");
                }
                return Validity.unlimited();
              }
            })
        .build();
  }

  @Test
  void room_is_looked_at_first_then_the_distance_then_predicates_then_tickets() {
    var pass = new Ticket(TicketId.of("pass"), new byte[0]);
    world.start("n0");
    var n1 = world.start("n1", "first");
    n1.discovery().addTickets(pass);
    var n2 = world.start("n2");
    n2.discovery().addTickets(pass);
    world.world().link("n0", "n2", LinkProfile.ofLatency(Duration.ofMillis(30)));
    world.run(Duration.ofMinutes(3)); // until the smoothed time shows it
    var predicate = new Asked();
    var tickets = new Asked();
    Duration near = Duration.ofMillis(40);
    Duration far = Duration.ofMinutes(1);
    List<Producer<Letter>> producers =
        List.of(
            strict("full", 1, near, predicate, tickets, false),
            strict("far", 2, near, predicate, tickets, false),
            strict("unlike", 2, far, predicate, tickets, false),
            strict("last", 2, far, predicate, tickets, true));
    for (Producer<Letter> producer : producers) {
      n1.streams().consumer(Letter.class).stream(producer.stream()).build();
      producer.when().subscribed().await();
    }
    var refusals = new ArrayList<Refusal>();
    for (Producer<Letter> producer : producers) {
      int askedPredicate = predicate.times;
      int askedTickets = tickets.times;
      Consumer<Letter> second =
          n2.streams().consumer(Letter.class).stream(producer.stream()).build();
      world.run(Duration.ofSeconds(2));
      second.close();
      producer
          .refusals()
          .forEach((reason, count) -> {
            if (count > 0) {
              refusals.add(reason);
            }
          });
      boolean reachesPredicate = producer.stream().equals(StreamId.of("unlike"));
      boolean reachesTickets = producer.stream().equals(StreamId.of("last"));
      assertThat(predicate.times > askedPredicate).isEqualTo(reachesPredicate);
      assertThat(tickets.times > askedTickets).isEqualTo(reachesTickets);
    }
    assertThat(refusals)
        .containsExactly(
            Refusal.NO_CAPACITY, Refusal.TOO_FAR, Refusal.NOT_ALLOWED, Refusal.NO_TICKET);
  }

  @Test
  void a_stream_that_is_not_produced_is_not_found() {
    var n0 = world.start("n0");
    var n1 = world.start("n1");
    meet(n0, n1);
    var peer = new Peer();
    dial(n1, n0, peer).send(subscribe(1));
    world.until("refused", () -> peer.isClosedWith(StreamCloseReasons.NOT_FOUND));
    assertThat(n0.streams().refusals()).containsEntry(Refusal.NOT_FOUND, 1L);
  }

  @Test
  void of_those_who_ask_for_nothing_no_more_than_1024_wait() {
    var n0 = world.start("n0");
    var n1 = world.start("n1");
    meet(n0, n1);
    Producer<Letter> producer = n0.streams().produce(Letter.class);
    var peers = new ArrayList<Peer>();
    for (int i = 0; i < 1_026; i++) {
      var peer = new Peer();
      peers.add(peer);
      var unused = dial(n1, n0, peer);
    }
    world.until(
        "refused",
        () ->
            peers.stream().filter(peer -> peer.isClosedWith(StreamCloseReasons.NO_CAPACITY)).count()
                == 2);
    assertThat(n0.streams().refusals()).containsEntry(Refusal.NO_CAPACITY, 2L);

    world.run(Duration.ofSeconds(6));
    assertThat(peers)
        .as("the others, in time")
        .filteredOn(peer -> peer.isClosedWith(CloseReason.TIMED_OUT))
        .hasSize(1_024);
    assertThat(producer.refusals().values()).as("the producer had no part in it").containsOnly(0L);
  }

  @Test
  void a_peer_that_is_not_in_the_catalog_is_told_so() {
    var n0 = world.start("n0");
    var n1 = world.start("n1");
    n0.streams().produce(Letter.class);
    var peer = new Peer();
    dial(n1, n0, peer).send(subscribe(1));
    world.until("refused", () -> peer.isClosedWith(CloseReason.UNKNOWN_PEER));
  }

  @Test
  void a_consumer_that_comes_back_before_its_old_link_is_known_dead_takes_its_own_place() {
    var n0 = world.start("n0");
    var n1 = world.start("n1");
    Producer<Letter> producer = n0.streams().producer(Letter.class).maxConsumers(1).build();
    meet(n0, n1);
    var old = new Peer();
    dial(n1, n0, old).send(subscribe(7));
    producer.when().subscribed().await();
    var again = new Peer();
    dial(n1, n0, again).send(subscribe(7));
    world.until("the old one is closed", () -> old.isClosedWith(CloseReason.CANCELLED));
    world.until("the new one is in", () -> !again.received.isEmpty());
    assertThat(again.received.get(0)).isInstanceOf(Accepted.class);
    assertThat(producer.consumers()).hasSize(1);
  }

  @Test
  void misbehaviour_closes_that_link_alone() {
    var n0 = world.start("n0");
    var n1 = world.start("n1");
    var n2 = world.start("n2");
    Producer<Letter> producer = n0.streams().produce(Letter.class);
    Consumer<Letter> honest = n2.streams().consume(Letter.class);
    producer.when().subscribed().await();
    meet(n0, n1);
    List<List<StreamMessage>> offences =
        List.of(
            List.of(CREDIT),
            List.of(new Accepted(1, 1)),
            List.of(subscribe(1), subscribe(1)),
            List.of(subscribe(2), new Accepted(1, 1)),
            List.of(subscribe(3), new Credit(1, 1)),
            List.of(subscribe(4), new Credit(Long.MAX_VALUE, Long.MAX_VALUE)),
            List.of(subscribe(6), new StreamMessage.Taken(0)),
            List.of(sharing(7), new StreamMessage.Taken(1)),
            List.of(sharing(8), new Credit(1, 1)),
            List.of(new Subscribe(LETTERS, 5, new EntryVersion(0, 0), new Credit(1L << 40, 1))));
    for (List<StreamMessage> offence : offences) {
      var peer = new Peer();
      var link = dial(n1, n0, peer);
      offence.forEach(link::send);
      world.until(offence.toString(), () -> peer.isClosedWith(CloseReason.PROTOCOL_VIOLATION));
    }
    var silent = new Peer();
    dial(n1, n0, silent);
    world.until("the silent one is closed", () -> silent.isClosedWith(CloseReason.TIMED_OUT));

    assertThat(producer.consumers()).hasSize(1);
    producer.send(new Letter("still here"));
    assertThat(honest.receive(Duration.ofSeconds(1))).isEqualTo(new Letter("still here"));
  }

  @Test
  void a_producer_that_sends_more_than_it_may_is_closed_and_the_other_goes_on() {
    var n0 = world.start("n0");
    var n1 = world.start("n1");
    Consumer<Letter> consumer = n0.streams().consumer(Letter.class).bufferSize(2).build();
    Producer<Letter> honest = n1.streams().produce(Letter.class);
    var rogue = new Rogue();
    var n2 = world.startRogue("n2", rogue);
    var advertisement = n2.discovery().advertise(LETTERS);

    honest.when().subscribed().await();
    world.until("the rogue was closed", () -> rogue.isClosedWith(CloseReason.PROTOCOL_VIOLATION));
    honest.send(new Letter("fine"));
    assertThat(consumer.receive(Duration.ofSeconds(1))).isEqualTo(new Letter("fine"));
    advertisement.cancel();
  }

  /** Answers a subscription with three datums where two are allowed. */
  private static final class Rogue implements LinkHandler<StreamMessage> {

    private @Nullable CloseReason closed;

    @Override
    public void received(Link<StreamMessage> link, StreamMessage message, int wireBytes) {
      if (message instanceof Subscribe) {
        link.send(new Accepted(1, 0));
        var one = new BinaryWriter().u8(1);
        link.send(DatumBatch.encode(0, List.of(one, one, one)).frame());
      }
    }

    @Override
    public void closed(Link<StreamMessage> link, CloseReason reason) {
      if (closed == null) {
        closed = reason;
      }
    }

    private boolean isClosedWith(CloseReason reason) {
      return closed != null && closed.is(reason);
    }
  }

  @Test
  void a_datum_that_does_not_decode_is_counted_and_left_out() {
    var n0 = world.start("n0");
    var n1 = world.start("n1");
    Producer<Integer> producer = n0.streams().producer(Integer.class).stream(LETTERS).build();
    Consumer<Letter> consumer = n1.streams().consume(Letter.class);
    Consumer<Integer> right = n1.streams().consumer(Integer.class).stream(LETTERS).build();
    producer.when().subscribed().minimumOf(2).await();
    producer.send(5);
    world.run(Duration.ofSeconds(1));

    assertThat(consumer.tryReceive()).isNull();
    assertThat(consumer.stats().dropped()).isOne();
    assertThat(consumer.when().subscribed().isMet()).isTrue();
    assertThat(right.receive()).isEqualTo(5);
  }
}
