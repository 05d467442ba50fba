package io.mosaik.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mosaik.id.SecretKey;
import io.mosaik.wire.BinaryReader;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.Frame;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What every {@link Endpoint} promises; subclassed once for each implementation. An implementation
 * may make an accepted connection known only when the dialling side has sent something, so every
 * test lets that side speak first.
 */
public abstract class EndpointContract {

  private static final String ALPN = "/test/echo";
  private static final int LIMIT = 4 * 1024 * 1024;
  private static final SecretKey ALICE = SecretKey.of("alice's test key");
  private static final SecretKey BOB = SecretKey.of("bob's test key");
  private static final SecretKey CAROL = SecretKey.of("carol's test key");

  private final List<Endpoint> endpoints = new ArrayList<>();
  private final List<RecordingHandler> handlers = new CopyOnWriteArrayList<>();

  /** Opens an endpoint at an address of its own. */
  protected abstract Endpoint openEndpoint(SecretKey key);

  /** An address at which nobody answers. */
  protected abstract Address nobody();

  /** Lets things happen until the condition holds, but for 20 s at most. */
  protected abstract void letHappenUntil(BooleanSupplier condition);

  /** Lets things happen for so long. */
  protected abstract void letHappen(Duration time);

  @AfterEach
  void every_handler_was_called_by_the_rules() {
    List<CompletableFuture<Void>> closes =
        endpoints.stream().map(e -> e.close(CloseReason.SUCCESS)).toList();
    until("all endpoints are closed", () -> closes.stream().allMatch(CompletableFuture::isDone));
    until("every handler has heard the end", () -> handlers.stream().allMatch(h -> h.isClosed()));
    letHappen(Duration.ofMillis(20));
    assertThat(handlers).allSatisfy(h -> assertThat(h.breaches()).isEmpty());
  }

  private void until(String what, BooleanSupplier condition) {
    letHappenUntil(condition);
    assertThat(condition.getAsBoolean()).as(what).isTrue();
  }

  private Endpoint open(SecretKey key) {
    Endpoint endpoint = openEndpoint(key);
    endpoints.add(endpoint);
    return endpoint;
  }

  private static Address at(Endpoint endpoint) {
    return endpoint.addresses().getFirst();
  }

  private RecordingHandler dial(Endpoint from, Endpoint to, String alpn) {
    return dial(from, to, alpn, new RecordingHandler());
  }

  private <H extends RecordingHandler> H dial(Endpoint from, Endpoint to, String alpn, H handler) {
    handlers.add(handler);
    from.dial(at(to), to.peerId(), alpn, LIMIT, handler);
    return handler;
  }

  private List<RecordingHandler> listen(Endpoint endpoint, String alpn) {
    return listen(endpoint, alpn, LIMIT, RecordingHandler::new);
  }

  private List<RecordingHandler> listen(
      Endpoint endpoint, String alpn, int limit, Supplier<RecordingHandler> make) {
    var accepted = new CopyOnWriteArrayList<RecordingHandler>();
    endpoint.listen(
        alpn,
        limit,
        () -> {
          RecordingHandler handler = make.get();
          accepted.add(handler);
          handlers.add(handler);
          return handler;
        });
    return accepted;
  }

  private static Frame text(String text) {
    return Frame.of(text.getBytes(StandardCharsets.UTF_8));
  }

  private static Frame number(int value, int size) {
    return new BinaryWriter(size).i32(value).raw(new byte[size - 4]).toFrame();
  }

  private static void assertNumbered(RecordingHandler handler, int count) {
    List<byte[]> frames = handler.frames();
    assertThat(frames).hasSize(count);
    for (int i = 0; i < count; i++) {
      assertThat(new BinaryReader(frames.get(i)).i32()).isEqualTo(i);
    }
  }

  private record Pair(RecordingHandler dialler, RecordingHandler acceptor) {

    Connection near() {
      return dialler.connection();
    }

    Connection far() {
      return acceptor.connection();
    }
  }

  /** Two fresh endpoints with one open connection; one frame of 5 bytes has crossed it. */
  private Pair connect() {
    Endpoint alice = open(ALICE);
    Endpoint bob = open(BOB);
    return connect(alice, bob, listen(bob, ALPN), ALPN);
  }

