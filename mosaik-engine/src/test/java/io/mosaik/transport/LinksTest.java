package io.mosaik.transport;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mosaik.id.NetworkId;
import io.mosaik.id.SecretKey;
import io.mosaik.runtime.Strand;
import io.mosaik.sim.World;
import io.mosaik.wire.BinaryReader;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.Codec;
import io.mosaik.wire.Frame;
import io.mosaik.wire.MalformedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Links, in a simulated world. */
class LinksTest {

  private static final NetworkId NETWORK = NetworkId.of("net");
  private static final Codec<String> TEXT =
      new Codec<>() {
        @Override
        public void encode(String value, BinaryWriter out) {
          out.string(value);
        }

        @Override
        public String decode(BinaryReader in) {
          return in.string(2_000_000);
        }
      };
  private static final Protocol<String> CHAT = new Protocol<>("/test/chat", 3, TEXT);

  private final World world = World.seeded(5);

  /** A node with links. */
  private record Peer(Endpoint endpoint, Links links, Strand strand, List<Accepted> accepted) {

    PeerAddress address() {
      return PeerAddress.of(endpoint.peerId(), endpoint.addresses().getFirst());
    }
  }

  private record Accepted(Link<String> link, RecordingLinkHandler handler) {}

  private record Dialled(Link<String> link, RecordingLinkHandler handler) {}

  private Endpoint endpoint(String name) {
    return world
        .host(name)
        .open(SecretKey.of("key of " + name), new Address("0.0.0.0", 0), List.of());
  }

  private Peer peer(String name) {
    return peer(name, NETWORK, null);
  }

  private Peer peer(String name, NetworkId network, @Nullable String secret) {
    var platform = world.host(name).platform();
    Endpoint endpoint = endpoint(name);
    Links links =
        Links.over(
            endpoint,
            platform,
            network,
            secret == null ? null : secret.getBytes(UTF_8),
            LinkOptions.DEFAULTS);
    return new Peer(endpoint, links, platform.newStrand(name), new ArrayList<>());
  }

  private Peer listening(Peer peer) {
    return listening(peer, CHAT, accepted -> new RecordingLinkHandler(peer.strand()));
  }

  private Peer listening(
      Peer peer, Protocol<String> protocol, Function<Link<String>, RecordingLinkHandler> make) {
    peer.links()
        .listen(
            protocol,
            peer.strand(),
            link -> {
              RecordingLinkHandler handler = make.apply(link);
              peer.accepted().add(new Accepted(link, handler));
              return handler;
            });
    return peer;
  }

  private Dialled dial(Peer from, PeerAddress to) {
    return dial(from, to, new RecordingLinkHandler(from.strand()));
  }

  private Dialled dial(Peer from, PeerAddress to, RecordingLinkHandler handler) {
    return new Dialled(from.links().dial(to, CHAT, from.strand(), handler), handler);
  }

  private void until(String what, BooleanSupplier condition) {
    world.runUntil(what, condition, Duration.ofSeconds(30));
  }

  private void on(Peer peer, Runnable task) {
    peer.strand().execute(task);
  }

  @AfterEach
  void nothing_failed_on_a_strand() {
    assertThat(world.failures()).isEmpty();
    world.close();
  }

  // ---- opening ----

  @Test
  void both_sides_hear_of_an_open_link_and_share_a_secret() {
    Peer alice = peer("alice");
    Peer bob = listening(peer("bob"));
    Dialled near = dial(alice, PeerAddress.of(bob.endpoint().addresses().getFirst()));
    assertThatThrownBy(near.link()::remotePeer).isInstanceOf(IllegalStateException.class);
    until("the dialler is told", near.handler()::isOpened);
    until("the acceptor is told", () -> bob.accepted().size() == 1);
    Link<String> far = bob.accepted().getFirst().link();
    assertThat(bob.accepted().getFirst().handler().isOpened()).isTrue();
    assertThat(near.link().remotePeer()).isEqualTo(bob.endpoint().peerId());
    assertThat(far.remotePeer()).isEqualTo(alice.endpoint().peerId());
    assertThat(near.link().dialled()).isTrue();
    assertThat(far.dialled()).isFalse();
    assertThat(near.link().export("EXPORTER-x", new byte[0], 32))
        .isEqualTo(far.export("EXPORTER-x", new byte[0], 32));
  }

