package io.mosaik.transport.quic;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicConnectionCloseEvent;
import io.netty.util.AttributeKey;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Passes the events of QUIC channels on to their connections. */
@Sharable
final class ChannelEvents extends ChannelInboundHandlerAdapter {

  private static final Logger LOG = LoggerFactory.getLogger(ChannelEvents.class);

  private static final AttributeKey<QuicConnectionCloseEvent> CLOSED_EARLY =
      AttributeKey.valueOf("mosaik.closed-early");

  private final Consumer<QuicChannel> onActive;

  /**
   * For many channels.
   *
   * @param onActive told of each channel whose handshake is complete
   */
  ChannelEvents(Consumer<QuicChannel> onActive) {
    this.onActive = onActive;
  }

  /** How the other side closed a channel before it became a connection, or null. */
  static @Nullable QuicConnectionCloseEvent closedEarly(QuicChannel channel) {
    return channel.attr(CLOSED_EARLY).get();
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    onActive.accept((QuicChannel) context.channel());
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (message instanceof ByteBuf datagram) {
      datagram.release();
    } else {
      context.fireChannelRead(message);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof QuicConnectionCloseEvent close) {
      QuicConnection connection = connectionOf(context);
      if (connection != null) {
        connection.remoteClosed(close);
      } else {
        // The library would keep the channel for a while, and the dial with it.
        context.channel().attr(CLOSED_EARLY).set(close);
        CloseCodes.drop(context.channel());
      }
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    QuicConnection connection = connectionOf(context);
    if (connection != null) {
      connection.channelGone();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    LOG.debug("{}: {}", context.channel(), cause.toString());
    if (cause instanceof SSLException) {
      // A failed handshake: without this the other side would hear of it a timeout later.
      CloseCodes.drop(context.channel());
    }
  }

  private static @Nullable QuicConnection connectionOf(ChannelHandlerContext context) {
    return context.channel().attr(QuicConnection.OF_CHANNEL).get();
  }
}