  private Pair connect(Endpoint from, Endpoint to, List<RecordingHandler> accepted, String alpn) {
    int before = accepted.size();
    RecordingHandler dialler = dial(from, to, alpn);
    until("the dialler is open", dialler::isOpened);
    dialler.connection().send(text("hello"));
    until(
        "the acceptor hears it",
        () -> accepted.size() > before && accepted.get(before).receivedCount() == 1);
    return new Pair(dialler, accepted.get(before));
  }

  @Test
  void an_echo_comes_back_and_each_side_knows_the_other() {
    Endpoint alice = open(ALICE);
    Endpoint bob = open(BOB);
    List<RecordingHandler> accepted = listen(bob, ALPN, LIMIT, Echo::new);
    Pair pair = connect(alice, bob, accepted, ALPN);
    until("the echo came", () -> pair.dialler().receivedCount() == 1);
    assertThat(pair.dialler().frames().getFirst()).asString().isEqualTo("hello");
    assertThat(pair.near().remotePeer()).isEqualTo(BOB.peerId());
    assertThat(pair.near().dialled()).isTrue();
    assertThat(pair.near().remoteAddress()).isEqualTo(at(bob));
    assertThat(pair.far().remotePeer()).isEqualTo(ALICE.peerId());
    assertThat(pair.far().dialled()).isFalse();
    assertThat(pair.far().remoteAddress().host()).isEqualTo(at(alice).host());
    assertThat(alice.peerId()).isEqualTo(ALICE.peerId());
    until("the rtt is known", () -> pair.near().rtt() != null);
  }

  @Test
  void frames_sent_from_inside_opened_arrive() {
    Endpoint alice = open(ALICE);
    Endpoint bob = open(BOB);
    List<RecordingHandler> accepted = listen(bob, ALPN);
    dial(
        alice,
        bob,
        ALPN,
        new RecordingHandler() {
          @Override
          protected void onOpened(Connection opened) {
            opened.send(text("at once"));
          }
        });
    until("it came", () -> accepted.size() == 1 && accepted.getFirst().receivedCount() == 1);
  }

  @Test
  void many_frames_arrive_in_order_in_both_directions() {
    Pair pair = connect();
    for (int i = 0; i < 5_000; i++) {
      pair.near().send(number(i, 4 + i % 50));
      pair.far().send(number(i, 4 + i % 70));
    }
    until("all came", () -> pair.acceptor().receivedCount() == 5_001);
    until("all came back", () -> pair.dialler().receivedCount() == 5_000);
    assertNumbered(pair.dialler(), 5_000);
    List<byte[]> frames = pair.acceptor().frames();
    for (int i = 0; i < 5_000; i++) {
      assertThat(new BinaryReader(frames.get(i + 1)).i32()).isEqualTo(i);
      assertThat(frames.get(i + 1)).hasSize(4 + i % 50);
    }
  }

  @Test
  void empty_and_large_frames_arrive_whole() {
    Pair pair = connect();
    var large = new byte[3 * 1024 * 1024];
    for (int i = 0; i < large.length; i++) {
      large[i] = (byte) ((i * 31) >> 3);
    }
    pair.near().send(Frame.of(new byte[0]));
    pair.near().send(Frame.of(large));
    pair.near().send(text("after"));
    until("all came", () -> pair.acceptor().receivedCount() == 4);
    assertThat(pair.acceptor().frames().get(1)).isEmpty();
    assertThat(pair.acceptor().frames().get(2)).isEqualTo(large);
    assertThat(pair.acceptor().frames().get(3)).asString().isEqualTo("after");
  }

  @Test
  void one_frame_object_serves_many_connections() {
    Endpoint alice = open(ALICE);
    Endpoint bob = open(BOB);
    List<RecordingHandler> accepted = listen(bob, ALPN);
    Pair first = connect(alice, bob, accepted, ALPN);
    Pair second = connect(alice, bob, accepted, ALPN);
    Frame shared = text("shared");
    first.near().send(shared);
    second.near().send(shared);
    first.near().send(shared);
    until("both heard", () -> second.acceptor().receivedCount() == 2);
    until("the first heard twice", () -> first.acceptor().receivedCount() == 3);
    assertThat(first.acceptor().frames().get(2)).asString().isEqualTo("shared");
  }