  @Test
  void messages_sent_before_the_link_is_open_arrive_first_and_in_order() {
    Peer alice = peer("alice");
    Peer bob = listening(peer("bob"));
    Dialled near = dial(alice, bob.address());
    for (int i = 0; i < 100; i++) {
      near.link().send("m" + i);
    }
    until("it is open", near.handler()::isOpened);
    near.link().send("last");
    until("all came", () -> received(bob).size() == 101);
    assertThat(received(bob).subList(0, 100))
        .isEqualTo(IntStream.range(0, 100).mapToObj(i -> "m" + i).toList());
    until("nothing waits", near.handler()::hasDrained);
    assertThat(near.link().unsentBytes()).isZero();
  }

  private static List<String> received(Peer peer) {
    return peer.accepted().isEmpty() ? List.of() : peer.accepted().getFirst().handler().messages;
  }

  @Test
  void the_first_messages_travel_with_the_greeting() {
    Peer alice = peer("alice");
    Endpoint bob = endpoint("bob");
    var raw = new RecordingHandler();
    bob.listen(CHAT.alpn(), 1000, () -> raw);
    Dialled near = dial(alice, PeerAddress.of(bob.peerId(), bob.addresses().getFirst()));
    near.link().send("at once");
    until("both came though bob never greeted", () -> raw.receivedCount() == 2);
    assertThat(near.handler().isOpened()).isFalse();
  }

  // ---- who is refused ----

  private void assertRefused(Peer alice, Peer bob, CloseReason expected) {
    Dialled near = dial(alice, bob.address());
    near.link().send("secret plan");
    until("the dialler hears", near.handler()::isClosed);
    assertThat(near.handler().reason().code()).isEqualTo(expected.code());
    assertThat(near.handler().isOpened()).isFalse();
    assertThat(bob.accepted()).isEmpty();
  }

  @Test
  void another_network_is_refused() {
    assertRefused(
        peer("alice"),
        listening(peer("bob", NetworkId.of("other"), null)),
        CloseReason.DIFFERENT_NETWORK);
  }

  @Test
  void another_revision_of_the_protocol_is_refused() {
    Peer bob = peer("bob");
    listening(
        bob, new Protocol<>(CHAT.alpn(), 4, TEXT), l -> new RecordingLinkHandler(bob.strand()));
    assertRefused(peer("alice"), bob, CloseReason.PROTOCOL_VIOLATION);
  }

  @Test
  void who_knows_the_secret_is_admitted() {
    Peer alice = peer("alice", NETWORK, "sesame");
    Peer bob = listening(peer("bob", NETWORK, "sesame"));
    Dialled near = dial(alice, bob.address());
    near.link().send("hello");
    until("it came", () -> received(bob).equals(List.of("hello")));
    until("it is open", near.handler()::isOpened);
  }

  @Test
  void a_greeting_may_be_longer_than_the_messages_of_its_protocol() {
    Peer alice = peer("alice", NETWORK, "sesame");
    var terse = new Protocol<>("/test/terse", 1, TEXT, 8);
    Peer bob = peer("bob", NETWORK, "sesame");
    listening(bob, terse, l -> new RecordingLinkHandler(bob.strand()));
    var handler = new RecordingLinkHandler(alice.strand());
    Link<String> link = alice.links().dial(bob.address(), terse, alice.strand(), handler);
    link.send("7 bytes");
    until("it came", () -> received(bob).equals(List.of("7 bytes")));
    link.send("8 bytes.");
    until("the dialler hears", handler::isClosed);
    assertThat(handler.reason().is(CloseReason.PROTOCOL_VIOLATION)).isTrue();
  }

