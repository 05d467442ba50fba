package io.mosaik.transport.quic;

import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.id.SecretKey;
import io.mosaik.transport.Address;
import io.mosaik.transport.AddressUnavailableException;
import io.mosaik.transport.CloseReason;
import io.mosaik.transport.RecordingHandler;
import io.mosaik.wire.Frame;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** How connections live and die over real QUIC, and that nothing of them stays behind. */
class ConnectionLifeTest {

  private static final String ALPN = "/test/life";

  private final List<QuicEndpoint> endpoints = new ArrayList<>();
  private final List<RecordingHandler> accepted = new CopyOnWriteArrayList<>();

  private QuicEndpoint open(String name, String host, QuicOptions options) {
    var endpoint = QuicEndpoint.open(SecretKey.of(name), new Address(host, 0), List.of(), options);
    endpoints.add(endpoint);
    endpoint.listen(
        ALPN,
        1 << 24,
        () -> {
          var handler = new RecordingHandler();
          accepted.add(handler);
          return handler;
        });
    return endpoint;
  }

  @AfterEach
  void close() throws Exception {
    for (QuicEndpoint endpoint : endpoints) {
      endpoint.close(CloseReason.SUCCESS).get(30, TimeUnit.SECONDS);
    }
  }

  private static RecordingHandler dial(QuicEndpoint from, Address to) {
    var handler = new RecordingHandler();
    from.dial(to, null, ALPN, 1 << 24, handler);
    RealTime.until(() -> handler.isOpened() || handler.isClosed());
    assertThat(handler.isOpened()).isTrue();
    return handler;
  }

  @Test
  void an_idle_connection_stays_even_if_its_stream_stands_still() {
    QuicOptions impatient = QuicOptions.DEFAULTS.withIdleTimeout(Duration.ofSeconds(3));
    QuicEndpoint alice = open("alice", "127.0.0.1", impatient);
    QuicEndpoint bob = open("bob", "127.0.0.1", impatient);
    RecordingHandler idle = dial(alice, bob.addresses().getFirst());
    RecordingHandler stuck = dial(alice, bob.addresses().getFirst());
    stuck.connection().send(Frame.of(new byte[1]));
    RealTime.until(() -> accepted.stream().anyMatch(h -> h.receivedCount() == 1));
    accepted.forEach(h -> h.connection().setReading(false));
    for (int i = 0; i < 10; i++) {
      stuck.connection().send(Frame.of(new byte[1_000_000]));
    }
    RealTime.sleep(Duration.ofSeconds(7));
    assertThat(stuck.connection().unsentBytes()).isPositive();
    assertThat(List.of(idle, stuck)).noneMatch(RecordingHandler::isClosed);
    accepted.forEach(h -> h.connection().setReading(true));
    RealTime.until(() -> accepted.stream().anyMatch(h -> h.receivedCount() == 11));
    assertThat(accepted.stream().filter(RecordingHandler::isClosed).map(RecordingHandler::reason))
        .isEmpty();
    assertThat(accepted.stream().map(RecordingHandler::receivedCount)).contains(11);
  }

  @Test
  void a_peer_that_fell_silent_is_noticed_by_both() throws Exception {
    QuicOptions impatient = QuicOptions.DEFAULTS.withIdleTimeout(Duration.ofSeconds(1));
    QuicEndpoint alice = open("alice", "127.0.0.1", impatient);
    QuicEndpoint bob = open("bob", "127.0.0.1", impatient);
    try (var relay = new Relay(bob.addresses().getFirst())) {
      RecordingHandler near = dial(alice, relay.address());
      near.connection().send(Frame.of(new byte[1]));
      RealTime.until(() -> !accepted.isEmpty() && accepted.getFirst().receivedCount() == 1);
      relay.cut();
      RealTime.until(() -> near.isClosed() && accepted.getFirst().isClosed());
      assertThat(near.reason().is(CloseReason.TIMED_OUT)).isTrue();
      assertThat(accepted.getFirst().reason().is(CloseReason.TIMED_OUT)).isTrue();
    }
  }

