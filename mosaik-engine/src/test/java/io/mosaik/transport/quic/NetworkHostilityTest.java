package io.mosaik.transport.quic;

import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.Host;
import io.mosaik.Network;
import io.mosaik.id.NetworkId;
import io.mosaik.id.SecretKey;
import io.mosaik.runtime.Platform;
import io.mosaik.runtime.RealPlatform;
import io.mosaik.streams.Consumer;
import io.mosaik.streams.Producer;
import io.mosaik.transport.Address;
import io.mosaik.transport.CloseReason;
import io.mosaik.transport.Endpoint;
import io.mosaik.wire.BinaryWriter;
import io.netty.handler.codec.quic.QuicConnectionCloseEvent;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamType;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Garbage on every protocol that a whole node speaks, while a stream of it goes on. */
class NetworkHostilityTest {

  private static final NetworkId NETWORK = NetworkId.of("besieged");
  private static final NodeCertificate STRANGER = NodeCertificate.of(SecretKey.of("a stranger"));

  record Tick(int number) {}

  /** This machine, with a view of the endpoint. */
  private static final class OpenHost implements Host {

    private final RealPlatform platform = new RealPlatform();
    private @Nullable QuicEndpoint endpoint;

    @Override
    public Platform platform() {
      return platform;
    }

    @Override
    public Endpoint open(SecretKey key, Address bind, List<Address> advertise) {
      endpoint = QuicEndpoint.open(key, bind, advertise, QuicOptions.DEFAULTS);
      return endpoint;
    }

    @Override
    public void release() {
      platform.close();
    }

    QuicEndpoint endpoint() {
      if (endpoint == null) {
        throw new AssertionError("the node has not opened its endpoint");
      }
      return endpoint;
    }
  }

  @Test
  void garbage_on_any_protocol_costs_its_sender_the_connection_and_nobody_else_anything()
      throws Exception {
    var host = new OpenHost();
    var loopback = new Address("127.0.0.1", 0);
    try (Network node = Network.builder(NETWORK).host(host).bind(loopback).start();
        Network friend =
            Network.builder(NETWORK).bind(loopback).bootstrap(node.address()).start()) {
      Producer<Tick> producer = node.streams().produce(Tick.class);
      Consumer<Tick> consumer = friend.streams().consume(Tick.class);
      producer.when().subscribed().minimumOf(1).await();

      var random = new Random(4714);
      int ticks = 0;
      var protocols = host.endpoint().protocols();
      assertThat(protocols)
          .contains(
              "/mosaik/announce",
              "/mosaik/catalog-sync",
              "/mosaik/ping",
              "/mosaik/streams/1.0",
              "/mosaik/groups/1");
      Address at = host.endpoint().addresses().getFirst();
      for (String alpn : protocols.stream().sorted().toList()) {
        for (byte[] payload : garbage(random)) {
          assertThat(closeCode(at, alpn, frame(payload)))
              .as("%s, before the greeting", alpn)
              .isIn(CloseReason.PROTOCOL_VIOLATION.code(), CloseReason.DIFFERENT_NETWORK.code());
          assertThat(closeCode(at, alpn, frame(hello()), frame(payload)))
              .as("%s, after the greeting", alpn)
              .isIn(CloseReason.PROTOCOL_VIOLATION.code(), CloseReason.UNKNOWN_PEER.code());
        }
        assertThat(closeCode(at, alpn, new byte[] {-1, -1, -1, -1}))
            .as("%s, a frame of 4 GiB", alpn)
            .isEqualTo(CloseReason.PROTOCOL_VIOLATION.code());
        producer.send(new Tick(++ticks));
        assertThat(consumer.receive()).isEqualTo(new Tick(ticks));
      }
    }
  }

  private static List<byte[]> garbage(Random random) {
    var noise = new byte[64];
    random.nextBytes(noise);
    noise[0] = (byte) 0xff;
    var hugeCounts = new byte[32];
    java.util.Arrays.fill(hugeCounts, (byte) 0xff);
    var greetingLike = new byte[200];
    random.nextBytes(greetingLike);
    greetingLike[0] = 1;
    return List.of(noise, hugeCounts, greetingLike, new byte[0]);
  }

  private static byte[] frame(byte[] payload) {
    return new BinaryWriter().i32(payload.length).raw(payload).toByteArray();
  }

  private static byte[] hello() {
    return new BinaryWriter()
        .u8(1)
        .raw(NETWORK.digest().toBytes())
        .varint(1)
        .varint(0)
        .toByteArray();
  }

  private static long closeCode(Address at, String alpn, byte[]... writes) throws Exception {
    try (var stranger =
        new RawDialler(new InetSocketAddress(at.host(), at.port()), alpn, STRANGER)) {
      QuicStreamChannel stream = stranger.openStream(QuicStreamType.BIDIRECTIONAL);
      for (byte[] bytes : writes) {
        stranger.send(stream, bytes);
      }
      QuicConnectionCloseEvent close = stranger.awaitClose();
      assertThat(close.isApplicationClose()).isTrue();
      return close.error();
    }
  }
}