  @Test
  void a_greeting_over_its_limit_is_a_violation() {
    Peer alice = listening(peer("alice"));
    Endpoint vandal = endpoint("vandal");
    var raw =
        new RecordingHandler() {
          @Override
          protected void onOpened(Connection opened) {
            opened.send(Frame.of(new byte[1025]));
          }
        };
    vandal.dial(alice.endpoint().addresses().getFirst(), null, CHAT.alpn(), 1000, raw);
    until("it is refused", raw::isClosed);
    assertThat(raw.reason().is(CloseReason.PROTOCOL_VIOLATION)).isTrue();
    assertThat(raw.reason().text()).contains("1025");
    assertThat(alice.accepted()).isEmpty();
  }

  @Test
  void a_wrong_secret_is_refused() {
    assertRefused(
        peer("alice", NETWORK, "sesame"),
        listening(peer("bob", NETWORK, "other")),
        CloseReason.NOT_ADMITTED);
  }

  @Test
  void no_secret_where_one_is_needed_is_refused() {
    assertRefused(
        peer("alice"), listening(peer("bob", NETWORK, "sesame")), CloseReason.NOT_ADMITTED);
  }

  @Test
  void an_impostor_without_the_secret_reads_no_message() {
    Peer alice = peer("alice", NETWORK, "sesame");
    Endpoint mallory = endpoint("mallory");
    var raw = new RecordingHandler();
    mallory.listen(CHAT.alpn(), 1000, () -> raw);
    Dialled near = dial(alice, PeerAddress.of(mallory.addresses().getFirst()));
    near.link().send("secret plan");
    until("the greeting came", () -> raw.receivedCount() == 1);
    raw.connection().send(raw.frames().getFirst().length == 0 ? Frame.of(new byte[1]) : echo(raw));
    until("the dialler gives up", near.handler()::isClosed);
    world.run(Duration.ofSeconds(1));
    assertThat(raw.receivedCount()).isEqualTo(1);
  }

  /** The dialler's own proof, reflected as an acceptor's. */
  private static Frame echo(RecordingHandler raw) {
    byte[] greeting = raw.frames().getFirst().clone();
    greeting[0] = 2;
    return Frame.of(greeting);
  }

  @Test
  void a_reflected_proof_is_refused() {
    Peer alice = peer("alice", NETWORK, "sesame");
    Endpoint mallory = endpoint("mallory");
    var raw =
        new RecordingHandler() {
          @Override
          protected void onReceived(Connection from, byte[] payload) {
            from.send(echo(this));
          }
        };
    mallory.listen(CHAT.alpn(), 1000, () -> raw);
    Dialled near = dial(alice, PeerAddress.of(mallory.addresses().getFirst()));
    until("the dialler gives up", near.handler()::isClosed);
    assertThat(near.handler().reason().is(CloseReason.NOT_ADMITTED)).isTrue();
    assertThat(raw.reason().is(CloseReason.NOT_ADMITTED)).isTrue();
  }

  @Test
  void who_does_not_greet_is_given_up() {
    Peer alice = listening(peer("alice"));
    Endpoint silent = endpoint("silent");
    silent.listen(CHAT.alpn(), 1000, RecordingHandler::new);
    Dialled near = dial(alice, PeerAddress.of(silent.addresses().getFirst()));
    until("the dialler gives up", near.handler()::isClosed);
    assertThat(near.handler().reason().is(CloseReason.TIMED_OUT)).isTrue();

    var mute = new RecordingHandler();
    silent.dial(alice.endpoint().addresses().getFirst(), null, CHAT.alpn(), 1000, mute);
    until("the acceptor gives up", mute::isClosed);
    assertThat(mute.reason().is(CloseReason.TIMED_OUT)).isTrue();
    assertThat(alice.accepted()).isEmpty();
  }