  @Test
  void a_frame_at_the_limit_passes_and_one_byte_more_closes_that_connection_alone() {
    Endpoint alice = open(ALICE);
    Endpoint bob = open(BOB);
    List<RecordingHandler> accepted = listen(bob, "/test/small", 1_000, RecordingHandler::new);
    Pair pair = connect(alice, bob, accepted, "/test/small");
    Pair other = connect(alice, bob, accepted, "/test/small");
    pair.near().send(Frame.of(new byte[1_000]));
    until("the largest frame came", () -> pair.acceptor().receivedCount() == 2);
    pair.near().send(Frame.of(new byte[1_001]));
    until("both heard of the violation", () -> both(pair, RecordingHandler::isClosed));
    assertThat(pair.acceptor().reason().is(CloseReason.PROTOCOL_VIOLATION)).isTrue();
    assertThat(pair.dialler().reason().is(CloseReason.PROTOCOL_VIOLATION)).isTrue();
    assertThat(pair.acceptor().receivedCount()).isEqualTo(2);
    other.near().send(text("still here"));
    until("the other connection works", () -> other.acceptor().receivedCount() == 2);
  }

  @Test
  void a_limit_set_when_opened_holds_for_the_first_frame_and_one_set_by_it_for_the_next() {
    Endpoint alice = open(ALICE);
    Endpoint bob = open(BOB);
    List<RecordingHandler> accepted =
        listen(
            bob,
            ALPN,
            100,
            () ->
                new RecordingHandler() {
                  @Override
                  protected void onOpened(Connection opened) {
                    opened.limitFrames(200);
                  }

                  @Override
                  protected void onReceived(Connection from, byte[] payload) {
                    from.limitFrames(1_000);
                  }
                });
    RecordingHandler first = dial(alice, bob, ALPN);
    until("it is open", first::isOpened);
    first.connection().send(number(0, 200));
    first.connection().send(number(1, 1_000));
    first.connection().send(number(2, 1_001));
    until("it is closed", () -> first.isClosed() && accepted.getFirst().isClosed());
    assertNumbered(accepted.getFirst(), 2);
    assertThat(first.reason().is(CloseReason.PROTOCOL_VIOLATION)).isTrue();

    RecordingHandler second = dial(alice, bob, ALPN);
    until("it is open too", second::isOpened);
    second.connection().send(number(0, 201));
    until("it is closed too", () -> second.isClosed() && accepted.get(1).isClosed());
    assertThat(accepted.get(1).receivedCount()).isZero();
    assertThat(second.reason().is(CloseReason.PROTOCOL_VIOLATION)).isTrue();
  }

  @Test
  void the_diallers_own_limit_holds_for_what_it_receives() {
    Endpoint alice = open(ALICE);
    Endpoint bob = open(BOB);
    List<RecordingHandler> accepted = listen(bob, ALPN);
    var dialler = new RecordingHandler();
    handlers.add(dialler);
    alice.dial(at(bob), BOB.peerId(), ALPN, 100, dialler);
    until("it is open", dialler::isOpened);
    dialler.connection().send(text("x"));
    until("it is accepted", () -> accepted.size() == 1 && accepted.getFirst().isOpened());
    accepted.getFirst().connection().send(Frame.of(new byte[101]));
    until("the dialler ends it", () -> dialler.isClosed() && accepted.getFirst().isClosed());
    assertThat(dialler.reason().is(CloseReason.PROTOCOL_VIOLATION)).isTrue();
    assertThat(accepted.getFirst().reason().is(CloseReason.PROTOCOL_VIOLATION)).isTrue();
    assertThat(dialler.receivedCount()).isZero();
  }

  private static boolean both(Pair pair, Predicate<RecordingHandler> test) {
    return test.test(pair.dialler()) && test.test(pair.acceptor());
  }

  @Test
  void another_key_than_the_pinned_one_is_not_admitted() {
    Endpoint alice = open(ALICE);
    Endpoint bob = open(BOB);
    List<RecordingHandler> accepted = listen(bob, ALPN);
    var dialler = new RecordingHandler();
    handlers.add(dialler);
    alice.dial(at(bob), CAROL.peerId(), ALPN, LIMIT, dialler);
    until("the dial fails", dialler::isClosed);
    assertThat(dialler.reason().is(CloseReason.NOT_ADMITTED)).isTrue();
    assertThat(dialler.isOpened()).isFalse();
    assertThat(accepted).allSatisfy(h -> assertThat(h.receivedCount()).isZero());
    connect(alice, bob, listen(bob, "/test/next"), "/test/next");
  }

