package io.mosaik.transport.quic;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.handler.codec.quic.BoringSSLContextOption;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicClientCodecBuilder;
import io.netty.handler.codec.quic.QuicConnectionCloseEvent;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamType;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A QUIC client that keeps to no rule of ours: any certificate or none, any bytes, any streams. */
final class RawDialler implements AutoCloseable {

  private final CompletableFuture<QuicConnectionCloseEvent> closed = new CompletableFuture<>();
  private final EventLoopGroup group;
  private final Channel socket;
  private final @Nullable QuicChannel channel;

  /**
   * Dials and waits for the handshake, which may fail.
   *
   * @param certificate to show, or null for none
   */
  RawDialler(InetSocketAddress to, String alpn, @Nullable NodeCertificate certificate)
      throws InterruptedException {
    var ssl =
        QuicSslContextBuilder.forClient()
            .endpointIdentificationAlgorithm(null)
            .trustManager(new PeerTrustManager())
            .applicationProtocols(alpn);
    if (certificate != null) {
      ssl.keyManager(new NodeKeyManager(certificate), null);
      if (certificate.privateKey().getAlgorithm().startsWith("Ed")) {
        ssl.option(BoringSSLContextOption.SIGNATURE_ALGORITHMS, new String[] {"ed25519"});
      }
    }
    group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    socket =
        new Bootstrap()
            .group(group)
            .channel(NioDatagramChannel.class)
            .handler(
                new QuicClientCodecBuilder()
                    .sslContext(ssl.build())
                    .sslTaskExecutor(ImmediateEventExecutor.INSTANCE)
                    .maxIdleTimeout(20, TimeUnit.SECONDS)
                    .initialMaxData(1_000_000)
                    .initialMaxStreamDataBidirectionalLocal(1_000_000)
                    .build())
            .bind(0)
            .sync()
            .channel();
    var connect =
        QuicChannel.newBootstrap(socket)
            .handler(new CloseWatch())
            .streamHandler(new ChannelInboundHandlerAdapter())
            .remoteAddress(to)
            .connect()
            .await();
    channel = connect.isSuccess() ? connect.getNow() : null;
  }

  boolean isConnected() {
    return channel != null;
  }

  private QuicChannel channel() {
    if (channel == null) {
      throw new AssertionError("the handshake failed");
    }
    return channel;
  }

  QuicStreamChannel openStream(QuicStreamType type) throws Exception {
    return channel().createStream(type, new Discarder()).get(10, TimeUnit.SECONDS);
  }

  RawDialler send(QuicStreamChannel stream, byte[] bytes) {
    var unused = stream.writeAndFlush(Unpooled.copiedBuffer(bytes));
    return this;
  }

  /** How the other side closed the connection, waiting up to 10 s for it. */
  QuicConnectionCloseEvent awaitClose()
      throws ExecutionException, InterruptedException, TimeoutException {
    return closed.get(10, TimeUnit.SECONDS);
  }

  /** Whether the other side closes the connection before so much time has passed. */
  boolean isClosedWithin(Duration time) throws ExecutionException, InterruptedException {
    try {
      closed.get(time.toNanos(), TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    }
  }

  @Override
  public void close() {
    if (channel != null) {
      channel.close().awaitUninterruptibly();
    }
    socket.close().awaitUninterruptibly();
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  private final class CloseWatch extends ChannelInboundHandlerAdapter {

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (event instanceof QuicConnectionCloseEvent close) {
        closed.complete(close);
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      var unused = context.close();
    }
  }

  private static final class Discarder extends ChannelInboundHandlerAdapter {

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      if (message instanceof ByteBuf) {
        ReferenceCountUtil.release(message);
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      // What becomes of the stream is of no interest, only of the connection.
    }
  }
}
