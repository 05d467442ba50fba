package io.mosaik.transport.quic;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.unix.Errors;
import io.netty.channel.unix.SegmentedDatagramPacket;
import io.netty.handler.codec.quic.SegmentedDatagramPacketAllocator;
import java.net.InetSocketAddress;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands several datagrams of one length to the kernel with one call, which takes them apart as late
 * as it can (UDP_SEGMENT, Linux 4.18). Where a device can't do that the kernel refuses the call:
 * then it is not used any more, and QUIC sends again what was lost with it.
 *
 * <p>It is the allocator of all connections of one socket, and watches what that socket refuses.
 */
final class Segmentation extends ChannelOutboundHandlerAdapter
    implements SegmentedDatagramPacketAllocator {

  private static final Logger LOG = LoggerFactory.getLogger(Segmentation.class);

  /** 21 kB: enough to spare most calls, little enough for the receiver's socket. */
  private static final int SEGMENTS = 16;

  /** EIO, EINVAL: what the kernel says where it can't. */
  private static final Set<Integer> NOT_HERE = Set.of(5, 22);

  private volatile boolean works;

  /**
   * @param supported whether the platform knows it at all
   */
  Segmentation(boolean supported) {
    works = supported;
  }

  @Override
  public int maxNumSegments() {
    return works ? SEGMENTS : 0;
  }

  @Override
  public DatagramPacket newPacket(ByteBuf datagrams, int datagramBytes, InetSocketAddress to) {
    return new SegmentedDatagramPacket(datagrams, datagramBytes, to);
  }

  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
    if (!(message instanceof SegmentedDatagramPacket)) {
      ChannelFuture unused = context.write(message, promise);
      return;
    }
    ChannelFuture unused =
        context
            .write(message, promise.unvoid())
            .addListener(written -> {
              if (written.cause() instanceof Errors.NativeIoException refusal
                  && NOT_HERE.contains(-refusal.expectedErr())
                  && works) {
                works = false;
                LOG.info(
                    "Datagrams go out one by one from now on, this network does not take several: {}",
                    refusal.getMessage());
              }
            });
  }
}