  @Test
  void a_dial_for_another_key_leaves_the_open_connections_of_the_two_alone() {
    Endpoint alice = open(ALICE);
    Endpoint bob = open(BOB);
    List<RecordingHandler> accepted = listen(bob, ALPN);
    Pair there = connect(alice, bob, accepted, ALPN);
    Pair back = connect(bob, alice, listen(alice, ALPN), ALPN);
    var dialler = new RecordingHandler();
    handlers.add(dialler);
    alice.dial(at(bob), CAROL.peerId(), ALPN, LIMIT, dialler);
    until("the dial fails", dialler::isClosed);
    assertThat(dialler.reason().is(CloseReason.NOT_ADMITTED)).isTrue();
    letHappen(Duration.ofMillis(50));
    there.near().send(text("still here"));
    back.near().send(text("here too"));
    until("the first works", () -> there.acceptor().receivedCount() == 2);
    until("the second works", () -> back.acceptor().receivedCount() == 2);
  }

  @Test
  void a_dial_without_a_key_learns_who_answers() {
    Endpoint alice = open(ALICE);
    Endpoint bob = open(BOB);
    listen(bob, ALPN);
    var dialler = new RecordingHandler();
    handlers.add(dialler);
    alice.dial(at(bob), null, ALPN, LIMIT, dialler);
    until("it is open", dialler::isOpened);
    assertThat(dialler.connection().remotePeer()).isEqualTo(BOB.peerId());
  }

  @Test
  void a_protocol_that_nobody_listens_to_is_refused() {
    Endpoint alice = open(ALICE);
    Endpoint bob = open(BOB);
    List<RecordingHandler> accepted = listen(bob, ALPN);
    RecordingHandler dialler = dial(alice, bob, "/test/unknown");
    until("the dial fails", dialler::isClosed);
    assertThat(dialler.reason().is(CloseReason.INVALID_ALPN)).isTrue();
    assertThat(dialler.isOpened()).isFalse();
    assertThat(accepted).isEmpty();
  }

