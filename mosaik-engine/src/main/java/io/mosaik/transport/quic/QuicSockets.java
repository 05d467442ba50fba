package io.mosaik.transport.quic;

import io.mosaik.transport.Address;
import io.mosaik.transport.AddressUnavailableException;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.unix.UnixChannelOption;
import io.netty.handler.codec.quic.EpollQuicUtils;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The event loops and datagram sockets of one endpoint: each loop has a socket of the one port for
 * those who dial, and one of its own for dialling. On Linux sockets share a port, and the kernel
 * keeps each peer's datagrams with one of them; elsewhere there is one loop.
 */
final class QuicSockets {

  private static final Logger LOG = LoggerFactory.getLogger(QuicSockets.class);

  private static final int MAX_DATAGRAM_BYTES = 2048;

  /** As many as the kernel puts together to one that is received at once. */
  private static final int MAX_COALESCED_BYTES = 64 * 1024;

  /** What is read in one turn is acknowledged by one datagram. */
  private static final int DATAGRAMS_A_TURN = 64;

  private static final int SOCKET_BUFFER_BYTES = 4 * 1024 * 1024;
  private static final int MOST_LOOPS = 4;

  /** One event loop with its sockets. */
  record Lane(EventLoop loop, Channel accepting, Channel dialling) {

    /** How those who dial send. */
    Segmentation segmentation() {
      return dialling.pipeline().get(Segmentation.class);
    }
  }

  private final EventLoopGroup group;
  private final List<Lane> lanes;
  private final AtomicInteger turn = new AtomicInteger();

  private QuicSockets(EventLoopGroup group, List<Lane> lanes) {
    this.group = group;
    this.lanes = lanes;
  }

  /**
   * Binds. Blocks for a moment.
   *
   * @param acceptCodec makes the codec of a socket that is dialled, given how it sends
   * @param dialCodec makes the codec of one that dials
   * @throws AddressUnavailableException if the address can't be bound
   */
  static QuicSockets open(
      Address bind,
      int eventLoops,
      Function<Segmentation, ChannelHandler> acceptCodec,
      Supplier<ChannelHandler> dialCodec) {
    boolean epoll = Epoll.isAvailable();
    int loops = epoll ? loops(eventLoops) : 1;
    IoHandlerFactory io = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    var group =
        new MultiThreadIoEventLoopGroup(loops, new DefaultThreadFactory("mosaik-quic", true), io);
    try {
      InetSocketAddress at = resolve(bind);
      boolean shared = loops > 1;
      if (shared) {
        // Sockets that share a port also share it with another process's; one that doesn't tells.
        Channel probe = bind(group.next(), epoll, false, at);
        at = (InetSocketAddress) probe.localAddress();
        probe.close().syncUninterruptibly();
      }
      List<Lane> lanes = new ArrayList<>();
      for (int i = 0; i < loops; i++) {
        EventLoop loop = group.next();
        var segmentation = newSegmentation(epoll);
        Channel accepting =
            bind(loop, epoll, shared, at, segmentation, acceptCodec.apply(segmentation));
        at = (InetSocketAddress) accepting.localAddress();
        InetSocketAddress from =
            at.getAddress().isAnyLocalAddress()
                ? new InetSocketAddress(0)
                : new InetSocketAddress(at.getAddress(), 0);
        Channel dialling = bind(loop, epoll, false, from, newSegmentation(epoll), dialCodec.get());
        lanes.add(new Lane(loop, accepting, dialling));
      }
      return new QuicSockets(group, List.copyOf(lanes));
    } catch (RuntimeException e) {
      var unused = group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
      throw e;
    } catch (Exception e) {
      var unused = group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
      throw new AddressUnavailableException(
          "the UDP address "
              + bind
              + " can't be bound: "
              + e.getMessage()
              + ". Choose another port (0 takes any free one) or a local address.",
          e);
    }
  }

  private static Segmentation newSegmentation(boolean epoll) {
    return new Segmentation(epoll && EpollQuicUtils.newSegmentedAllocator(1).maxNumSegments() > 0);
  }

  private static int loops(int asked) {
    if (asked > 0) {
      return asked;
    }
    return Math.max(1, Math.min(MOST_LOOPS, Runtime.getRuntime().availableProcessors() / 2));
  }

  private static InetSocketAddress resolve(Address bind) throws UnknownHostException {
    return new InetSocketAddress(InetAddress.getByName(bind.host()), bind.port());
  }

  private static Channel bind(
      EventLoop loop,
      boolean epoll,
      boolean shared,
      InetSocketAddress at,
      ChannelHandler... handlers) {
    Class<? extends DatagramChannel> type =
        epoll ? EpollDatagramChannel.class : NioDatagramChannel.class;
    var bootstrap =
        new Bootstrap()
            .group(loop)
            .channel(type)
            .option(ChannelOption.SO_RCVBUF, SOCKET_BUFFER_BYTES)
            .option(ChannelOption.SO_SNDBUF, SOCKET_BUFFER_BYTES)
            .option(ChannelOption.RECVBUF_ALLOCATOR, receiving(MAX_DATAGRAM_BYTES))
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel.pipeline().addLast(handlers);
                  }
                });
    if (shared) {
      bootstrap.option(UnixChannelOption.SO_REUSEPORT, true);
    }
    Channel channel = bootstrap.bind(at).syncUninterruptibly().channel();
    if (epoll) {
      coalesce(channel);
    }
    return channel;
  }

  private static RecvByteBufAllocator receiving(int bytesAtOnce) {
    return new FixedRecvByteBufAllocator(bytesAtOnce).maxMessagesPerRead(DATAGRAMS_A_TURN);
  }

  /**
   * Has the kernel hand over datagrams that follow each other with one call (UDP_GRO, Linux 5.0):
   * the other half of {@link Segmentation}. Without it they come one by one.
   */
  private static void coalesce(Channel channel) {
    RecvByteBufAllocator before = channel.config().getRecvByteBufAllocator();
    channel.config().setRecvByteBufAllocator(receiving(MAX_COALESCED_BYTES));
    try {
      channel.config().setOption(EpollChannelOption.UDP_GRO, true);
    } catch (ChannelException e) {
      channel.config().setRecvByteBufAllocator(before);
      LOG.debug("Datagrams are received one by one, this kernel does not join them", e);
    }
  }

  /** Where the endpoint is bound, with the real port. */
  InetSocketAddress boundTo() {
    return (InetSocketAddress) lanes.getFirst().accepting.localAddress();
  }

  /** The lane for the next dial. */
  Lane nextLane() {
    return lanes.get(Math.floorMod(turn.getAndIncrement(), lanes.size()));
  }

  /** Closes the sockets, then the loops. */
  CompletableFuture<Void> close() {
    CompletableFuture<?>[] closes =
        lanes.stream()
            .flatMap(lane -> Stream.of(lane.accepting, lane.dialling))
            .map(channel -> toCompletable(channel.close()))
            .toArray(CompletableFuture<?>[]::new);
    return CompletableFuture.allOf(closes)
        .thenCompose(allClosed -> toCompletable(group.shutdownGracefully(0, 2, TimeUnit.SECONDS)));
  }

  /** Completes when the other does, well or not. */
  private static CompletableFuture<Void> toCompletable(Future<?> future) {
    var done = new CompletableFuture<Void>();
    future.addListener(over -> done.complete(null));
    return done;
  }
}