  @Test
  void diallers_prove_their_address_where_that_is_asked_for() {
    QuicEndpoint alice = open("alice", "127.0.0.1", QuicOptions.DEFAULTS);
    QuicEndpoint bob = open("bob", "127.0.0.1", QuicOptions.DEFAULTS.withRetryAbove(0));
    RecordingHandler near = dial(alice, bob.addresses().getFirst());
    near.connection().send(Frame.of(new byte[5]));
    RealTime.until(() -> !accepted.isEmpty() && accepted.getFirst().receivedCount() == 1);
    assertThat(accepted.getFirst().receivedCount()).isEqualTo(1);
  }

  @Test
  void nodes_on_wildcards_with_several_event_loops_meet_at_each_address() {
    QuicEndpoint alice = open("alice", "0.0.0.0", QuicOptions.DEFAULTS.withEventLoops(2));
    QuicEndpoint bob = open("bob", "0.0.0.0", QuicOptions.DEFAULTS.withEventLoops(3));
    int port = bob.addresses().getFirst().port();
    var targets = new ArrayList<>(bob.addresses());
    targets.add(new Address("localhost", port));
    int count = 0;
    for (Address target : targets) {
      for (int i = 0; i < 6; i++) {
        RecordingHandler near = dial(alice, target);
        near.connection().send(Frame.of(new byte[100]));
        count++;
      }
    }
    int expected = count;
    RealTime.until(() -> accepted.stream().filter(h -> h.receivedCount() == 1).count() == expected);
    assertThat(accepted).hasSize(expected).allMatch(h -> h.receivedCount() == 1);
  }

  @Test
  void nodes_on_ipv6_meet() {
    Assumptions.assumeTrue(hasIpv6(), "this machine has no IPv6 loopback");
    QuicEndpoint alice = open("alice", "::1", QuicOptions.DEFAULTS);
    QuicEndpoint bob = open("bob", "::", QuicOptions.DEFAULTS);
    RecordingHandler near = dial(alice, new Address("::1", bob.addresses().getFirst().port()));
    near.connection().send(Frame.of(new byte[100]));
    RealTime.until(() -> !accepted.isEmpty() && accepted.getFirst().receivedCount() == 1);
    assertThat(accepted.getFirst().receivedCount()).isEqualTo(1);
    assertThat(accepted.getFirst().connection().remoteAddress().host()).contains(":");
    QuicEndpoint carol = open("carol", "127.0.0.1", QuicOptions.DEFAULTS);
    dial(carol, new Address("127.0.0.1", bob.addresses().getFirst().port()));
  }