  @Test
  void garbage_instead_of_a_greeting_is_a_violation() {
    Peer alice = listening(peer("alice"));
    Endpoint vandal = endpoint("vandal");
    var random = new Random(77);
    for (int i = 0; i < 200; i++) {
      var garbage = new byte[random.nextInt(200)];
      random.nextBytes(garbage);
      if (garbage.length > 0 && i % 2 == 0) {
        garbage[0] = 1;
      }
      var raw =
          new RecordingHandler() {
            @Override
            protected void onOpened(Connection opened) {
              opened.send(Frame.of(garbage));
            }
          };
      vandal.dial(alice.endpoint().addresses().getFirst(), null, CHAT.alpn(), 1000, raw);
      until("it is refused", raw::isClosed);
      assertThat(raw.reason().code())
          .isIn(CloseReason.PROTOCOL_VIOLATION.code(), CloseReason.DIFFERENT_NETWORK.code());
    }
    assertThat(alice.accepted()).isEmpty();
  }

  // ---- messages ----

  @Test
  void a_message_that_does_not_decode_closes_its_link_alone() {
    Peer alice = peer("alice");
    Peer bob = listening(peer("bob"));
    Dialled good = dial(alice, bob.address());
    Dialled bad = dial(alice, bob.address());
    until("both are open", () -> bob.accepted().size() == 2);
    bad.link().send("fine");
    bad.link().send(Frame.of(new byte[] {5, 'x'}));
    bad.link().send("never handled");
    until("the bad one is closed", bad.handler()::isClosed);
    until("on both sides", () -> bob.accepted().stream().anyMatch(a -> a.handler().isClosed()));
    assertThat(bad.handler().reason().is(CloseReason.PROTOCOL_VIOLATION)).isTrue();
    Accepted far =
        bob.accepted().stream().filter(a -> a.handler().isClosed()).findFirst().orElseThrow();
    assertThat(far.handler().messages).containsExactly("fine");
    assertThat(far.handler().reason().is(CloseReason.PROTOCOL_VIOLATION)).isTrue();
    good.link().send("still here");
    until(
        "the other works",
        () -> bob.accepted().stream().anyMatch(a -> a.handler().messages.contains("still here")));
  }

  @Test
  void bytes_after_a_message_are_a_violation() {
    Peer alice = peer("alice");
    Peer bob = listening(peer("bob"));
    Dialled near = dial(alice, bob.address());
    near.link().send(Frame.of(new byte[] {1, 'x', 'y'}));
    until("it is closed", near.handler()::isClosed);
    assertThat(near.handler().reason().is(CloseReason.PROTOCOL_VIOLATION)).isTrue();
    assertThat(received(bob)).isEmpty();
  }

  @Test
  void a_handler_that_fails_loses_its_link() {
    Peer alice = peer("alice");
    Peer bob = peer("bob");
    listening(
        bob,
        CHAT,
        l ->
            new RecordingLinkHandler(bob.strand()) {
              @Override
              public void received(Link<String> link, String message, int wireBytes) {
                throw message.equals("malformed")
                    ? new MalformedException("not now")
                    : new IllegalStateException("a bug");
              }
            });
    for (String message : List.of("malformed", "any")) {
      Dialled near = dial(alice, bob.address());
      near.link().send(message);
      until("it is closed", near.handler()::isClosed);
      assertThat(near.handler().reason().is(CloseReason.PROTOCOL_VIOLATION)).isTrue();
    }
  }

  @Test
  void a_link_handed_over_in_the_midst_loses_and_reorders_nothing() {
    Peer alice = peer("alice");
    Peer bob = peer("bob");
    Strand second = world.host("bob").platform().newStrand("second");
    Strand third = world.host("bob").platform().newStrand("third");
    var atThird = new RecordingLinkHandler(third);
    var atSecond =
        new RecordingLinkHandler(second) {
          @Override
          public void received(Link<String> link, String message, int wireBytes) {
            super.received(link, message, wireBytes);
            if (message.equals("m120")) {
              link.handOver(third, atThird);
            }
          }
        };
    listening(
        bob,
        CHAT,
        l ->
            new RecordingLinkHandler(bob.strand()) {
              @Override
              public void received(Link<String> link, String message, int wireBytes) {
                super.received(link, message, wireBytes);
                if (message.equals("m30")) {
                  link.handOver(second, atSecond);
                }
              }
            });
    Dialled near = dial(alice, bob.address());
    List<String> all = IntStream.range(0, 1_000).mapToObj(i -> "m" + i).toList();
    all.forEach(near.link()::send);
    near.link().close(CloseReason.SUCCESS);
    until("it is over", atThird::isClosed);
    assertThat(received(bob)).isEqualTo(all.subList(0, 31));
    assertThat(atSecond.messages).isEqualTo(all.subList(31, 121));
    assertThat(atThird.messages).isEqualTo(all.subList(121, 1_000));
    assertThat(bob.accepted().getFirst().handler().isClosed()).isFalse();
    assertThat(atThird.reason().is(CloseReason.SUCCESS)).isTrue();
  }

