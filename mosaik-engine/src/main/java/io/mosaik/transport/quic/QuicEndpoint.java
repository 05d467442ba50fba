package io.mosaik.transport.quic;

import io.mosaik.id.PeerId;
import io.mosaik.id.SecretKey;
import io.mosaik.transport.Address;
import io.mosaik.transport.CloseReason;
import io.mosaik.transport.ConnectionHandler;
import io.mosaik.transport.Endpoint;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicChannelOption;
import io.netty.handler.codec.quic.QuicClientCodecBuilder;
import io.netty.handler.codec.quic.QuicCodecBuilder;
import io.netty.handler.codec.quic.QuicServerCodecBuilder;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An endpoint over QUIC: one UDP port for those who dial, whatever their protocol.
 *
 * <p>Handlers are called on the event loops. {@link #open} blocks for a moment, nothing else does.
 */
public final class QuicEndpoint implements Endpoint {

  private static final Logger LOG = LoggerFactory.getLogger(QuicEndpoint.class);

  private static final int MAX_UDP_PAYLOAD_BYTES = 1350;
  private static final int DATAGRAM_QUEUE_LENGTH = 8;

  /** Marks an accepted channel until its handshake is complete or given up. */
  private static final AttributeKey<Boolean> UNFINISHED =
      AttributeKey.valueOf("mosaik.handshake-unfinished");

  private final PeerId peerId;
  private final QuicOptions options;
  private final QuicTls tls;
  private final QuicSockets sockets;
  private final List<Address> addresses;
  private final Resolver resolver = new Resolver();
  private final Map<String, Listening> listening = new ConcurrentHashMap<>();
  private final Set<QuicConnection> connections = ConcurrentHashMap.newKeySet();
  private final Set<QuicDial> dials = ConcurrentHashMap.newKeySet();
  private final AtomicInteger handshakes = new AtomicInteger();
  private final AtomicReference<@Nullable CloseReason> closing = new AtomicReference<>();
  private final CompletableFuture<Void> closed = new CompletableFuture<>();
  private final DialOwner dialOwner = new DialOwner();

  private record Listening(int maxFrameBytes, Acceptor acceptor) {}

  private QuicEndpoint(SecretKey key, Address bind, List<Address> advertise, QuicOptions options) {
    this.peerId = key.peerId();
    this.options = options;
    this.tls = new QuicTls(key);
    var random = new SecureRandom();
    var tokenKey = new byte[32];
    random.nextBytes(tokenKey);
    var resetKey = new byte[32];
    random.nextBytes(resetKey);
    this.sockets =
        QuicSockets.open(
            bind,
            options.eventLoops(),
            segmentation -> acceptCodec(tokenKey, resetKey, segmentation),
            this::dialCodec);
    this.addresses = LocalAddresses.of(sockets.boundTo(), advertise);
  }

  /**
   * Opens an endpoint.
   *
   * @param key the identity that every connection proves
   * @param bind the local address; port 0 takes any free one, {@code 0.0.0.0} or {@code ::} every
   *     interface
   * @param advertise further addresses under which it can be reached; port 0 stands for the bound
   *     one
   * @throws io.mosaik.transport.AddressUnavailableException if the address can't be bound; the
   *     message says what to do
   * @throws io.mosaik.transport.TransportUnavailableException if QUIC's native library isn't there
   *     for this platform; the message says what to do
   */
  public static QuicEndpoint open(
      SecretKey key, Address bind, List<Address> advertise, QuicOptions options) {
    NativeQuic.ensureAvailable();
    return new QuicEndpoint(key, bind, advertise, options);
  }

  private ChannelHandler acceptCodec(byte[] tokenKey, byte[] resetKey, Segmentation segmentation) {
    var streams =
        new ChannelInitializer<QuicStreamChannel>() {
          @Override
          protected void initChannel(QuicStreamChannel stream) {
            QuicConnection connection = stream.parent().attr(QuicConnection.OF_CHANNEL).get();
            if (connection == null) {
              CloseCodes.drop(stream.parent());
            } else {
              connection.streamOpened(stream);
            }
          }

          @Override
          public boolean isSharable() {
            return true;
          }
        };
    return limits(new QuicServerCodecBuilder())
        .sslEngineProvider(channel -> {
          countHandshake(channel);
          return tls.newAcceptEngine(channel);
        })
        .tokenHandler(
            new AddressTokens(
                tokenKey,
                () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()),
                () -> handshakes.get() >= options.retryAbove()))
        .resetTokenGenerator(new ResetTokens(resetKey))
        .initialMaxStreamsBidirectional(1)
        .option(QuicChannelOption.SEGMENTED_DATAGRAM_PACKET_ALLOCATOR, segmentation)
        .handler(new ChannelEvents(this::accepted))
        .streamHandler(streams)
        .build();
  }

  private ChannelHandler dialCodec() {
    return limits(new QuicClientCodecBuilder()).sslEngineProvider(tls::newDialEngine).build();
  }

  private <B extends QuicCodecBuilder<B>> B limits(B builder) {
    return builder
        .sslTaskExecutor(ImmediateEventExecutor.INSTANCE)
        .activeMigration(false)
        .maxIdleTimeout(options.idleTimeout().toMillis(), TimeUnit.MILLISECONDS)
        .maxSendUdpPayloadSize(MAX_UDP_PAYLOAD_BYTES)
        .maxRecvUdpPayloadSize(MAX_UDP_PAYLOAD_BYTES)
        .initialMaxData(options.windowBytes())
        .initialMaxStreamDataBidirectionalLocal(options.windowBytes())
        .initialMaxStreamDataBidirectionalRemote(options.windowBytes())
        .initialMaxStreamsBidirectional(0)
        .initialMaxStreamsUnidirectional(0)
        .datagram(DATAGRAM_QUEUE_LENGTH, DATAGRAM_QUEUE_LENGTH);
  }

  private void countHandshake(QuicChannel channel) {
    handshakes.incrementAndGet();
    channel.attr(UNFINISHED).set(true);
    channel.closeFuture().addListener(over -> endHandshake(channel));
  }

  private void endHandshake(QuicChannel channel) {
    if (channel.attr(UNFINISHED).getAndSet(null) != null) {
      handshakes.decrementAndGet();
    }
  }

  // ---- accepting; on the event loops ----

  private void accepted(QuicChannel channel) {
    endHandshake(channel);
    PeerId peer = QuicTls.provenPeer(channel);
    byte[] secret = tls.takeExporterSecret(channel);
    String alpn = QuicTls.agreedAlpn(channel);
    Listening listener = alpn == null ? null : listening.get(alpn);
    CloseReason over = closing.get();
    if (over != null) {
      refuse(channel, over);
    } else if (isFull()) {
      refuse(channel, CloseReason.CANCELLED.because("too many connections"));
    } else if (listener == null) {
      refuse(channel, CloseReason.INVALID_ALPN);
    } else if (peer == null
        || secret == null
        || !(channel.remoteSocketAddress() instanceof InetSocketAddress remote)) {
      refuse(channel, CloseReason.NOT_ADMITTED.because("no key was proven"));
    } else {
      var identity =
          new QuicConnection.Identity(peer, LocalAddresses.toAddress(remote), false, secret);
      var connection =
          new QuicConnection(
              channel,
              identity,
              listener.maxFrameBytes,
              listener.acceptor.accept(),
              options,
              connections::remove);
      channel.attr(QuicConnection.OF_CHANNEL).set(connection);
      begin(connection);
    }
  }

  private boolean isFull() {
    return connections.size() >= options.maxConnections();
  }

  private static void refuse(QuicChannel channel, CloseReason reason) {
    LOG.debug("{} is refused: {}", channel.remoteSocketAddress(), reason);
    CloseCodes.close(channel, reason);
  }

  private void begin(QuicConnection connection) {
    connections.add(connection);
    connection.open();
    CloseReason over = closing.get();
    if (over != null) {
      connection.close(over);
    }
  }

  // ---- Endpoint; from any thread ----

  @Override
  public PeerId peerId() {
    return peerId;
  }

  @Override
  public List<Address> addresses() {
    return addresses;
  }

  @Override
  public void listen(String alpn, int maxFrameBytes, Acceptor acceptor) {
    if (listening.putIfAbsent(alpn, new Listening(maxFrameBytes, acceptor)) != null) {
      throw new IllegalStateException("the protocol " + alpn + " is listened to already");
    }
    tls.offer(listening.keySet());
  }

  @Override
  public void dial(
      Address address,
      @Nullable PeerId expected,
      String alpn,
      int maxFrameBytes,
      ConnectionHandler handler) {
    QuicSockets.Lane lane = sockets.nextLane();
    var request = new QuicDial.Request(expected, alpn, maxFrameBytes, handler);
    var dial = new QuicDial(request, dialOwner, lane, tls, options);
    dials.add(dial);
    try {
      resolver.resolve(address.host(), lane.loop(), found -> start(dial, found, address.port()));
    } catch (RejectedExecutionException e) {
      dial.cancel(CloseReason.CONNECTION_LOST.because("this endpoint is closed"));
    }
  }

  private void start(QuicDial dial, List<InetAddress> found, int port) {
    CloseReason over = closing.get();
    if (over != null) {
      dial.cancel(over);
    } else if (isFull()) {
      dial.cancel(CloseReason.CANCELLED.because("this node has too many connections"));
    } else {
      dial.start(found, port);
    }
  }

  @Override
  public CompletableFuture<Void> close(CloseReason reason) {
    if (closing.compareAndSet(null, reason)) {
      resolver.close();
      dials.forEach(dial -> dial.cancel(reason));
      CompletableFuture<?>[] ends =
          connections.stream()
              .map(connection -> {
                connection.close(reason);
                return connection.whenEnded();
              })
              .toArray(CompletableFuture<?>[]::new);
      var unused =
          CompletableFuture.allOf(ends)
              .thenCompose(allEnded -> sockets.close())
              .whenComplete((done, error) -> closed.complete(null));
    }
    return closed.copy();
  }

  /** The protocols that are listened to. */
  Set<String> protocols() {
    return Set.copyOf(listening.keySet());
  }

  /** How many exporter secrets wait for a connection to take them. */
  int waitingSecrets() {
    return tls.waitingSecrets();
  }

  /** Keeps book of dials and of the connections they make. */
  private final class DialOwner implements QuicDial.Owner {

    @Override
    public void connected(QuicDial dial, QuicConnection connection) {
      dials.remove(dial);
      begin(connection);
    }

    @Override
    public void failed(QuicDial dial) {
      dials.remove(dial);
    }

    @Override
    public void ended(QuicConnection connection) {
      connections.remove(connection);
    }
  }
}