  private static boolean hasIpv6() {
    var loopback = new byte[16];
    loopback[15] = 1;
    try (var socket = new DatagramSocket(0, InetAddress.getByAddress(loopback))) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void a_node_that_is_not_the_one_dialled_hears_403() {
    QuicEndpoint alice = open("alice", "127.0.0.1", QuicOptions.DEFAULTS);
    QuicEndpoint bob = open("bob", "127.0.0.1", QuicOptions.DEFAULTS);
    var near = new RecordingHandler();
    alice.dial(bob.addresses().getFirst(), SecretKey.of("carol").peerId(), ALPN, 1 << 24, near);
    RealTime.until(() -> near.isClosed() && !accepted.isEmpty() && accepted.getFirst().isClosed());
    assertThat(near.reason().is(CloseReason.NOT_ADMITTED)).isTrue();
    assertThat(near.isOpened()).isFalse();
    assertThat(accepted.getFirst().reason().is(CloseReason.NOT_ADMITTED)).isTrue();
  }

  @Test
  void connections_over_the_limit_are_refused_and_the_others_stay() {
    QuicEndpoint alice = open("alice", "127.0.0.1", QuicOptions.DEFAULTS);
    QuicEndpoint bob = open("bob", "127.0.0.1", QuicOptions.DEFAULTS.withMaxConnections(2));
    Address to = bob.addresses().getFirst();
    RecordingHandler first = dial(alice, to);
    RecordingHandler second = dial(alice, to);
    RealTime.until(() -> accepted.size() == 2);
    var third = new RecordingHandler();
    alice.dial(to, null, ALPN, 1 << 24, third);
    RealTime.until(third::isClosed);
    assertThat(third.reason().is(CloseReason.CANCELLED)).isTrue();
    assertThat(first.isClosed()).isFalse();
    second.connection().close(CloseReason.SUCCESS);
    RealTime.until(() -> accepted.stream().anyMatch(RecordingHandler::isClosed));
    dial(alice, to);
  }

  @Test
  void a_port_in_use_is_named() {
    QuicEndpoint alice = open("alice", "127.0.0.1", QuicOptions.DEFAULTS);
    Address taken = alice.addresses().getFirst();
    for (int loops : new int[] {1, 2}) {
      org.assertj.core.api.Assertions.assertThatThrownBy(() ->
              QuicEndpoint.open(
                  SecretKey.of("bob"),
                  taken,
                  List.of(),
                  QuicOptions.DEFAULTS.withEventLoops(loops)))
          .isInstanceOf(AddressUnavailableException.class)
          .hasMessageContaining(taken.toString())
          .hasMessageContaining("another port");
    }
  }

  @Test
  void two_hundred_dials_leave_no_descriptor_no_memory_and_no_secret() {
    QuicEndpoint alice = open("alice", "127.0.0.1", QuicOptions.DEFAULTS);
    QuicEndpoint bob = open("bob", "127.0.0.1", QuicOptions.DEFAULTS);
    Address to = bob.addresses().getFirst();
    dialAndClose(alice, to, 50);
    long descriptors = openDescriptors();
    long directBytes = directBytes();
    dialAndClose(alice, to, 200);
    RealTime.until(() -> accepted.stream().allMatch(RecordingHandler::isClosed));
    assertThat(openDescriptors()).isLessThanOrEqualTo(descriptors + 20);
    assertThat(directBytes()).isLessThanOrEqualTo(directBytes + 32 * 1024 * 1024);
    assertThat(alice.waitingSecrets()).isZero();
    RealTime.until(() -> bob.waitingSecrets() == 0);
    assertThat(bob.waitingSecrets()).isZero();
  }

  private static void dialAndClose(QuicEndpoint from, Address to, int times) {
    for (int i = 0; i < times; i++) {
      RecordingHandler handler = dial(from, to);
      handler.connection().send(Frame.of(new byte[1_000]));
      handler.connection().close(CloseReason.SUCCESS);
      RealTime.until(handler::isClosed);
      assertThat(handler.isClosed()).isTrue();
    }
  }

  private static long openDescriptors() {
    var fds = new java.io.File("/proc/self/fd").list();
    return fds == null ? 0 : fds.length;
  }

  private static long directBytes() {
    long netty = io.netty.util.internal.PlatformDependent.usedDirectMemory();
    return Math.max(0, netty)
        + ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
            .filter(pool -> pool.getName().equals("direct"))
            .mapToLong(BufferPoolMXBean::getMemoryUsed)
            .sum();
  }

  /** Passes datagrams between one dialler and a node, until it is cut. */
  private static final class Relay implements AutoCloseable {

    private final DatagramSocket near = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    private final DatagramSocket far = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    private volatile @Nullable SocketAddress dialler;
    private volatile boolean cut;

    Relay(Address to) throws IOException {
      pass(near, far, new InetSocketAddress(to.host(), to.port()));
      pass(far, near, null);
    }

    private void pass(DatagramSocket in, DatagramSocket out, @Nullable SocketAddress to) {
      Thread.ofVirtual()
          .start(() -> {
            var packet = new DatagramPacket(new byte[2_000], 2_000);
            try {
              while (true) {
                in.receive(packet);
                if (in.equals(near)) {
                  dialler = packet.getSocketAddress();
                }
                if (!cut) {
                  out.send(
                      new DatagramPacket(
                          packet.getData(), packet.getLength(), to == null ? dialler : to));
                }
                packet.setLength(2_000);
              }
            } catch (IOException e) {
              // Closed.
            }
          });
    }

    Address address() {
      return new Address("127.0.0.1", near.getLocalPort());
    }

    void cut() {
      cut = true;
    }

    @Override
    public void close() {
      near.close();
      far.close();
    }
  }
}
