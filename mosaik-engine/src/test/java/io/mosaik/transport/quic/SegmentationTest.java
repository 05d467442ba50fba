package io.mosaik.transport.quic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.unix.Errors;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class SegmentationTest {

  private static final int EIO = 5;
  private static final int EPERM = 1;

  private final InetSocketAddress to =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 4000);

  /** The errors are those of the native library. */
  @BeforeAll
  static void loadNativeLibrary() {
    assumeTrue(Epoll.isAvailable());
  }

  /** A socket that refuses every write with this error. */
  private static EmbeddedChannel refusing(int error, Segmentation segmentation) {
    var socket =
        new ChannelOutboundHandlerAdapter() {
          @Override
          public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            ReferenceCountUtil.release(message);
            promise.setFailure(new Errors.NativeIoException("sendmmsg", -error, false));
          }
        };
    return new EmbeddedChannel(socket, segmentation);
  }

  private static void write(EmbeddedChannel channel, DatagramPacket packet) {
    var unused = channel.write(packet);
    channel.runPendingTasks();
  }

  @Test
  void where_the_kernel_cannot_take_several_datagrams_they_go_one_by_one() {
    var segmentation = new Segmentation(true);
    EmbeddedChannel channel = refusing(EIO, segmentation);
    assertThat(segmentation.maxNumSegments()).isPositive();
    write(channel, segmentation.newPacket(Unpooled.buffer(2400).writeZero(2400), 1200, to));
    assertThat(segmentation.maxNumSegments()).isZero();
  }

  @Test
  void a_refusal_for_another_reason_or_of_a_single_datagram_changes_nothing() {
    var segmentation = new Segmentation(true);
    write(
        refusing(EPERM, segmentation),
        segmentation.newPacket(Unpooled.buffer(2400).writeZero(2400), 1200, to));
    var other = new Segmentation(true);
    write(refusing(EIO, other), new DatagramPacket(Unpooled.buffer(9).writeZero(9), to));
    assertThat(segmentation.maxNumSegments()).isPositive();
    assertThat(other.maxNumSegments()).isPositive();
  }

  @Test
  void a_platform_that_does_not_know_it_sends_datagrams_one_by_one() {
    assertThat(new Segmentation(false).maxNumSegments()).isZero();
  }
}
