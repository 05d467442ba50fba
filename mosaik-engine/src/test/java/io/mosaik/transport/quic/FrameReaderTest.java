package io.mosaik.transport.quic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mosaik.wire.Frame;
import io.mosaik.wire.MalformedException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FrameReaderTest {

  private static List<byte[]> readAll(FrameReader reader, ByteBuf in) {
    var frames = new ArrayList<byte[]>();
    for (byte[] frame = reader.read(in); frame != null; frame = reader.read(in)) {
      frames.add(frame);
    }
    return frames;
  }

  @Test
  void frames_come_out_whole_however_the_bytes_are_cut() {
    for (long seed = 1; seed <= 50; seed++) {
      var random = new Random(seed);
      var sent = new ArrayList<byte[]>();
      ByteBuf wire = Unpooled.buffer();
      for (int i = 0; i < 20; i++) {
        var payload =
            new byte[random.nextInt(4) == 0 ? random.nextInt(300_000) : random.nextInt(9)];
        random.nextBytes(payload);
        sent.add(payload);
        wire.writeBytes(Frame.of(payload).toWire());
      }
      var reader = new FrameReader(300_000);
      var read = new ArrayList<byte[]>();
      while (wire.isReadable()) {
        int piece = Math.min(wire.readableBytes(), 1 + random.nextInt(50_000));
        read.addAll(readAll(reader, wire.readSlice(piece)));
      }
      assertThat(read).as("seed %d", seed).hasSameSizeAs(sent);
      for (int i = 0; i < sent.size(); i++) {
        assertThat(read.get(i)).as("seed %d, frame %d", seed, i).isEqualTo(sent.get(i));
      }
    }
  }

  @Test
  void a_frame_over_the_limit_is_refused_by_its_length_alone() {
    for (int length : new int[] {101, Integer.MAX_VALUE, Integer.MIN_VALUE, -1}) {
      var reader = new FrameReader(100);
      assertThatThrownBy(() -> reader.read(Unpooled.buffer().writeInt(length)))
          .isInstanceOf(MalformedException.class)
          .hasMessageContaining(Integer.toUnsignedString(length))
          .hasMessageContaining("at most 100");
    }
    assertThat(new FrameReader(100).read(Unpooled.buffer().writeInt(100))).isNull();
  }
}