  @Test
  void an_acceptor_may_hand_over_before_anything_is_heard() {
    Peer alice = peer("alice");
    Peer bob = peer("bob");
    Strand other = world.host("bob").platform().newStrand("other");
    var heir = new RecordingLinkHandler(other);
    listening(
        bob,
        CHAT,
        link -> {
          link.handOver(other, heir);
          return new RecordingLinkHandler(bob.strand());
        });
    Dialled near = dial(alice, bob.address());
    near.link().send("to the heir");
    until("it came", () -> heir.messages.equals(List.of("to the heir")));
    assertThat(heir.isOpened()).isTrue();
    assertThat(received(bob)).isEmpty();
  }

  @Test
  void a_worker_that_stops_reading_makes_the_sender_wait_and_misses_nothing() {
    Peer alice = peer("alice");
    Peer bob = listening(peer("bob"));
    Dialled near = dial(alice, bob.address());
    until("it is open", () -> bob.accepted().size() == 1);
    Link<String> far = bob.accepted().getFirst().link();
    on(bob, () -> far.setReading(false));
    world.run(Duration.ofMillis(100));
    String large = "x".repeat(100_000);
    for (int i = 0; i < 300; i++) {
      near.link().send(i + large);
    }
    world.run(Duration.ofSeconds(5));
    assertThat(received(bob)).isEmpty();
    assertThat(near.link().unsentBytes()).isGreaterThan(1_000_000);
    on(bob, () -> far.setReading(true));
    until("all came", () -> received(bob).size() == 300);
    assertThat(received(bob)).isEqualTo(IntStream.range(0, 300).mapToObj(i -> i + large).toList());
  }

  @Test
  void a_worker_slower_than_its_sender_bounds_what_waits() {
    Peer alice = peer("alice");
    Peer bob = listening(peer("bob"));
    world.node("bob").taskCost(Duration.ofMillis(50));
    Dialled near = dial(alice, bob.address());
    String large = "x".repeat(200_000);
    for (int i = 0; i < 200; i++) {
      near.link().send(i + large);
    }
    world.run(Duration.ofSeconds(1));
    assertThat(received(bob)).hasSizeLessThan(200);
    until("all came", () -> received(bob).size() == 200);
  }

  // ---- closing ----

  @Test
  void what_was_sent_before_a_close_arrives_even_if_the_link_was_not_open_yet() {
    Peer alice = peer("alice");
    Peer bob = listening(peer("bob"));
    Dialled near = dial(alice, bob.address());
    near.link().send("and goodbye");
    near.link().close(CloseReason.SUCCESS);
    near.link().send("too late");
    until("both heard", () -> near.handler().isClosed() && !received(bob).isEmpty());
    until("the end", () -> bob.accepted().getFirst().handler().isClosed());
    assertThat(received(bob)).containsExactly("and goodbye");
    assertThat(bob.accepted().getFirst().handler().reason().is(CloseReason.SUCCESS)).isTrue();
  }

  @Test
  void a_dial_that_is_closed_with_nothing_to_say_ends_at_once() {
    Peer alice = peer("alice");
    Dialled near = dial(alice, PeerAddress.parse("nowhere:1"));
    near.link().close(CloseReason.CANCELLED);
    world.runUntil("the end", near.handler()::isClosed, Duration.ofMillis(10));
    assertThat(near.handler().reason().is(CloseReason.CANCELLED)).isTrue();
  }

