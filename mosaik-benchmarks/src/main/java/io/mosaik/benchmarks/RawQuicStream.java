package io.mosaik.benchmarks;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.handler.codec.quic.EpollQuicUtils;
import io.netty.handler.codec.quic.InsecureQuicTokenHandler;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicChannelOption;
import io.netty.handler.codec.quic.QuicClientCodecBuilder;
import io.netty.handler.codec.quic.QuicCodecBuilder;
import io.netty.handler.codec.quic.QuicServerCodecBuilder;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamType;
import io.netty.handler.codec.quic.SegmentedDatagramPacketAllocator;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * Netty's QUIC streams without anything on top: the same bytes in the same pattern, with the limits
 * of Mosaik's transport, in writes as large as what is due allows. A datum is its bytes, nothing
 * else; no objects are made of it.
 */
final class RawQuicStream {

  private static final String ALPN = "raw";
  private static final int WINDOW_BYTES = 2 * 1024 * 1024;
  private static final int UDP_PAYLOAD_BYTES = 1350;
  private static final int MAX_COALESCED_BYTES = 64 * 1024;
  private static final int SEGMENTS = 16;
  private static final int DATAGRAMS_A_TURN = 64;
  private static final int SOCKET_BUFFER_BYTES = 4 * 1024 * 1024;
  private static final int WRITE_BYTES = 64 * 1024;
  private static final int BYTES_UNDER_WAY = 4 * WRITE_BYTES;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private RawQuicStream() {}

  private static <B extends QuicCodecBuilder<B>> B limits(B builder) {
    return builder
        .sslTaskExecutor(ImmediateEventExecutor.INSTANCE)
        .maxIdleTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
        .maxSendUdpPayloadSize(UDP_PAYLOAD_BYTES)
        .maxRecvUdpPayloadSize(UDP_PAYLOAD_BYTES)
        .initialMaxData(WINDOW_BYTES)
        .initialMaxStreamDataBidirectionalLocal(WINDOW_BYTES)
        .initialMaxStreamDataBidirectionalRemote(WINDOW_BYTES);
  }

  /** One event loop with one socket. */
  private static final class Socket implements AutoCloseable {

    private final MultiThreadIoEventLoopGroup loop;
    private final Channel channel;

    Socket(ChannelHandler codec) throws InterruptedException {
      boolean epoll = Epoll.isAvailable();
      loop =
          new MultiThreadIoEventLoopGroup(
              1, epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
      channel =
          new Bootstrap()
              .group(loop)
              .channel(epoll ? EpollDatagramChannel.class : NioDatagramChannel.class)
              .option(ChannelOption.SO_RCVBUF, SOCKET_BUFFER_BYTES)
              .option(ChannelOption.SO_SNDBUF, SOCKET_BUFFER_BYTES)
              .option(
                  ChannelOption.RECVBUF_ALLOCATOR,
                  new FixedRecvByteBufAllocator(MAX_COALESCED_BYTES)
                      .maxMessagesPerRead(DATAGRAMS_A_TURN))
              .handler(codec)
              .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
              .sync()
              .channel();
      if (epoll) {
        channel.config().setOption(EpollChannelOption.UDP_GRO, true);
      }
    }

    @Override
    public void close() {
      channel.close().syncUninterruptibly();
      loop.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
    }
  }

  /** The sending end: a socket for each producer. */
  static final class Source implements StreamSource {

    private final List<RawProducer> producers = new ArrayList<>();

    Source(int datumBytes, int producerCount) throws Exception {
      for (int i = 0; i < producerCount; i++) {
        producers.add(new RawProducer(datumBytes));
      }
    }

    @Override
    public List<String> addresses() {
      return producers.stream().map(RawProducer::port).toList();
    }

    @Override
    public void awaitReceivers(int each) throws InterruptedException {
      for (RawProducer producer : producers) {
        producer.awaitReceivers(each);
      }
    }

    @Override
    public void send(int producer, long[] dueNs, int count) {
      producers.get(producer).send(dueNs, count);
    }

    @Override
    public void close() {
      producers.forEach(RawProducer::close);
    }
  }

  /** Receivers dial it and open a stream each, as consumers do. */
  private static final class RawProducer {

    private final Socket socket;
    private final List<Channel> streams = new CopyOnWriteArrayList<>();
    private final Semaphore room = new Semaphore(BYTES_UNDER_WAY);
    private final byte[] body;

    RawProducer(int datumBytes) throws Exception {
      body = new byte[datumBytes - Long.BYTES];
      socket =
          new Socket(
              limits(new QuicServerCodecBuilder())
                  .sslContext(newServerContext())
                  .tokenHandler(InsecureQuicTokenHandler.INSTANCE)
                  .initialMaxStreamsBidirectional(1)
                  .option(
                      QuicChannelOption.SEGMENTED_DATAGRAM_PACKET_ALLOCATOR,
                      Epoll.isAvailable()
                          ? EpollQuicUtils.newSegmentedAllocator(SEGMENTS)
                          : SegmentedDatagramPacketAllocator.NONE)
                  .handler(
                      new ChannelInboundHandlerAdapter() {
                        @Override
                        public boolean isSharable() {
                          return true;
                        }
                      })
                  .streamHandler(
                      new ChannelInitializer<QuicStreamChannel>() {
                        @Override
                        protected void initChannel(QuicStreamChannel stream) {
                          streams.add(stream);
                        }
                      })
                  .build());
    }

