package io.mosaik.transport.quic;

import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.id.NetworkId;
import io.mosaik.id.SecretKey;
import io.mosaik.runtime.RealPlatform;
import io.mosaik.runtime.Strand;
import io.mosaik.transport.Address;
import io.mosaik.transport.CloseReason;
import io.mosaik.transport.Link;
import io.mosaik.transport.LinkHandler;
import io.mosaik.transport.LinkOptions;
import io.mosaik.transport.Links;
import io.mosaik.transport.PeerAddress;
import io.mosaik.transport.Protocol;
import io.mosaik.wire.BinaryReader;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.Codec;
import io.netty.handler.codec.quic.QuicConnectionCloseEvent;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamType;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What strangers may do to a node over real QUIC: each loses its own connection with the documented
 * code, and a friend's link goes on working.
 */
class HostilityTest {

  private static final NetworkId NETWORK = NetworkId.of("net");
  private static final Codec<String> TEXT =
      new Codec<>() {
        @Override
        public void encode(String value, BinaryWriter out) {
          out.string(value);
        }

        @Override
        public String decode(BinaryReader in) {
          return in.string(10_000);
        }
      };
  private static final List<Protocol<String>> PROTOCOLS =
      List.of(
          new Protocol<>("/test/one", 1, TEXT, 1_000), new Protocol<>("/test/two", 2, TEXT, 1_000));
  private static final NodeCertificate STRANGER = NodeCertificate.of(SecretKey.of("a stranger"));
  private static final LinkOptions PATIENCE =
      new LinkOptions(
          Duration.ofSeconds(10),
          Duration.ofSeconds(3),
          Duration.ofMillis(250),
          1024 * 1024,
          256 * 1024,
          64);

  private final RealPlatform platform = new RealPlatform(2);
  private final AtomicInteger accepted = new AtomicInteger();
  private QuicEndpoint node;
  private QuicEndpoint friend;
  private Link<String> friendship;
  private final AtomicInteger echoes = new AtomicInteger();
  private final CompletableFuture<CloseReason> friendLost = new CompletableFuture<>();

  private static QuicEndpoint open(String name) {
    return QuicEndpoint.open(
        SecretKey.of(name), new Address("127.0.0.1", 0), List.of(), QuicOptions.DEFAULTS);
  }

  private Links links(QuicEndpoint endpoint, NetworkId network) {
    return Links.over(endpoint, platform, network, null, PATIENCE);
  }

  @BeforeEach
  void a_node_with_a_friend() {
    node = open("node");
    Strand strand = platform.newStrand("node");
    Links nodeLinks = links(node, NETWORK);
    for (Protocol<String> protocol : PROTOCOLS) {
      nodeLinks.listen(
          protocol,
          strand,
          link -> {
            accepted.incrementAndGet();
            return new Echo();
          });
    }
    friend = open("friend");
    friendship =
        links(friend, NETWORK)
            .dial(
                PeerAddress.of(node.peerId(), node.addresses().getFirst()),
                PROTOCOLS.getFirst(),
                platform.newStrand("friend"),
                new LinkHandler<>() {
                  @Override
                  public void received(Link<String> link, String message, int wireBytes) {
                    echoes.incrementAndGet();
                  }

                  @Override
                  public void closed(Link<String> link, CloseReason reason) {
                    friendLost.complete(reason);
                  }
                });
    assertFriendshipWorks();
    accepted.set(0);
  }

  @AfterEach
  void the_friend_has_noticed_nothing() throws Exception {
    assertFriendshipWorks();
    friend.close(CloseReason.SUCCESS).get(20, TimeUnit.SECONDS);
    node.close(CloseReason.SUCCESS).get(20, TimeUnit.SECONDS);
    platform.close();
  }

  private void assertFriendshipWorks() {
    int before = echoes.get();
    friendship.send("are you there?");
    RealTime.until(() -> echoes.get() > before || friendLost.isDone());
    assertThat(friendLost).isNotDone();
    assertThat(echoes.get()).isGreaterThan(before);
  }

  private InetSocketAddress port() {
    Address address = node.addresses().getFirst();
    return new InetSocketAddress(address.host(), address.port());
  }

  private static final class Echo implements LinkHandler<String> {

    @Override
    public void received(Link<String> link, String message, int wireBytes) {
      link.send(message);
    }

    @Override
    public void closed(Link<String> link, CloseReason reason) {}
  }

  private static byte[] frame(byte[] payload) {
    return new BinaryWriter().i32(payload.length).raw(payload).toByteArray();
  }

  private static byte[] hello(Protocol<?> protocol) {
    return frame(
        new BinaryWriter()
            .u8(1)
            .raw(NETWORK.digest().toBytes())
            .varint(protocol.revision())
            .varint(0)
            .toByteArray());
  }

  private void assertClosedWith(CloseReason reason, Protocol<?> protocol, byte[]... writes)
      throws Exception {
    try (var stranger = new RawDialler(port(), protocol.alpn(), STRANGER)) {
      QuicStreamChannel stream = stranger.openStream(QuicStreamType.BIDIRECTIONAL);
      for (byte[] bytes : writes) {
        stranger.send(stream, bytes);
      }
      assertApplicationClose(stranger, reason);
    }
  }

  private static void assertApplicationClose(RawDialler stranger, CloseReason reason)
      throws Exception {
    QuicConnectionCloseEvent close = stranger.awaitClose();
    assertThat(close.isApplicationClose()).isTrue();
    assertThat((long) close.error()).isEqualTo(reason.code());
  }

