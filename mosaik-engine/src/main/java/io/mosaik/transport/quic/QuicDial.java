package io.mosaik.transport.quic;

import io.mosaik.id.PeerId;
import io.mosaik.transport.CloseReason;
import io.mosaik.transport.ConnectionHandler;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicChannelOption;
import io.netty.handler.codec.quic.QuicConnectionCloseEvent;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamType;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One dial: the addresses of a host are tried in turn, each with a head start, and the first that
 * completes a handshake decides. Runs on the event loop of its lane.
 */
final class QuicDial {

  private static final Logger LOG = LoggerFactory.getLogger(QuicDial.class);

  private static final long HEAD_START_MS = 250;

  private static final ChannelHandler NO_STREAMS =
      new ChannelInitializer<QuicStreamChannel>() {
        @Override
        protected void initChannel(QuicStreamChannel stream) {
          CloseCodes.drop(stream.parent());
        }

        @Override
        public boolean isSharable() {
          return true;
        }
      };

  private final Request request;
  private final Owner owner;
  private final QuicSockets.Lane lane;
  private final QuicTls tls;
  private final QuicOptions options;
  private final ChannelHandler events = new ChannelEvents(active -> {});
  private final Queue<InetSocketAddress> untried = new ArrayDeque<>();
  private int underWay;
  private boolean decided;
  private CloseReason failure = CloseReason.CONNECTION_LOST;

  /** What was asked for, and who is told. */
  record Request(
      @Nullable PeerId expected, String alpn, int maxFrameBytes, ConnectionHandler handler) {}

  /** Whom a dial belongs to; told on the dial's event loop. */
  interface Owner {

    /** The dial succeeded, its connection begins. */
    void connected(QuicDial dial, QuicConnection connection);

    /** The dial failed, its handler is being told. */
    void failed(QuicDial dial);

    /** A connection made by a dial is over. */
    void ended(QuicConnection connection);
  }

  QuicDial(Request request, Owner owner, QuicSockets.Lane lane, QuicTls tls, QuicOptions options) {
    this.request = request;
    this.owner = owner;
    this.lane = lane;
    this.tls = tls;
    this.options = options;
  }

  void start(List<InetAddress> addresses, int port) {
    addresses.forEach(address -> untried.add(new InetSocketAddress(address, port)));
    if (untried.isEmpty()) {
      fail(CloseReason.CONNECTION_LOST.because("the host is unknown"));
    } else if (port == 0) {
      fail(CloseReason.CONNECTION_LOST.because("port 0 can't be dialled"));
    } else {
      tryNext();
    }
  }

  /** Ends the dial, whatever is under way; from any thread. */
  void cancel(CloseReason reason) {
    try {
      lane.loop().execute(() -> fail(reason));
    } catch (RejectedExecutionException e) {
      fail(reason);
    }
  }

  private void fail(CloseReason reason) {
    if (!decided) {
      decided = true;
      tellFailure(reason);
    }
  }

  private void tellFailure(CloseReason reason) {
    owner.failed(this);
    request.handler.closed(reason);
  }

  private void tryNext() {
    InetSocketAddress address = untried.poll();
    if (decided || address == null) {
      return;
    }
    underWay++;
    if (!untried.isEmpty()) {
      var unused = lane.loop().schedule(this::tryNext, HEAD_START_MS, TimeUnit.MILLISECONDS);
    }
    QuicChannel.newBootstrap(lane.dialling())
        .handler(events)
        .streamHandler(NO_STREAMS)
        .attr(QuicTls.ALPN, request.alpn)
        .option(QuicChannelOption.SEGMENTED_DATAGRAM_PACKET_ALLOCATOR, lane.segmentation())
        .option(
            ChannelOption.CONNECT_TIMEOUT_MILLIS,
            (int) Math.min(options.handshakeTimeout().toMillis(), Integer.MAX_VALUE))
        .remoteAddress(address)
        .connect()
        .addListener((Future<QuicChannel> result) -> tried(result, address));
  }

  private void tried(Future<QuicChannel> result, InetSocketAddress address) {
    underWay--;
    if (result.isSuccess()) {
      connected(result.getNow(), address);
      return;
    }
    LOG.debug("{} at {}: {}", request.alpn, address, result.cause().toString());
    failure = CloseCodes.ofFailedDial(result.cause());
    if (!untried.isEmpty()) {
      tryNext();
    } else if (underWay == 0) {
      fail(failure);
    }
  }

  private void connected(QuicChannel channel, InetSocketAddress address) {
    PeerId peer = QuicTls.provenPeer(channel);
    byte[] secret = tls.takeExporterSecret(channel);
    if (decided) {
      refuse(channel, CloseReason.CANCELLED);
    } else if (!request.alpn.equals(QuicTls.agreedAlpn(channel))) {
      refuse(channel, CloseReason.INVALID_ALPN);
    } else if (peer == null || secret == null) {
      refuse(channel, CloseReason.NOT_ADMITTED.because("no key was proven"));
    } else if (request.expected != null && !request.expected.equals(peer)) {
      refuse(channel, CloseReason.NOT_ADMITTED.because("another key than the one dialled"));
    } else {
      decided = true;
      var identity =
          new QuicConnection.Identity(peer, LocalAddresses.toAddress(address), true, secret);
      openStream(channel, identity);
    }
  }

  private void refuse(QuicChannel channel, CloseReason reason) {
    CloseCodes.close(channel, reason);
    fail(reason);
  }

  private void openStream(QuicChannel channel, QuicConnection.Identity identity) {
    var connection =
        new QuicConnection(
            channel, identity, request.maxFrameBytes, request.handler, options, owner::ended);
    channel
        .createStream(
            QuicStreamType.BIDIRECTIONAL,
            new ChannelInitializer<QuicStreamChannel>() {
              @Override
              protected void initChannel(QuicStreamChannel stream) {
                connection.streamOpened(stream);
              }
            })
        .addListener(opened -> {
          if (opened.isSuccess() && channel.isActive()) {
            channel.attr(QuicConnection.OF_CHANNEL).set(connection);
            owner.connected(this, connection);
          } else {
            QuicConnectionCloseEvent event = ChannelEvents.closedEarly(channel);
            CloseCodes.drop(channel);
            tellFailure(event == null ? CloseReason.CONNECTION_LOST : CloseCodes.fromWire(event));
          }
        });
  }
}