    private static QuicSslContext newServerContext() throws Exception {
      var keys = KeyPairGenerator.getInstance("EC").generateKeyPair();
      var name = new X500Principal("CN=raw");
      X509Certificate certificate =
          new JcaX509CertificateConverter()
              .getCertificate(
                  new JcaX509v3CertificateBuilder(
                          name,
                          BigInteger.ONE,
                          Date.from(Instant.now().minus(Duration.ofDays(1))),
                          Date.from(Instant.now().plus(Duration.ofDays(1))),
                          name,
                          keys.getPublic())
                      .build(
                          new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
      return QuicSslContextBuilder.forServer(keys.getPrivate(), null, certificate)
          .applicationProtocols(ALPN)
          .build();
    }

    String port() {
      return Integer.toString(((InetSocketAddress) socket.channel.localAddress()).getPort());
    }

    void awaitReceivers(int count) throws InterruptedException {
      long endNs = System.nanoTime() + PATIENCE.toNanos();
      while (streams.size() < count) {
        if (System.nanoTime() > endNs) {
          throw new IllegalStateException("only " + streams.size() + " receivers came");
        }
        Thread.sleep(1);
      }
    }

    void send(long[] dueNs, int count) {
      int datumBytes = Long.BYTES + body.length;
      int most = Math.max(1, WRITE_BYTES / datumBytes);
      for (int from = 0; from < count; from += most) {
        int end = Math.min(count, from + most);
        ByteBuf bytes = PooledByteBufAllocator.DEFAULT.directBuffer((end - from) * datumBytes);
        for (int i = from; i < end; i++) {
          bytes.writeLong(dueNs[i]).writeBytes(body);
        }
        write(bytes);
      }
    }

    private void write(ByteBuf bytes) {
      int size = bytes.readableBytes();
      room.acquireUninterruptibly(size);
      var left = new AtomicInteger(streams.size());
      for (Channel stream : streams) {
        stream
            .writeAndFlush(bytes.retainedDuplicate())
            .addListener(written -> {
              if (left.decrementAndGet() == 0) {
                room.release(size);
              }
            });
      }
      bytes.release();
    }

    void close() {
      socket.close();
    }
  }

  /** The receiving end: a socket for each receiver, a connection from it to each producer. */
  static final class Sink implements StreamSink {

    private final List<Socket> sockets = new ArrayList<>();
    private final List<Tally> tallies;

    Sink(int datumBytes, int receivers, List<String> ports) throws Exception {
      tallies = StreamSink.newTallies(receivers);
      var tls =
          QuicSslContextBuilder.forClient()
              .trustManager(InsecureTrustManagerFactory.INSTANCE)
              .applicationProtocols(ALPN)
              .build();
      for (Tally tally : tallies) {
        var socket = new Socket(limits(new QuicClientCodecBuilder()).sslContext(tls).build());
        sockets.add(socket);
        for (String port : ports) {
          QuicChannel connection =
              QuicChannel.newBootstrap(socket.channel)
                  .streamHandler(new ChannelInboundHandlerAdapter())
                  .remoteAddress(
                      new InetSocketAddress(
                          InetAddress.getLoopbackAddress(), Integer.parseInt(port)))
                  .connect()
                  .get();
          Channel stream =
              connection
                  .createStream(QuicStreamType.BIDIRECTIONAL, new Reader(datumBytes, tally))
                  .sync()
                  .getNow();
          stream.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {1})).sync();
        }
      }
    }

    @Override
    public List<Tally> tallies() {
      return tallies;
    }

    @Override
    public void close() {
      sockets.forEach(Socket::close);
    }
  }

  /** Finds the datums in the bytes of a stream. */
  private static final class Reader extends ChannelInboundHandlerAdapter {

    private final int datumBytes;
    private final StreamSink.Tally tally;
    private int position;
    private long dueNs;

    Reader(int datumBytes, StreamSink.Tally tally) {
      this.datumBytes = datumBytes;
      this.tally = tally;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      var bytes = (ByteBuf) message;
      while (bytes.isReadable()) {
        if (position == 0 && bytes.readableBytes() >= Long.BYTES) {
          dueNs = bytes.readLong();
          position = Long.BYTES;
        } else if (position < Long.BYTES) {
          dueNs = dueNs << Byte.SIZE | bytes.readUnsignedByte();
          position++;
        }
        if (position >= Long.BYTES) {
          int piece = Math.min(bytes.readableBytes(), datumBytes - position);
          bytes.skipBytes(piece);
          position += piece;
        }
        if (position == datumBytes) {
          tally.received(dueNs);
          position = 0;
        }
      }
      bytes.release();
    }
  }
}