  @Test
  void garbage_before_the_greeting_is_a_violation_on_every_protocol() throws Exception {
    var random = new Random(4711);
    for (Protocol<String> protocol : PROTOCOLS) {
      var shortFrame = new byte[20];
      random.nextBytes(shortFrame);
      var longFrame = new byte[900];
      random.nextBytes(longFrame);
      longFrame[0] = 1;
      var noFrame = new byte[5_000];
      random.nextBytes(noFrame);
      noFrame[0] = (byte) 0xff;
      assertClosedWith(CloseReason.PROTOCOL_VIOLATION, protocol, frame(shortFrame));
      assertClosedWith(CloseReason.DIFFERENT_NETWORK, protocol, frame(longFrame));
      assertClosedWith(CloseReason.PROTOCOL_VIOLATION, protocol, noFrame);
      assertClosedWith(CloseReason.PROTOCOL_VIOLATION, protocol, frame(new byte[0]));
    }
    assertThat(accepted).hasValue(0);
  }

  @Test
  void garbage_after_the_greeting_is_a_violation_on_every_protocol() throws Exception {
    var random = new Random(4712);
    for (Protocol<String> protocol : PROTOCOLS) {
      for (int i = 0; i < 5; i++) {
        var garbage = new byte[1 + random.nextInt(500)];
        random.nextBytes(garbage);
        garbage[0] = (byte) (garbage[0] | 0x80);
        assertClosedWith(CloseReason.PROTOCOL_VIOLATION, protocol, hello(protocol), frame(garbage));
      }
    }
  }

  @Test
  void a_frame_over_the_limit_is_a_violation_before_its_bytes_come() throws Exception {
    for (Protocol<String> protocol : PROTOCOLS) {
      assertClosedWith(
          CloseReason.PROTOCOL_VIOLATION,
          protocol,
          hello(protocol),
          new BinaryWriter().i32(1_001).toByteArray());
    }
  }

  @Test
  void another_revision_of_a_protocol_is_a_violation() throws Exception {
    assertClosedWith(
        CloseReason.PROTOCOL_VIOLATION, PROTOCOLS.getFirst(), hello(PROTOCOLS.getLast()));
  }

  @Test
  void who_does_not_greet_is_timed_out() throws Exception {
    assertClosedWith(CloseReason.TIMED_OUT, PROTOCOLS.getFirst());
  }

  @Test
  void another_network_is_told_so() throws Exception {
    var other = open("other");
    var told = new CompletableFuture<CloseReason>();
    links(other, NetworkId.of("another"))
        .dial(
            PeerAddress.of(node.addresses().getFirst()),
            PROTOCOLS.getFirst(),
            platform.newStrand("other"),
            new LinkHandler<>() {
              @Override
              public void received(Link<String> link, String message, int wireBytes) {}

              @Override
              public void closed(Link<String> link, CloseReason reason) {
                told.complete(reason);
              }
            });
    assertThat(told.get(10, TimeUnit.SECONDS).is(CloseReason.DIFFERENT_NETWORK)).isTrue();
    other.close(CloseReason.SUCCESS).get(20, TimeUnit.SECONDS);
  }

  @Test
  void no_certificate_and_other_kinds_of_certificate_end_the_handshake() throws Exception {
    for (var certificate : new NodeCertificate[] {null, ForeignCertificates.rsa()}) {
      try (var stranger = new RawDialler(port(), "/test/one", certificate)) {
        // TLS 1.3 lets a client finish first: it hears of the refusal afterwards.
        if (stranger.isConnected()) {
          assertThat(stranger.awaitClose().isTlsError()).isTrue();
        }
      }
    }
    assertThat(accepted).hasValue(0);
  }

  @Test
  void a_second_stream_and_a_one_way_stream_get_nowhere() throws Exception {
    Protocol<String> protocol = PROTOCOLS.getFirst();
    for (QuicStreamType type : QuicStreamType.values()) {
      try (var stranger = new RawDialler(port(), protocol.alpn(), STRANGER)) {
        QuicStreamChannel first = stranger.openStream(QuicStreamType.BIDIRECTIONAL);
        stranger.send(first, hello(protocol));
        try {
          stranger.send(stranger.openStream(type), hello(protocol));
          RealTime.sleep(Duration.ofMillis(200));
        } catch (Exception refused) {
          assertThat(refused).hasMessageContaining("STREAM_LIMIT");
        }
      }
    }
    RealTime.until(() -> accepted.get() == 2);
    assertThat(accepted).hasValue(2);
  }

  @Test
  void stray_datagrams_do_nothing() throws Exception {
    var random = new Random(4713);
    try (var socket = new DatagramSocket()) {
      for (int i = 0; i < 2_000; i++) {
        var bytes = new byte[random.nextInt(1_400)];
        random.nextBytes(bytes);
        if (bytes.length > 5 && i % 2 == 0) {
          // The long header of an Initial packet of version 1, and nonsense after it.
          bytes[0] = (byte) 0xc3;
          bytes[1] = 0;
          bytes[2] = 0;
          bytes[3] = 0;
          bytes[4] = 1;
        }
        socket.send(new DatagramPacket(bytes, bytes.length, port()));
      }
    }
    assertThat(accepted).hasValue(0);
  }

  @Test
  void a_dialler_that_vanishes_in_the_middle_of_a_frame_harms_nobody() throws Exception {
    Protocol<String> protocol = PROTOCOLS.getFirst();
    try (var stranger = new RawDialler(port(), protocol.alpn(), STRANGER)) {
      QuicStreamChannel stream = stranger.openStream(QuicStreamType.BIDIRECTIONAL);
      stranger.send(stream, hello(protocol)).send(stream, new byte[] {0, 0, 1, 0, 7});
      RealTime.until(() -> accepted.get() == 1);
    }
    assertThat(accepted).hasValue(1);
  }
}