  @Test
  void after_its_own_close_a_worker_gets_no_more_messages() {
    Peer alice = peer("alice");
    Peer bob = peer("bob");
    listening(
        bob,
        CHAT,
        l ->
            new RecordingLinkHandler(bob.strand()) {
              @Override
              public void received(Link<String> link, String message, int wireBytes) {
                super.received(link, message, wireBytes);
                link.close(new CloseReason(30_429, "enough"));
              }
            });
    Dialled near = dial(alice, bob.address());
    for (int i = 0; i < 10; i++) {
      near.link().send("m" + i);
    }
    until("both heard", () -> near.handler().isClosed() && !bob.accepted().isEmpty());
    until("the end", () -> bob.accepted().getFirst().handler().isClosed());
    assertThat(received(bob)).containsExactly("m0");
    assertThat(near.handler().reason().code()).isEqualTo(30_429);
  }

  @Test
  void a_dead_peer_ends_the_link() {
    Peer alice = peer("alice");
    Peer bob = listening(peer("bob"));
    Dialled near = dial(alice, bob.address());
    until("it is open", near.handler()::isOpened);
    world.crash("bob");
    until("it is noticed", near.handler()::isClosed);
    assertThat(near.handler().reason().code())
        .isIn(CloseReason.CONNECTION_LOST.code(), CloseReason.TIMED_OUT.code());
  }

  // ---- candidates ----

  @Test
  void a_dead_candidate_delays_by_its_head_start_only() {
    Peer alice = peer("alice");
    Peer bob = listening(peer("bob"));
    Dialled near =
        dial(
            alice,
            new PeerAddress(
                bob.endpoint().peerId(),
                List.of(
                    new Address("nowhere", 1),
                    new Address("nowhere", 2),
                    bob.endpoint().addresses().getFirst())));
    world.runUntil("it is open", near.handler()::isOpened, Duration.ofMillis(700));
  }

  @Test
  void of_several_candidates_with_the_right_key_one_is_kept() {
    Peer alice = peer("alice");
    Peer bob = listening(peer("bob"));
    world.link("alice", "bob", io.mosaik.sim.LinkProfile.ofLatency(Duration.ofMillis(400)));
    Address there = bob.endpoint().addresses().getFirst();
    Dialled near =
        dial(alice, new PeerAddress(bob.endpoint().peerId(), List.of(there, there, there)));
    near.link().send("once");
    until("it came", () -> received(bob).equals(List.of("once")));
    world.run(Duration.ofSeconds(20));
    assertThat(bob.accepted()).hasSize(1);
    assertThat(near.handler().isClosed()).isFalse();
  }

  @Test
  void a_candidate_with_another_key_is_passed_over() {
    Peer alice = peer("alice");
    Peer bob = listening(peer("bob"));
    Peer carol = listening(peer("carol"));
    Address wrong = carol.endpoint().addresses().getFirst();
    Address right = bob.endpoint().addresses().getFirst();
    Dialled near = dial(alice, new PeerAddress(bob.endpoint().peerId(), List.of(wrong, right)));
    until("it is open", near.handler()::isOpened);
    Dialled lost = dial(alice, PeerAddress.of(bob.endpoint().peerId(), wrong));
    until("it fails", lost.handler()::isClosed);
    assertThat(lost.handler().reason().is(CloseReason.NOT_ADMITTED)).isTrue();
    assertThat(carol.accepted()).isEmpty();
  }

  @Test
  void a_dial_ends_by_its_deadline() {
    Peer alice = peer("alice");
    Peer bob = listening(peer("bob"));
    world.cut("alice", "bob");
    Dialled near = dial(alice, bob.address());
    world.runUntil("it ends", near.handler()::isClosed, Duration.ofMillis(10_100));
    assertThat(near.handler().reason().is(CloseReason.TIMED_OUT)).isTrue();
  }
}