  @Test
  void a_protocol_has_one_listener() {
    Endpoint bob = open(BOB);
    listen(bob, ALPN);
    assertThatThrownBy(() -> listen(bob, ALPN)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void connections_of_several_protocols_stay_apart() {
    Endpoint alice = open(ALICE);
    Endpoint bob = open(BOB);
    List<RecordingHandler> one = listen(bob, "/test/one");
    List<RecordingHandler> two = listen(bob, "/test/two");
    List<RecordingHandler> back = listen(alice, "/test/one");
    Pair first = connect(alice, bob, one, "/test/one");
    Pair second = connect(alice, bob, two, "/test/two");
    Pair third = connect(bob, alice, back, "/test/one");
    first.near().send(text("first"));
    second.near().send(text("second"));
    third.near().send(text("third"));
    until("the first heard", () -> first.acceptor().receivedCount() == 2);
    until("the second heard", () -> second.acceptor().receivedCount() == 2);
    until("the third heard", () -> third.acceptor().receivedCount() == 2);
    assertThat(first.acceptor().frames().get(1)).asString().isEqualTo("first");
    assertThat(second.acceptor().frames().get(1)).asString().isEqualTo("second");
    assertThat(third.acceptor().frames().get(1)).asString().isEqualTo("third");
  }

  @Test
  void the_close_code_of_the_dialler_reaches_both() {
    Pair pair = connect();
    pair.near().close(new CloseReason(10_413, "too slow"));
    until("both heard", () -> both(pair, RecordingHandler::isClosed));
    assertThat(pair.dialler().reason().code()).isEqualTo(10_413);
    assertThat(pair.acceptor().reason().code()).isEqualTo(10_413);
  }

  @Test
  void the_close_code_of_the_acceptor_reaches_both() {
    Pair pair = connect();
    pair.far().close(new CloseReason(30_429, "already bonded"));
    until("both heard", () -> both(pair, RecordingHandler::isClosed));
    assertThat(pair.dialler().reason().code()).isEqualTo(30_429);
    assertThat(pair.acceptor().reason().code()).isEqualTo(30_429);
  }

  @Test
  void the_first_close_counts_and_later_sends_do_nothing() {
    Pair pair = connect();
    pair.near().close(CloseReason.CANCELLED);
    pair.near().close(CloseReason.SUCCESS);
    pair.near().send(text("too late"));
    until("both heard", () -> both(pair, RecordingHandler::isClosed));
    pair.near().send(text("much too late"));
    pair.near().close(CloseReason.SUCCESS);
    assertThat(pair.dialler().reason().is(CloseReason.CANCELLED)).isTrue();
    assertThat(pair.acceptor().reason().is(CloseReason.CANCELLED)).isTrue();
    assertThat(pair.acceptor().receivedCount()).isEqualTo(1);
  }

  @Test
  void close_lets_what_was_sent_before_arrive_first() {
    Pair pair = connect();
    for (int i = 0; i < 200; i++) {
      pair.far().send(number(i, 10_000));
    }
    pair.far().close(CloseReason.SUCCESS);
    until("both heard", () -> both(pair, RecordingHandler::isClosed));
    assertNumbered(pair.dialler(), 200);
    assertThat(pair.dialler().reason().is(CloseReason.SUCCESS)).isTrue();
  }

  @Test
  void a_dialler_that_sends_and_closes_at_once_is_heard() {
    Endpoint alice = open(ALICE);
    Endpoint bob = open(BOB);
    List<RecordingHandler> accepted = listen(bob, ALPN);
    RecordingHandler dialler =
        dial(
            alice,
            bob,
            ALPN,
            new RecordingHandler() {
              @Override
              protected void onOpened(Connection opened) {
                opened.send(number(0, 50_000));
                opened.send(number(1, 4));
                opened.close(CloseReason.SUCCESS);
              }
            });
    until("the dialler is done", dialler::isClosed);
    until("the acceptor too", () -> accepted.size() == 1 && accepted.getFirst().isClosed());
    assertNumbered(accepted.getFirst(), 2);
    assertThat(accepted.getFirst().reason().is(CloseReason.SUCCESS)).isTrue();
  }

  @Test
  void closing_from_inside_received_is_heard() {
    Endpoint alice = open(ALICE);
    Endpoint bob = open(BOB);
    List<RecordingHandler> accepted =
        listen(
            bob,
            ALPN,
            LIMIT,
            () ->
                new RecordingHandler() {
                  @Override
                  protected void onReceived(Connection from, byte[] payload) {
                    from.close(CloseReason.UNKNOWN_PEER);
                  }
                });
    RecordingHandler dialler = dial(alice, bob, ALPN);
    until("it is open", dialler::isOpened);
    dialler.connection().send(text("one"));
    dialler.connection().send(text("two"));
    until("both heard", () -> dialler.isClosed() && accepted.getFirst().isClosed());
    assertThat(dialler.reason().is(CloseReason.UNKNOWN_PEER)).isTrue();
    assertThat(accepted.getFirst().receivedCount()).isEqualTo(1);
  }

  @Test
  void both_ends_export_the_same_secret_which_no_other_use_has() {
    Endpoint alice = open(ALICE);
    Endpoint bob = open(BOB);
    List<RecordingHandler> accepted = listen(bob, ALPN);
    Pair first = connect(alice, bob, accepted, ALPN);
    Pair second = connect(alice, bob, accepted, ALPN);
    byte[] context = {1, 2, 3};
    byte[] secret = first.near().export("EXPORTER-test", context, 32);
    assertThat(secret).hasSize(32);
    assertThat(first.far().export("EXPORTER-test", context, 32)).isEqualTo(secret);
    assertThat(first.near().export("EXPORTER-test", context, 32)).isEqualTo(secret);
    assertThat(first.near().export("EXPORTER-other", context, 32)).isNotEqualTo(secret);
    assertThat(first.near().export("EXPORTER-test", new byte[] {1, 2, 4}, 32)).isNotEqualTo(secret);
    assertThat(first.near().export("EXPORTER-test", new byte[0], 32)).isNotEqualTo(secret);
    assertThat(second.near().export("EXPORTER-test", context, 32)).isNotEqualTo(secret);
    assertThat(second.far().export("EXPORTER-test", context, 32))
        .isEqualTo(second.near().export("EXPORTER-test", context, 32));
    assertThat(first.near().export("EXPORTER-test", context, 80))
        .hasSize(80)
        .isEqualTo(first.far().export("EXPORTER-test", context, 80));
  }

  @Test
  void a_reader_that_stops_makes_the_senders_bytes_wait_until_it_reads_again() {
    Pair pair = connect();
    int mebibytes = 32;
    pair.far().setReading(false);
    for (int i = 0; i < mebibytes; i++) {
      pair.near().send(number(i, 1024 * 1024));
    }
    letHappen(Duration.ofSeconds(1));
    assertThat(pair.acceptor().receivedCount()).isLessThan(mebibytes);
    assertThat(pair.near().unsentBytes()).isGreaterThan(1024 * 1024);
    assertThat(pair.dialler().isClosed()).isFalse();
    int drainsBefore = pair.dialler().drainCount();
    pair.far().setReading(true);
    until("all came", () -> pair.acceptor().receivedCount() == mebibytes + 1);
    until("nothing waits any more", () -> pair.near().unsentBytes() == 0);
    until("the sender heard of it", () -> pair.dialler().drainCount() > drainsBefore);
    List<byte[]> frames = pair.acceptor().frames();
    for (int i = 0; i < mebibytes; i++) {
      assertThat(new BinaryReader(frames.get(i + 1)).i32()).isEqualTo(i);
    }
  }

  @Test
  void no_frame_comes_after_reading_was_stopped_from_inside_received() {
    Endpoint alice = open(ALICE);
    Endpoint bob = open(BOB);
    List<RecordingHandler> accepted =
        listen(
            bob,
            ALPN,
            LIMIT,
            () ->
                new RecordingHandler() {
                  @Override
                  protected void onReceived(Connection from, byte[] payload) {
                    from.setReading(false);
                  }
                });
    RecordingHandler dialler = dial(alice, bob, ALPN);
    until("it is open", dialler::isOpened);
    for (int i = 0; i < 20; i++) {
      dialler.connection().send(number(i, 4));
    }
    for (int i = 1; i <= 5; i++) {
      int count = i;
      until(
          "the next came",
          () -> !accepted.isEmpty() && accepted.getFirst().receivedCount() == count);
      letHappen(Duration.ofMillis(30));
      assertThat(accepted.getFirst().receivedCount()).isEqualTo(count);
      accepted.getFirst().connection().setReading(true);
    }
  }

  @Test
  void a_dial_to_nobody_ends() {
    Endpoint alice = open(ALICE);
    var dialler = new RecordingHandler();
    handlers.add(dialler);
    alice.dial(nobody(), BOB.peerId(), ALPN, LIMIT, dialler);
    until("it ends", dialler::isClosed);
    assertThat(dialler.reason())
        .matches(r -> r.is(CloseReason.TIMED_OUT) || r.is(CloseReason.CONNECTION_LOST));
    assertThat(dialler.isOpened()).isFalse();
  }

  @Test
  void closing_the_endpoint_closes_all_its_connections_with_the_reason() {
    Endpoint alice = open(ALICE);
    Endpoint bob = open(BOB);
    Endpoint carol = open(CAROL);
    List<RecordingHandler> atBob = listen(bob, ALPN);
    Pair first = connect(alice, bob, atBob, ALPN);
    Pair second = connect(carol, bob, atBob, ALPN);
    Address left = at(bob);
    CompletableFuture<Void> closed = bob.close(CloseReason.GRACEFUL_SHUTDOWN);
    until("it is closed", closed::isDone);
    assertThat(closed).isCompleted();
    for (Pair pair : List.of(first, second)) {
      until("both heard", () -> both(pair, RecordingHandler::isClosed));
      assertThat(pair.dialler().reason().is(CloseReason.GRACEFUL_SHUTDOWN)).isTrue();
      assertThat(pair.acceptor().reason().is(CloseReason.GRACEFUL_SHUTDOWN)).isTrue();
    }
    var late = new RecordingHandler();
    handlers.add(late);
    alice.dial(left, BOB.peerId(), ALPN, LIMIT, late);
    until("nobody answers there any more", late::isClosed);
    assertThat(late.isOpened()).isFalse();
  }

  @Test
  void a_dial_from_a_closed_endpoint_ends_without_opening() {
    Endpoint alice = open(ALICE);
    Endpoint bob = open(BOB);
    listen(bob, ALPN);
    CompletableFuture<Void> closed = alice.close(CloseReason.SUCCESS);
    until("it is closed", closed::isDone);
    RecordingHandler dialler = dial(alice, bob, ALPN);
    until("the dial ends", dialler::isClosed);
    assertThat(dialler.isOpened()).isFalse();
  }

  private static final class Echo extends RecordingHandler {

    @Override
    protected void onReceived(Connection from, byte[] payload) {
      from.send(Frame.of(payload));
    }
  }
}
